import { Lanes } from './lanes.js';

/** A piece of work with its lanes; work of a common lane stays in order. */
export interface Work {
  readonly lanes: ReadonlySet<string>;
}

/**
 * Result of a piece of work. `settled`: its result has to be written before its lanes continue. `again`: the same, and the work
 * itself continues afterwards.
 */
export type Ending = 'done' | 'settled' | 'again';

/**
 * Runs work in parallel, work of one lane in order. A lane stops when a result has to be written first, and continues in the
 * next round, after `write`. So no decision depends on a result that a crash could lose, and the same work always makes the
 * same rounds.
 */
export async function inRounds<Each extends Work>(
  works: readonly Each[],
  width: number,
  work: (each: Each) => Promise<Ending>,
  write: () => Promise<void>,
): Promise<void> {
  for (let left = works; left.length > 0;) {
    const lanes = new Lanes(width);
    const shut = new Set<string>();
    const later = new Set<Each>();
    for (const each of left) {
      await lanes.add(each.lanes, async () => {
        const waits = !shut.isDisjointFrom(each.lanes);
        const ending = waits ? 'again' : await work(each);
        if (ending === 'again') later.add(each);
        if (ending !== 'done') for (const lane of each.lanes) shut.add(lane);
      });
    }
    await lanes.drain();
    await write();
    left = left.filter((each) => later.has(each));
  }
}
