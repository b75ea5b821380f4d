import { assignmentBases, customerStatuses } from '../customers/events.js';
import { tiers } from '../tiering.js';
import { isCurrency } from '../money.js';
import { opportunitySources } from '../opportunities/events.js';
import { unused } from '../read-models/asking/reading.js';
import type { Reading } from '../read-models/asking/reading.js';
import type { ReadModels } from '../read-models/read-models.js';
import type { Rollup } from '../read-models/rollup.js';
import { thingOf } from './things.js';

/** Dimensions whose values are given: one that nothing has yet is no mistake. */
const WORDS: Readonly<Record<string, (value: string) => boolean>> = {
  tier: (value) => tiers.some((each) => each === value),
  formerTier: (value) => tiers.some((each) => each === value),
  status: (value) => customerStatuses.some((each) => each === value),
  assignment: (value) => assignmentBases.some((each) => each === value),
  source: (value) => opportunitySources.some((each) => each === value),
  currency: isCurrency,
};

/**
 * Checks that the values exist that a report is filtered by: an id of something, a word of its dimension, or a text under which
 * something was counted, now or at the moment that is asked about.
 * @throws Missing · Refusal `value-unknown`
 */
export async function checkValues(
  rollup: Rollup,
  where: Readonly<Record<string, readonly (string | null)[]>>,
  reading: Reading,
  readModels: readonly ReadModels[],
): Promise<void> {
  for (const [dimension, values] of Object.entries(where)) {
    let left = new Set(values.filter((value) => value !== null && !WORDS[dimension]?.(value)));
    for (const each of readModels) {
      if (left.size === 0) break;
      const sums = await each.sums(rollup, { by: [dimension], where: { [dimension]: [...left] } });
      left = left.difference(new Set(sums.map(({ key }) => key[dimension] ?? null)));
    }
    for (const value of left as ReadonlySet<string>) {
      const thing = thingOf(dimension);
      if (!thing) throw unused(dimension, value);
      await reading.known(thing.of, thing.kind, value, (document) => thing.name(document) !== undefined);
    }
  }
}
