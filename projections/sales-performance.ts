import { rollup } from '../libs/read-models/rollup.js';
import { dayIn, millisecondsBetween } from '../libs/time.js';
import type { Credit } from '../libs/opportunities/events.js';
import { stageJourney } from './stage-journey.js';
import type { StageJourney } from './stage-journey.js';
import { weighted } from './weighted.js';

/**
 * Who sold what. What was won or lost counts for the day it was closed, and stays with the owner of that moment, their
 * unit and their manager then; reopening takes it away again. What is open counts in every window, for the owner it has now;
 * `weightedAmount` is its amount times its probability. What is void counts nowhere. Win rate is `won / (won + lost)`,
 * the average deal `wonAmount / won`. `daysToClose` is the time from the first stage to the end, won or lost; `daysToWin` that of
 * what was won.
 */
export const salesPerformance = rollup({
  name: 'sales-performance',
  version: 1,
  of: stageJourney,
  dimensions: ['employee', 'manager', 'orgUnit', 'product', 'sector', 'currency'],
  measures: ['won', 'lost', 'wonAmount', 'openCount', 'openAmount', 'weightedAmount'],
  durations: ['daysToClose', 'daysToWin'],
  summaries: [
    ['currency'],
    ['currency', 'employee'],
    ['currency', 'manager'],
    ['currency', 'orgUnit'],
    ['currency', 'product'],
    ['currency', 'sector'],
  ],
  cells: (journey, zone) => {
    const { status, closedAt, credit, owner, probability } = journey;
    const amount = journey.amount?.amount ?? 0;
    if (status === 'open') {
      const measures = { openCount: 1, openAmount: amount, weightedAmount: weighted(amount, probability) };
      return [{ key: keyOf(journey, owner), measures }];
    }
    if (status === 'void' || closedAt === null || credit === null) return [];
    const daysToClose = sinceRegistration(journey, closedAt);
    const won = status === 'won';
    return [
      {
        day: dayIn(zone, closedAt),
        key: keyOf(journey, credit),
        measures: won ? { won: 1, wonAmount: amount } : { lost: 1 },
        durations: { daysToClose, ...(won && { daysToWin: daysToClose }) },
      },
    ];
  },
});

const keyOf = ({ product, customer, amount }: StageJourney, { employeeId, managerId, orgUnitId }: Credit) => ({
  employee: employeeId,
  manager: managerId,
  orgUnit: orgUnitId,
  product,
  sector: customer?.sector ?? null,
  currency: amount?.currency ?? null,
});

/** Clocks of two machines may disagree a little: nothing is closed before it began. */
function sinceRegistration({ registeredAt }: StageJourney, closedAt: string): number {
  const took = millisecondsBetween(registeredAt, closedAt);
  return took > 0 ? took : 0;
}
