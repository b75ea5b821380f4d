import { rollup } from '../libs/read-models/rollup.js';
import { dayIn, monthsBetween, shiftMonth } from '../libs/time.js';
import { customerValue } from './customer-value.js';

/**
 * Who came back. Three forms of counting lie side by side, told apart by the dimension `form`; ask for one of them.
 *
 * - `cohort`: a cell per month in which the customer bought, on the day of its first purchase. `k` is how many months
 *   after the first one that was. A window chooses customers by their first purchase, whatever they bought later.
 * - `rolling`: a cell per month in which the customer bought, on the first day of that month, since being active is said
 *   of whole months only.
 * - `last`: one cell, on the day of the first purchase, that says on which day the last one was. Who is lost is a matter of
 *   the present, so it is for the question to compare.
 */
export const retention = rollup({
  name: 'retention',
  version: 1,
  of: customerValue,
  dimensions: ['form', 'k', 'lastOn', 'tier', 'region', 'sector', 'owner'],
  measures: ['customers', 'repeat', 'retained'],
  summaries: [
    ['form', 'k', 'lastOn'],
    ['form', 'k', 'lastOn', 'tier'],
    ['form', 'k', 'lastOn', 'region'],
    ['form', 'k', 'lastOn', 'sector'],
    ['form', 'k', 'lastOn', 'owner'],
  ],
  cells({ status, boughtAt, spending, tier, region, sector, owner }, zone) {
    if (status === 'archived' || boughtAt.length === 0) return [];
    const months = [...new Set(boughtAt.map((at) => dayIn(zone, at).slice(0, 7)))];
    const day = dayIn(zone, boughtAt[0]!);
    const lastOn = dayIn(zone, boughtAt.at(-1)!);
    const purchases = Object.values(spending).reduce((sum, each) => sum + each.purchases, 0);
    const who = { tier, region, sector, owner: owner?.employeeId ?? null };
    return [
      ...months.map((month, index) => ({
        day,
        key: { form: 'cohort', k: String(monthsBetween(months[0]!, month)), lastOn: null, ...who },
        measures: { customers: 1, repeat: index === 0 && purchases > 1 ? 1 : 0 },
      })),
      ...months.map((month, index) => ({
        day: `${month}-01`,
        key: { form: 'rolling', k: null, lastOn: null, ...who },
        measures: { customers: 1, retained: index > 0 && months[index - 1] === shiftMonth(month, -1) ? 1 : 0 },
      })),
      { day, key: { form: 'last', k: null, lastOn, ...who }, measures: { customers: 1 } },
    ];
  },
});
