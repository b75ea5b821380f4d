import { rollup } from '../libs/read-models/rollup.js';
import * as column from '../libs/reports/columns.js';
import { byKey, grouped, placeOf, total } from '../libs/reports/figures.js';
import { periods, report } from '../libs/reports/report.js';
import { dayIn } from '../libs/time.js';
import { segmentStays } from '../projections/segment-stays.js';

export const segmentMoves = rollup({
  name: 'segment-moves',
  version: 1,
  of: segmentStays,
  dimensions: ['customerSegment'],
  measures: ['entered', 'left'],
  cells: ({ segmentId, since, left }, zone) => {
    const move = (at: string, measures: { readonly entered: number; readonly left: number }) => ({
      day: dayIn(zone, at),
      key: { customerSegment: segmentId },
      measures,
    });
    return [move(since, { entered: 1, left: 0 }), ...(left ? [move(left.at, { entered: 0, left: 1 })] : [])];
  },
});

export const segmentMovement = report({
  name: 'segment-movement',
  version: 1,
  says: 'How many customers came to belong to segments, and how many ceased to.',
  rollup: segmentMoves,
  bases: {
    moves: {
      says: 'Customers that entered and left. One counts as often as it did.',
      window: 'Moves by their days; members are those of the end of the window.',
      by: ['customerSegment'],
      policies: [],
      columns: {
        entered: column.count('Customers that came to belong to it.'),
        left: column.count('Customers that ceased to.'),
        members: column.count(
          'All that had entered by the end of the window, or of the period, less all that had left.',
        ),
      },
    },
  },
  dimensions: {
    customerSegment: 'The segment.',
  },
  periods: 'Day of the move.',
  asks: ({ from, to, by, where }) => [
    { from, to, by, where },
    { to, by, where },
  ],
  rows: ([moves = [], ever = []], { by }, known) => {
    const period = periods.find((dimension) => by.includes(dimension));
    const within = new Map(grouped(moves, by).map(({ key, sums }) => [placeOf(key, by), sums]));
    const members = new Map<string, number>();
    const all = grouped(ever, by).sort(byKey(by, known));
    // Each period begins with the members that the one before it left.
    if (period) all.sort((one, other) => (String(one.key[period]) < String(other.key[period]) ? -1 : 1));
    const rows = all.map(({ key, sums }) => {
      const whose = placeOf(
        key,
        by.filter((dimension) => dimension !== period),
      );
      const now = (members.get(whose) ?? 0) + total(sums, 'entered') - total(sums, 'left');
      members.set(whose, now);
      const of = within.get(placeOf(key, by));
      return { of, row: { ...key, entered: total(of ?? [], 'entered'), left: total(of ?? [], 'left'), members: now } };
    });
    return rows.filter(({ of }) => of !== undefined || !period).map(({ row }) => row);
  },
});
