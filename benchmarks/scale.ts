import { text } from 'node:stream/consumers';
import { simulate } from './simulation.js';
import type { Plan } from './simulation.js';

/**
 * What more machines would make of it: reads what `bench --only workers --json` answered, and prints the table of
 * docs/scaling.md. Every worker has a core of its own here; what they share is the database, which takes so many writes at a time.
 */
const answer = JSON.parse(await text(process.stdin)) as {
  readonly figures: readonly { readonly details: { readonly plan: Plan } }[];
};
const measured = answer.figures[0]!.details.plan;
/** Read models of one partition, as they were measured. */
const readModels = measured.shares / 3;

const rows: string[] = [];
for (const writers of [1, 4]) {
  for (const workers of [1, 2, 4, 8, 16]) {
    const cells = [500, 2_000, 8_000].map((page) => {
      const { rate, busy } = simulate(on({ workers, writers, page }));
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

/** The same costs for other numbers: what was spent on a page grows with its events, but for a tenth that every page costs. */
function on({
  workers,
  writers,
  page,
}: {
  readonly workers: number;
  readonly writers: number;
  readonly page: number;
}): Plan {
  const fixed = 0.1;
  const factor = fixed + (1 - fixed) * (page / measured.page);
  return {
    ...measured,
    resources: { cores: workers, writer: writers },
    workers,
    shares: readModels * workers,
    page,
    // A document lies in one partition: of each page a share has so much less.
    stages: measured.stages.map((stage, index) => ({
      ...stage,
      perPage: stage.perPage * factor,
      perShare: (stage.perShare * factor * 3) / (index === 0 ? 1 : workers),
    })),
    events: 1_000_000,
  };
}
