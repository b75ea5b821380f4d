import type { Decider, Folded, StateReader } from './decider.js';
import type { Check, Write } from './event-store.js';

/** Facts read from other streams for a rule, with the revisions of these streams at the first read. */
export class Facts implements StateReader {
  readonly #seen = new Map<string, number>();

  constructor(
    private readonly read: <State, Events>(of: Decider<State, Events>, stream: string) => Promise<Folded<State>>,
  ) {}

  async load<State, Events>(of: Decider<State, Events>, id: string): Promise<Folded<State>> {
    const stream = `${of.category}-${id}`;
    const folded = await this.read(of, stream);
    if (!this.#seen.has(stream)) this.#seen.set(stream, folded.revision);
    return folded;
  }

  /** Checks for all streams read, except those written to, whose writes expect a revision anyway. */
  checks(writes: readonly Write[]): Check[] {
    const written = new Set(writes.map(({ stream }) => stream));
    return [...this.#seen]
      .filter(([stream]) => !written.has(stream))
      .map(([stream, revision]) => ({ stream, expected: expectedAt(revision) }));
  }
}

/** Expected revision of an append to a stream that was read at this revision. */
export const expectedAt = (revision: number): 'no-stream' | number => (revision === -1 ? 'no-stream' : revision);
