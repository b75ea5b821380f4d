import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandBus } from '@nestjs/cqrs';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import type { Parked, ReadModels } from '../read-models/read-models.js';
import type { Work } from './lanes.js';
import type { Progress } from './progress.js';
import { isPassing, messageOf, Reactions } from './reactions.js';
import type { Report } from './reactions.js';

/** What one process is to do about one place of the log. */
export interface Reacting extends Work {
  readonly progress: Progress;
  readonly stream: string;
  readonly events: readonly RecordedEvent[];
  /** Failures of this program that count. */
  failures: number;
}

export interface StreamParkingOptions {
  readonly store: EventStore;
  readonly readModels: ReadModels;
  readonly commands: CommandBus;
  readonly report: Report;
  /** For what passes by itself. */
  readonly sparing: Report;
  /** Attempts at an event before its stream is parked. */
  readonly attempts?: number;
  /** Rest before the second attempt at what passes by itself, in milliseconds. */
  readonly rest: number;
  readonly signal: AbortSignal;
  /** Keeps every checkpoint, and what was put aside. */
  readonly keep: () => Promise<void>;
}

const ATTEMPTS = 5;
const LONGEST_REST = 5_000;
/** The key, which no stream has, under which attempts at doubtful events are counted. */
const EVENT = 'event:';
const ENDED = 'the program ended while this was being reacted to';

/**
 * What becomes of events that a process cannot react to: after a few attempts their stream is put aside, with all that
 * follows in it, and the process goes on with the others. Attempts and what waits lie in the read models, so a restart
 * forgets neither.
 */
export class StreamParking {
  readonly #attempts: number;
  readonly #reactions: Reactions;

  constructor(private readonly options: StreamParkingOptions) {
    this.#attempts = options.attempts ?? ATTEMPTS;
    this.#reactions = new Reactions(options.commands, options.report);
  }

  /** @throws what is no answer: a failure of the program, or a passing one */
  async react({ progress, events }: Pick<Reacting, 'progress' | 'events'>): Promise<void> {
    const refused = await this.#reactions.to(events, progress.process);
    progress.refused += refused;
  }

  /** Never rejects. @returns whether its stream is parked now */
  async failed(reacting: Reacting, error: unknown): Promise<boolean> {
    const { readModels, report, sparing } = this.options;
    const { progress, stream, position } = reacting;
    const { name } = progress.process;
    const details = { process: name, stream, position, error: messageOf(error) };
    if (isPassing(error)) {
      sparing('reaction waits', details);
      return false;
    }
    reacting.failures += 1;
    try {
      // What a program before survived at this place is not counted again, but not tried for ever either.
      const limit = reacting.failures >= this.#attempts ? 1 : this.#attempts;
      const counted = await readModels.attempt(name, stream, position, details.error, limit);
      const attempts = Math.max(counted, reacting.failures);
      const parked = attempts >= this.#attempts;
      if (parked) progress.parked.add(stream);
      report(parked ? 'stream parked' : 'reaction failed', { ...details, attempts });
      return parked;
    } catch (uncounted) {
      sparing('attempt not counted', { ...details, because: messageOf(uncounted) });
      return false;
    }
  }

  /**
   * Counts an attempt at an event that a program may have ended of, before it is made: else a crash loop would never count.
   * After a few its stream is parked.
   * @returns whether it is still to be made with nothing beside it
   */
  async doubt({ progress, stream, position, events }: Reacting): Promise<boolean> {
    const { readModels, report } = this.options;
    const { name } = progress.process;
    if (progress.parked.has(stream)) return false;
    const error = `${events[0]!.type} at position ${position}: ${ENDED}`;
    const attempts = await readModels.attempt(name, EVENT, position, error, Infinity);
    if (attempts < this.#attempts) return attempts > 0;
    await readModels.attempt(name, stream, position, error, 1);
    progress.parked.add(stream);
    report('stream parked', { process: name, stream, position, attempts, error });
    return false;
  }

  /** All doubtful events are behind: should the program end now, it was none of them. */
  async trust(progress: Progress): Promise<void> {
    const { name } = progress.process;
    await this.options.readModels.attempt(name, EVENT, progress.doubtful + 0.5, ENDED, Infinity);
    progress.trust();
  }

  /** Reacts to what waits behind the streams that somebody wants tried again, one stream after the other. */
  async retryAsked(all: readonly Progress[]): Promise<void> {
    try {
      const asked = (await this.options.readModels.parked()).filter((each) => each.asked);
      for (const each of asked) {
        const progress = all.find(({ process: { name } }) => name === each.consumer);
        if (progress) await this.#retry(progress, each);
      }
    } catch (error) {
      this.options.sparing('parked streams cannot be tried again', { error: messageOf(error) });
    }
  }

  /** In order and with a cursor of its own, while the checkpoint goes on. */
  async #retry(progress: Progress, { key: stream, position, error }: Parked): Promise<void> {
    const { readModels, signal, keep } = this.options;
    const { name } = progress.process;
    // Counted before, here too: should the program end of it, the next one does not try by itself.
    await readModels.attempt(name, stream, position, error, 1);
    for (let after = 0; !signal.aborted;) {
      await keep();
      // What waits further on was put aside by a program before, without its checkpoint: it is yet to be met.
      const waiting = (await readModels.waiting(name, stream)).filter((each) => each > after && each <= progress.taken);
      if (waiting.length === 0 && progress.unpark(stream, after)) {
        await readModels.unpark(name, stream);
        return;
      }
      for (const each of waiting) {
        if (!(await this.#reactAgain(progress, stream, each))) return;
        after = each;
      }
    }
  }

  /** @returns whether it was reacted to; else it stays parked */
  async #reactAgain(progress: Progress, stream: string, position: number): Promise<boolean> {
    const { store, readModels, report, sparing, signal } = this.options;
    const { name, types } = progress.process;
    const events = (await store.at(position)).filter(({ type }) => types.includes(type));
    for (let rest = this.options.rest; !signal.aborted; rest = Math.min(LONGEST_REST, 2 * rest)) {
      try {
        await this.react({ progress, events });
        progress.handled += 1;
        return true;
      } catch (error) {
        const details = { process: name, stream, position, error: messageOf(error) };
        if (!isPassing(error)) {
          report('stream stays parked', details);
          await readModels.attempt(name, stream, position, details.error, 1);
          return false;
        }
        sparing('reaction waits', details);
        await sleep(rest, undefined, { signal }).catch(() => undefined);
      }
    }
    return false;
  }
}
