import type { EventStore } from './event-store.js';

/** Number of events behind a position. */
export interface EventsBehind {
  /** Average number of positions per event. */
  readonly step: number;
  /** Number of events after a position, up to the head. */
  after(position: number): number;
}

/** Number of events that are counted; the rest of the log is assumed to be equally dense. */
const COUNTED = 1_000;

/**
 * Measures a lag in events. Positions may have gaps and contain events of other programs, so the next events are counted: exact
 * for a small lag, an estimate for a large one.
 * @param lowest lowest position that will be asked about
 */
export async function eventsBehind(store: EventStore, lowest: number, head: number): Promise<EventsBehind> {
  if (store.gapless || lowest >= head) {
    const { step } = store;
    return { step, after: (position) => Math.ceil(Math.max(0, head - position) / step) };
  }
  const { events, scanned } = await store.readLog({ after: lowest, to: head, limit: COUNTED });
  // Several events at one position come from an upcaster that splits one.
  const counted = [...new Set(events.map(({ position }) => position))];
  const step = counted.length > 0 ? Math.max(1, (scanned - lowest) / counted.length) : store.step;
  return {
    step,
    after: (position) => {
      const beyond = Math.max(0, head - Math.max(position, scanned)) / step;
      return counted.filter((each) => each > position).length + Math.ceil(beyond);
    },
  };
}
