import { Lanes } from './lanes.js';

/** One piece of work, and what has to stay in order with others. */
export interface Work {
  readonly lanes: ReadonlySet<string>;
}

/**
 * How a piece of work ended. `settled`: what it came to has to be written before its lanes go on. `again`: the same, and
 * the work goes on afterwards.
 */
export type Ending = 'done' | 'settled' | 'again';

/**
 * Does works side by side, those of one lane in order. A lane stops where something has to be written first; what is left goes
 * on in the next round, after `write`. So nothing is decided on top of something that a crash could still take away, and
 * the same works always make the same rounds.
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
