import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../errors.js';
import { WrongExpectedRevision } from '../event-store.js';
import type { Batch, LoggedEvent, MovableLog } from './movable.js';

export interface MoveOptions {
  readonly signal?: AbortSignal;
  /** Called with the progress: positions of the source during the copy, events during the verification. */
  readonly progress?: (step: 'copying' | 'verifying', done: number, total: number) => void;
  /**
   * How long a shared source must be without new events before the move ends, in milliseconds.
   * @defaultValue 1000
   */
  readonly quiet?: number;
}

export interface Moved {
  /** Number of events of the log. */
  readonly events: number;
  /** Number of events that were not in the target before. */
  readonly copied: number;
  /** Hash of all events in order: id, stream, revision, type, schema version, both times, data and metadata. */
  readonly hash: string;
}

/** Limits of one append; servers accept 1 MiB. */
const BATCH_EVENTS = 500;
const BATCH_SIZE = 512 * 1024;
/** Limits of what is sent at once; it fits into one transaction of the embedded engine. */
const WINDOW_BATCHES = 128;
const WINDOW_SIZE = 2 * 1024 * 1024;
/** Number of attempts to reach the end of a source that still grows. */
const ROUNDS = 10;
/** Number of events between progress reports. */
const TELL = 500;

/**
 * Copies a log into an empty one, or continues an earlier copy, and verifies it by reading everything back. The target has the
 * same events in the same order and is, also after a crash, always a prefix of the source.
 * @throws Refusal `target-differs` · `source-changing` · `source-incomplete`
 */
export async function move(source: MovableLog, target: MovableLog, options: MoveOptions = {}): Promise<Moved> {
  const { signal, quiet = 1_000 } = options;
  const copy = new Copy(source, target, options);
  try {
    for (let round = 0; ; round += 1) {
      await copy.on();
      if (source.exclusive) break;
      await sleep(quiet, undefined, { signal });
      if ((await source.head()) <= source.scanned) break;
      if (round === ROUNDS) throw changing(source);
    }
  } finally {
    await copy.settled();
  }
  const moved = copy.done();
  if (moved.copied > 0) await verify(target, moved, options);
  if (!source.exclusive && (await source.head()) > source.scanned) throw changing(source);
  return moved;
}

