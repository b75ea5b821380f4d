import { fits } from '../../libs/audit/queries.js';
import type { EventFilter } from '../../libs/audit/queries.js';
import { Missing } from '../../libs/errors.js';
import type { EventStore, LogRange, RecordedEvent } from '../../libs/event-store/event-store.js';

/** Which part of the log. */
export interface Wanted {
  readonly range: LogRange;
  readonly filter: EventFilter;
  /** Whether `since` and `before` mean when it was true or when it was recorded. */
  readonly axis: 'occurred' | 'recorded';
  /** Whether to go on with what is recorded from now on. */
  readonly follow: boolean;
}

/**
 * The events that are wanted, page by page.
 * @param ranWithout asked about an import that the log does not name: whether it ran all the same and recorded nothing
 * @throws Missing `actor-unknown` · `import-unknown` · `stream-unknown` when there are none since what they are asked by
 *   occurs nowhere in the log
 */
export async function* wantedEvents(
  store: EventStore,
  { range, filter, axis, follow }: Wanted,
  signal?: AbortSignal,
  ranWithout: (importId: string) => boolean = () => false,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  let found = false;
  for await (const { events, end } of store.subscribe(range, signal)) {
    const wanted = events.filter((event) => fits(event, filter, axis));
    found ||= wanted.length > 0;
    if (wanted.length > 0) yield wanted;
    // Log time never decreases.
    const over =
      axis === 'recorded' && filter.before !== undefined && (events.at(-1)?.recordedAt ?? '') >= filter.before;
    if (over || (end && !follow)) break;
  }
  if (!found && !follow && !signal?.aborted) await refuseUnknown(store, range, filter, ranWithout, signal);
}

async function refuseUnknown(
  store: EventStore,
  { streams = [] }: LogRange,
  { actor, importId }: EventFilter,
  ranWithout: (importId: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const stream of streams) {
    const { events } = await store.readLog({ after: 0, streams: [stream], limit: 1 });
    if (events.length === 0) throw new Missing('stream', stream);
  }
  const occurs = async (filter: EventFilter): Promise<boolean> => {
    for await (const { events, end } of store.subscribe({ after: 0 }, signal)) {
      if (events.some((event) => fits(event, filter))) return true;
      if (end) break;
    }
    return false;
  };
  if (actor !== undefined && !(await occurs({ actor }))) throw new Missing('actor', actor);
  if (importId === undefined || (await occurs({ importId })) || ranWithout(importId)) return;
  throw new Missing('import', importId);
}
