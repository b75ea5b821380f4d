import { rollup } from '../libs/read-models/rollup.js';
import { dayIn } from '../libs/time.js';
import { wholeOf } from '../libs/whole.js';
import { customerValue } from './customer-value.js';

/**
 * Recency, frequency and monetary value of every customer: a cell per currency it bought in, on the day of its last purchase
 * there. Quintiles are ranks among all customers, so they can only be found when everybody is there to compare with; the
 * amounts tell nearly every customer apart anyway, so the cells keep the customer too, and the question can say who.
 */
export const rfm = rollup({
  name: 'rfm',
  version: 1,
  of: customerValue,
  dimensions: ['customer', 'currency', 'tier', 'region', 'sector', 'owner'],
  measures: ['purchases', 'amount'],
  summaries: [],
  cells({ customerId, status, spending, tier, region, sector, owner }, zone) {
    if (status === 'archived') return [];
    return Object.entries(spending).map(([currency, { purchases, amount, lastAt }]) => ({
      day: dayIn(zone, lastAt),
      key: { customer: customerId, currency, tier, region, sector, owner: owner?.employeeId ?? null },
      measures: { purchases, amount: wholeOf(amount) },
    }));
  },
});
