import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import type { Work } from './lanes.js';
import { takeWish } from './memory/process-state.js';
import type { ProcessMemory } from './memory/process-memory.js';
import type { Progress } from './progress.js';
import { isPassing, messageOf } from './reactions.js';
import type { Report } from './reactions.js';

/** What one handler is to do about one place of the log. */
export interface Handling extends Work {
  readonly progress: Progress;
  readonly stream: string;
  readonly events: readonly RecordedEvent[];
  /** Failures of this program that count. */
  failures: number;
}

export interface StreamParkingOptions {
  readonly store: EventStore;
  readonly memory: ProcessMemory;
  readonly report: Report;
  /** For what passes by itself. */
  readonly throttled: Report;
  /** Attempts at an event before its stream is parked. */
  readonly attempts?: number | undefined;
  /** Rest before the second attempt at what passes by itself, in milliseconds. */
  readonly rest: number;
  readonly signal: AbortSignal;
}

const ATTEMPTS = 5;
const LONGEST_REST = 5_000;
const ENDED = 'the program ended while this was being reacted to';

/**
 * What becomes of events that cannot be handled: after a few attempts their stream is put aside, with all that follows in it, and
 * the handler goes on with the others. Attempts and parked streams are remembered, so a restart forgets neither.
 */
export class StreamParking {
  readonly #attempts: number;

  constructor(private readonly options: StreamParkingOptions) {
    this.#attempts = options.attempts ?? ATTEMPTS;
  }

  /** @throws what is no answer: a failure of the program, or a passing one */
  async handle({ progress, events }: Pick<Handling, 'progress' | 'events'>): Promise<void> {
    const refused = await progress.handler.handle(events);
    progress.refused += refused;
  }

  /** Never rejects. @returns whether its stream is parked now */
  async failed(handling: Handling, error: unknown): Promise<boolean> {
    const { report, throttled } = this.options;
    const { progress, stream, position } = handling;
    const message = messageOf(error);
    const details = { process: progress.handler.name, stream, position, error: message };
    if (isPassing(error)) {
      throttled('reaction waits', details);
      return false;
    }
    handling.failures += 1;
    // What a program before survived at this place is not counted again, but not tried for ever either.
    const attempts = Math.max(progress.count(stream, position, message), handling.failures);
    const parked = attempts >= this.#attempts;
    if (parked) progress.willPark(stream, { position, attempts, error: message });
    try {
      await progress.keep();
      if (parked) progress.park(stream);
      report(parked ? 'stream parked' : 'reaction failed', { ...details, attempts });
      return parked;
    } catch (uncounted) {
      progress.willNotPark(stream);
      throttled('attempt not counted', { ...details, because: messageOf(uncounted) });
      return false;
    }
  }

  /**
   * Counts an attempt at an event that a program may have ended of, before it is made: else a crash loop would never count.
   * After a few its stream is parked.
   * @returns whether it is still to be made with nothing beside it
   */
  async doubt({ progress, stream, position, events }: Handling): Promise<boolean> {
    if (progress.parked.has(stream)) return false;
    const attempts = progress.doubt(position);
    const error = `${events[0]!.type} at position ${position}: ${ENDED}`;
    if (attempts >= this.#attempts) {
      progress.willPark(stream, { position, attempts, error });
      progress.park(stream);
      const details = { process: progress.handler.name, stream, position, attempts, error };
      this.options.report('stream parked', details);
    }
    await progress.keep();
    return attempts > 0 && attempts < this.#attempts;
  }

  /** Handles what waits behind the streams that an operator wants tried again, one stream after the other. */
  async retryWished(all: readonly Progress[]): Promise<void> {
    const { memory, throttled, signal } = this.options;
    try {
      for (const progress of all) {
        const { name } = progress.handler;
        const next = () =>
          takeWish(memory, name, (stream) => progress.mayRetry(stream) || !progress.parked.has(stream));
        for (let stream = await next(); stream !== undefined && !signal.aborted; stream = await next()) {
          if (progress.mayRetry(stream)) await this.#retry(progress, stream);
        }
      }
    } catch (error) {
      throttled('parked streams cannot be tried again', { error: messageOf(error) });
    }
  }

  /** In order, while the position of the handler goes on. The stream stays parked from the event on that fails. */
  async #retry(progress: Progress, stream: string): Promise<void> {
    // More may be put aside while what waits is handled.
    for (let done = 0; !progress.unpark(stream, done);) {
      const upTo = progress.waitsUpTo(stream);
      for await (const events of this.#waiting(progress, stream, upTo)) {
        const { position } = events[0]!;
        if (position <= done) continue;
        progress.waitsFrom(stream, position);
        await progress.keep();
        if (!(await this.#handleAgain(progress, stream, events))) return;
      }
      done = upTo;
    }
    await progress.keep();
  }

  /** Events that wait in a parked stream up to a position, each in all of its shapes. */
  async *#waiting(
    progress: Progress,
    stream: string,
    upTo: number,
  ): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    const { store } = this.options;
    const { types } = progress.handler;
    const { position } = progress.parked.get(stream)!;
    let from = (await store.at(position))[0]?.revision ?? 0;
    for (;;) {
      const { events, end } = await store.readStream(stream, { from });
      const waiting = events.filter(
        (event) => !event.foreign && types.includes(event.type) && event.position >= position && event.position <= upTo,
      );
      yield* Map.groupBy(waiting, (event) => event.position).values();
      const last = events.at(-1);
      if (end || !last || last.position >= upTo) return;
      from = last.revision + 1;
    }
  }

  /** @returns whether it was handled; else it stays parked */
  async #handleAgain(progress: Progress, stream: string, events: readonly RecordedEvent[]): Promise<boolean> {
    const { report, throttled, signal } = this.options;
    const { position } = events[0]!;
    for (let rest = this.options.rest; !signal.aborted; rest = Math.min(LONGEST_REST, 2 * rest)) {
      try {
        await this.handle({ progress, events });
        progress.handledAgain(stream);
        return true;
      } catch (error) {
        const details = { process: progress.handler.name, stream, position, error: messageOf(error) };
        if (!isPassing(error)) {
          report('stream stays parked', details);
          progress.failedAgain(stream, details.error);
          await progress.keep();
          return false;
        }
        throttled('reaction waits', details);
        await sleep(rest, undefined, { signal }).catch(() => undefined);
      }
    }
    return false;
  }
}
