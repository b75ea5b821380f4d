import type { Policy } from '../libs/reports/report.js';
import type { Whole } from '../libs/whole.js';

/** Best first. Every combination of scores has one line; `fm` is the mean of frequency and monetary value, rounded up. */
const grid = [
  { segment: 'champions', recency: [4, 5], fm: [4, 5] },
  { segment: 'potential_loyalists', recency: [4, 5], fm: [2, 3] },
  { segment: 'new_customers', recency: [4, 5], fm: [1, 1] },
  { segment: 'loyal', recency: [3, 3], fm: [4, 5] },
  { segment: 'needs_attention', recency: [3, 3], fm: [2, 3] },
  { segment: 'about_to_sleep', recency: [3, 3], fm: [1, 1] },
  { segment: 'cannot_lose', recency: [1, 2], fm: [5, 5] },
  { segment: 'at_risk', recency: [1, 2], fm: [3, 4] },
  { segment: 'hibernating', recency: [2, 2], fm: [1, 2] },
  { segment: 'lost', recency: [1, 1], fm: [1, 2] },
] as const;

export type Segment = (typeof grid)[number]['segment'];

export interface Scores {
  readonly recency: number;
  readonly frequency: number;
  readonly monetary: number;
}

export const segmentOf = ({ recency, frequency, monetary }: Scores): Segment =>
  segmentAt(recency, Math.ceil((frequency + monetary) / 2));

function segmentAt(recency: number, fm: number): Segment {
  const found = grid.find(
    (each) => each.recency[0] <= recency && recency <= each.recency[1] && each.fm[0] <= fm && fm <= each.fm[1],
  );
  return found!.segment;
}

export const FIFTHS = [5, 4, 3, 2, 1] as const;

export const rfmPolicy = {
  name: 'rfm-policy',
  version: 1,
  says:
    'Customers are ranked by recency, frequency and monetary value, and each ranking is cut into fifths. A score is 1 more than ' +
    'the whole fifths of all customers that have a smaller value: 1 + ⌊5 × smaller / all⌋. Equal values get equal scores, the lower ' +
    'one when a bound runs through them: where most customers bought once, buying once is no merit. A segment follows from the ' +
    'recency and from the mean of frequency and monetary value, rounded up (FM).',
  segments: grid,
  table: {
    columns: ['', ...FIFTHS.toReversed().map((fm) => `FM ${fm}`)],
    rows: FIFTHS.map((recency) => [
      `Recency ${recency}`,
      ...FIFTHS.toReversed().map((fm) => `\`${segmentAt(recency, fm)}\``),
    ]),
  },
} satisfies Policy & { readonly segments: unknown };

/** Scores of the policy, by value. */
export function quintiles<Entry extends string | Whole>(values: readonly Entry[]): ReadonlyMap<Entry, number> {
  const counts = new Map<Entry, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const scores = new Map<Entry, number>();
  let below = 0;
  for (const value of [...counts.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    scores.set(value, 1 + Math.floor((5 * below) / values.length));
    below += counts.get(value)!;
  }
  return scores;
}

/** Best first. */
export const segments: readonly string[] = grid.map(({ segment }) => segment);
