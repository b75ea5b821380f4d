import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { RecordedEvent } from '../event-store/event-store.js';
import { caughtUpMessage, checkpointMessage, confirmationMessage, eventMessage } from './event-messages.js';
import type { IdForm } from './event-messages.js';
import { beginningOf, liveRead, logStretch } from './live-read.js';
import type { LogSource, Stretch } from './live-read.js';
import { isLink, resolved } from './resolved-event.js';
import type { TailPage } from './log-tail.js';
import { frameOf } from './response-stream.js';
import type { ResponseStream } from './response-stream.js';
import type { Asked } from './read-request.js';

/** Serialises an event of the tail once for all subscribers. */
const known = { string: new WeakMap<RecordedEvent, Buffer>(), structured: new WeakMap<RecordedEvent, Buffer>() };

function sharedFrame(event: RecordedEvent, form: IdForm): Buffer {
  let frame = known[form].get(event);
  if (!frame) known[form].set(event, (frame = frameOf(eventMessage({ event }, form))));
  return frame;
}

/** Messages of a subscription besides events: checkpoints for filtered ones, and `caughtUp` once. */
class Progress {
  #caughtUp = false;

  constructor(
    private readonly asked: Asked,
    private checkpoint: number,
  ) {}

  /** Messages due after an event. */
  *passed({ position }: RecordedEvent): Generator<Buffer, void, undefined> {
    if (position - this.checkpoint >= this.asked.checkpointEvery) yield this.#checkpointAt(position);
  }

  /** Messages due after a page. */
  *reached(after: number, end: boolean): Generator<Buffer, void, undefined> {
    const { checkpointEvery, filter } = this.asked;
    const firstEnd = end && !this.#caughtUp;
    this.#caughtUp ||= end;
    // One checkpoint per page is enough when nothing matches; one is also due before the wait for new events.
    if (after - this.checkpoint >= checkpointEvery || (filter && firstEnd && after > this.checkpoint)) {
      yield this.#checkpointAt(after);
    }
    if (firstEnd) yield frameOf(caughtUpMessage());
  }

  #checkpointAt(position: number): Buffer {
    this.checkpoint = position;
    return frameOf(checkpointMessage(position));
  }
}

/** Serves a catch-up subscription: existing events, then new ones, until the call ends. */
export async function subscription(of: LogSource, asked: Asked, responses: ResponseStream): Promise<void> {
  const begin = await beginningOf(of.store, asked, asked.from);
  const progress = new Progress(asked, begin);
  await responses.sent([frameOf(confirmationMessage(randomUUID()))]);
  if (asked.stream === undefined) return toLog(of, asked, begin, progress, responses);
  for await (const stretch of liveRead(of, asked, begin, responses.signal)) {
    await responses.sent(told(of, asked, stretch, progress));
  }
}

async function* told(
  { store }: LogSource,
  { ids, resolveLinks }: Asked,
  { events, after, end }: Stretch,
  progress: Progress,
): AsyncGenerator<Buffer, void, undefined> {
  for (const event of events) {
    yield frameOf(eventMessage(await resolved(store, event, resolveLinks), ids));
    yield* progress.passed(event);
  }
  yield* progress.reached(after, end);
}

/** Serves a subscription to the log: reads it while the subscriber is behind, then sends pages of the tail. */
async function toLog(
  of: LogSource,
  asked: Asked,
  begin: number,
  progress: Progress,
  responses: ResponseStream,
): Promise<void> {
  const { filter, ids, resolveLinks } = asked;
  let after = begin;
  const take = (page: TailPage): boolean => {
    const events = filter ? filter.of(page.events) : page.events;
    // A page with links leaves the tail, because resolving them needs reads.
    if (resolveLinks && events.some(isLink)) return false;
    ({ after } = page);
    const frames: Buffer[] = [];
    for (const event of events) frames.push(sharedFrame(event, ids), ...progress.passed(event));
    responses.send([...frames, ...progress.reached(after, true)]);
    return responses.ready;
  };
  while (!responses.signal.aborted) {
    const stretch = await logStretch(of.store, filter, after);
    ({ after } = stretch);
    await responses.sent(told(of, asked, stretch, progress));
    if (stretch.end) await of.tail.follow({ after }, take, responses.signal);
    else await turn();
    await responses.drained();
  }
}
