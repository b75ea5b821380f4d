import type { EventStore } from '../../../libs/event-store/event-store.js';
import { commandIdOf } from './play.js';

/**
 * Counts the events that a story has led to, those of processes and the clock among them, and none that came in another way.
 * @param commands how many commands the story has
 */
export async function writtenBy(store: EventStore, seed: number, commands: number): Promise<number> {
  const ids = new Set(Array.from({ length: commands }, (_, index) => commandIdOf(seed, index)));
  for (let [count, after] = [0, 0]; ;) {
    const { events, scanned, end } = await store.readLog({ after });
    count += events.filter(({ metadata }) => ids.has(metadata.correlationId)).length;
    if (end) return count;
    after = scanned;
  }
}