class Copy {
  readonly #hash = createHash('sha256');
  readonly #there: AsyncGenerator<LoggedEvent, void, undefined>;
  /** Whether all existing events of the target have been compared. */
  #compared = false;
  #events = 0;
  #copied = 0;
  #window: { stream: string; revision: number; events: LoggedEvent['event'][]; size: number }[] = [];
  #size = 0;
  /** What is being appended, while the source is read on. */
  #sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: MovableLog,
    private readonly target: MovableLog,
    private readonly options: MoveOptions,
  ) {
    this.#there = target.read(0);
  }

  /** Copies up to the current end of the source. */
  async on(): Promise<void> {
    const { source } = this;
    const head = await source.head();
    for await (const event of source.read(source.scanned)) {
      const line = lineOf(event);
      this.#hash.update(line);
      this.#events += 1;
      if (!(await this.#isThere(event, line))) {
        this.#add(event, Buffer.byteLength(line));
        if (this.#window.length > WINDOW_BATCHES || this.#size > WINDOW_SIZE) await this.#flush();
      }
      if (this.#events % TELL === 0) {
        this.options.signal?.throwIfAborted();
        this.options.progress?.('copying', source.scanned, Math.max(head, source.scanned));
      }
    }
    await this.#flush();
    await this.#sending;
    if (this.#compared) return;
    const { value: more } = await this.#there.next();
    if (more) throw differs(this.target, this.#events + 1, undefined, more);
    this.#compared = true;
  }

  /** Waits for what is being appended, also where the copy has failed, and ends what is being read. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#sending, this.#there.return(undefined)]);
  }

  done(): Moved {
    return { events: this.#events, copied: this.#copied, hash: this.#hash.digest('hex') };
  }

  async #isThere(event: LoggedEvent, line: string): Promise<boolean> {
    if (this.#compared) return false;
    const { value: there } = await this.#there.next();
    if (!there) {
      this.#compared = true;
      return false;
    }
    if (lineOf(there) !== line) throw differs(this.target, this.#events, event, there);
    return true;
  }

  #add({ stream, revision, event }: LoggedEvent, size: number): void {
    const last = this.#window.at(-1);
    const follows =
      last?.stream === stream &&
      last.revision + last.events.length === revision &&
      'foreign' in last.events[0]! === 'foreign' in event &&
      last.events.length < BATCH_EVENTS &&
      last.size + size <= BATCH_SIZE;
    this.#size += size;
    if (!follows) return void this.#window.push({ stream, revision, events: [event], size });
    last.events.push(event);
    last.size += size;
  }

  /** Begins to append the window once the one before is there. */
  async #flush(): Promise<void> {
    await this.#sending;
    this.options.signal?.throwIfAborted();
    const batches: readonly Batch[] = this.#window;
    if (batches.length === 0) return;
    this.#window = [];
    this.#size = 0;
    this.#sending = this.#send(batches);
    // A failure is thrown where it is waited for.
    this.#sending.catch(() => undefined);
  }

  async #send(batches: readonly Batch[]): Promise<void> {
    try {
      await this.target.append(batches);
    } catch (error) {
      throw error instanceof WrongExpectedRevision ? misplaced(error, this.source, this.target) : error;
    }
    for (const { events } of batches) this.#copied += events.length;
  }
}

async function verify(target: MovableLog, { events, hash }: Moved, { signal, progress }: MoveOptions): Promise<void> {
  const found = createHash('sha256');
  let count = 0;
  for await (const event of target.read(0)) {
    found.update(lineOf(event));
    count += 1;
    if (count % TELL !== 0) continue;
    signal?.throwIfAborted();
    progress?.('verifying', count, events);
  }
  const digest = found.digest('hex');
  if (count === events && digest === hash) return;
  throw new Refusal(
    'target-differs',
    `What was read back from ${target.place} is not what was written: ${count} events with hash ${digest}, not ${events} with ` +
      `${hash}. Does another program write there? Moving again names the first difference.`,
    { events: { source: events, target: count }, hash: { source: hash, target: digest } },
    409,
  );
}

/** Line of an event for the hash; different events give different lines. Events of other programs have no business time. */
function lineOf({ stream, revision, event }: LoggedEvent): string {
  const { id, type, recordedAt } = event;
  const place = [id, stream, revision, type, recordedAt];
  if (!('foreign' in event)) {
    const { schemaVersion, occurredAt, data, metadata } = event;
    return `${JSON.stringify([...place, schemaVersion, occurredAt, data, metadata])}\n`;
  }
  const { contentType, data, metadata } = event.foreign;
  const bodies = [data, metadata].map((bytes) => Buffer.from(bytes).toString('base64'));
  return `${JSON.stringify([...place, contentType, ...bodies])}\n`;
}

const named = (logged: LoggedEvent | undefined) =>
  logged && { stream: logged.stream, revision: logged.revision, id: logged.event.id, type: logged.event.type };

function differs({ place }: MovableLog, number: number, source: LoggedEvent | undefined, target: LoggedEvent): Refusal {
  const said = (logged: LoggedEvent) =>
    `${logged.event.type} ${logged.event.id} in ${logged.stream}@${logged.revision}`;
  const here = !source
    ? 'the log to move has no more'
    : said(source) === said(target)
      ? 'the log to move has the same with other contents'
      : `the log to move has ${said(source)}`;
  return new Refusal(
    'target-differs',
    `${place} holds something else: its event number ${number} is ${said(target)}, where ${here}. Move to an empty log.`,
    { number, source: named(source) ?? null, target: named(target) },
    409,
  );
}

function misplaced(
  { stream, expected, current }: WrongExpectedRevision,
  source: MovableLog,
  target: MovableLog,
): Refusal {
  const wanted = typeof expected === 'number' ? expected : -1;
  if (current < wanted) {
    return new Refusal(
      'source-incomplete',
      `${source.place} lacks the beginning of ${stream}: its next event is number ${wanted + 1}, and there are ${current + 1} ` +
        'before it. A server that has thrown events away cannot be moved.',
      { stream, revision: wanted + 1, current },
    );
  }
  return new Refusal(
    'target-differs',
    `${target.place} is written by another program at the same time: ${stream} is at revision ${current}. Move to an empty log.`,
    { stream, expected: wanted, current },
    409,
  );
}

const changing = ({ place }: MovableLog): Refusal =>
  new Refusal(
    'source-changing',
    `${place} does not stand still: programs write to it. Stop them and move again; it goes on from where it is.`,
    { place },
    409,
  );
