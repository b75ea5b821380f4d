import type { Appended, EventStore, ExpectedRevision, ForeignEvent } from '../event-store/event-store.js';
import { WrongExpectedRevision } from '../event-store/event-store.js';
import { accessDenied, notUnderstood } from './refusals.js';

/** Streams as clients of EventStoreDB write them. */
export class ForeignStreams {
  /** @param guarded categories whose streams rules alone write */
  constructor(
    private readonly store: EventStore,
    private readonly guarded: readonly string[],
  ) {}

  /**
   * Where the last event lies; nothing is known of that when nothing is appended to nothing.
   * @throws CallRefused
   * @throws WrongExpectedRevision
   */
  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ForeignEvent[],
  ): Promise<Partial<Appended>> {
    this.#permit(stream);
    if (events.length === 0) return this.#nothing(stream, expected);
    return this.store.append(stream, expected, events);
  }

  /** Every fact of ours has come in through a rule; so does its stream's metadata, which would hide facts. */
  #permit(stream: string): void {
    if (stream === '$all') throw notUnderstood('The log is appended to stream by stream.');
    const described = stream.replace(/^\$\$/, '');
    const category = described.slice(0, Math.max(0, described.indexOf('-')));
    if (this.guarded.includes(category)) throw accessDenied(`${stream} is written by commands only.`);
  }

  async #nothing(stream: string, expected: ExpectedRevision): Promise<Partial<Appended>> {
    const { events } = await this.store.readStream(stream, { backwards: true, limit: 1 });
    const current = events[0]?.revision ?? -1;
    const holds =
      expected === 'any' ||
      (expected === 'no-stream' && current < 0) ||
      (expected === 'stream-exists' && current >= 0) ||
      expected === current;
    if (!holds) throw new WrongExpectedRevision(stream, expected, current);
    return current < 0 ? {} : { revision: current };
  }
}
