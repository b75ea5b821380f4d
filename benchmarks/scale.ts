import { text } from 'node:stream/consumers';
import { stagesFor } from './costs.js';
import type { Costs } from './costs.js';
import { simulate } from './simulation.js';

/**
 * What more machines would make of it: reads what `bench --only workers --json` answered, and prints the table of
 * docs/scaling.md. Every worker has a core of its own here; what they share is the database, which takes so many writes at a time.
 */
const answer = JSON.parse(await text(process.stdin)) as {
  readonly figures: readonly { readonly details: { readonly costs: Costs } }[];
};
const { costs } = answer.figures[0]!.details;
const readModels = costs.few.shares;

const rows: string[] = [];
for (const writers of [1, 4]) {
  for (const workers of [1, 2, 4, 8, 16]) {
    const cells = [500, 2_000, 8_000].map((page) => {
      const size = { shares: readModels * workers, page, events: 1_000_000 };
      const resources = { cores: { places: workers }, writer: { places: writers } };
      const { rate, busy } = simulate({ ...size, stages: stagesFor(costs, size), resources, workers });
      const [first] = Object.entries(busy).sort(([, one], [, other]) => other - one);
      return `${Math.round(rate / 100) / 10}k (${first![0]} ${Math.round(first![1] * 100)} %)`;
    });
    rows.push(`| ${writers} | ${workers} | ${workers} | ${cells.join(' | ')} |`);
  }
}
process.stdout.write(
  [
    '| writes at a time | workers | partitions | pages of 500 | of 2,000 | of 8,000 |',
    '| -: | -: | -: | -: | -: | -: |',
    ...rows,
    '',
  ].join('\n'),
);
