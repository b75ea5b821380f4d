import type { EventStore } from './event-store.js';

/** What lies between positions, in events. */
export interface EventsBehind {
  /** How many positions an event takes up. */
  readonly step: number;
  /** How many events come after a position, up to the head. */
  after(position: number): number;
}

/** Events that are counted; what lies beyond them is taken to be as dense. */
const COUNTED = 1_000;

/**
 * How far behind somebody is, said in events. Positions may have gaps, and events of other programs between ours: so the next
 * events are counted, which is exact for who is a little behind, and about right for who is far.
 * @param lowest position that will be asked about
 */
export async function eventsBehind(store: EventStore, lowest: number, head: number): Promise<EventsBehind> {
  if (store.gapless || lowest >= head) {
    const { step } = store;
    return { step, after: (position) => Math.ceil(Math.max(0, head - position) / step) };
  }
  const { events, scanned } = await store.readLog({ after: lowest, to: head, limit: COUNTED });
  // Several events at one position are what an upcaster makes of one.
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
