import { written } from '../whole.js';
import * as column from './columns.js';
import { amountOf, byKey, days, grouped } from './figures.js';
import { report } from './report.js';
import type { Columns, Definition } from './report.js';
import type { Rollup } from '../read-models/rollup.js';

/** The report of a rollup that has no file in `reports/`: its measures and durations as columns, added up by what is asked. */
export function plainReport(rollup: Rollup): Definition {
  const { name, of, dimensions, measures, durations } = rollup;
  const columns: Columns = {
    ...Object.fromEntries(measures.map((measure) => [measure, column.count(`Sum of \`${measure}\`.`)])),
    ...Object.fromEntries(durations.map((each) => [each, column.duration(`Times that are counted as \`${each}\`.`)])),
  };
  return report({
    name,
    version: 1,
    says: `What \`${name}\` counts of \`${of.name}\`, as it is counted.`,
    rollup,
    bases: {
      sums: {
        says: 'Sums of the measures.',
        window: 'What is counted for a day. What is counted for none counts in every window.',
        by: [],
        policies: [],
        columns,
      },
    },
    dimensions: Object.fromEntries(dimensions.map((dimension) => [dimension, `\`${dimension}\` of what is counted.`])),
    periods: 'Day for which it is counted; null for what is counted for none.',
    asks: ({ from, to, by, where }) => [{ from, to, by, where }],
    rows: ([sums = []], { by }, known) =>
      grouped(sums, by)
        .sort(byKey(by, known))
        .map(({ key, sums: same }) => ({
          ...key,
          ...Object.fromEntries(measures.map((measure) => [measure, written(amountOf(same, measure))])),
          ...Object.fromEntries(durations.map((each) => [each, days(same, each)])),
        })),
  });
}
