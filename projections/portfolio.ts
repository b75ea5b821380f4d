import { rollup } from '../libs/read-models/rollup.js';
import { dayIn } from '../libs/time.js';
import { wholeOf } from '../libs/whole.js';
import { customerValue } from './customer-value.js';
import type { CustomerValue, Holder } from './customer-value.js';

/**
 * Who holds which customers, and how they came and went. What is held is a state: its cells have no day and count in every
 * window. Customers taken over and handed on are counted on the day of the handover, for the unit the person sat in then.
 *
 * A customer is untouched when nobody has spoken to it since its owner got it. `assignment` says how it came to its owner;
 * `currency` is there for amounts only, so that a customer counts once whatever it pays in.
 */
export const portfolio = rollup({
  name: 'portfolio',
  version: 1,
  of: customerValue,
  dimensions: ['owner', 'orgUnit', 'manager', 'tier', 'region', 'sector', 'status', 'assignment', 'currency'],
  measures: ['customers', 'buyers', 'untouched', 'purchases', 'amount', 'received', 'handedOn'],
  cells(value, zone) {
    const { status, owner, handovers, boughtAt, spending } = value;
    if (status === 'archived') return [];
    const assignment = handovers.at(-1)?.basis ?? null;
    const held = cellKey(value, owner, assignment);
    return [
      {
        key: { ...held, currency: null },
        measures: { customers: 1, buyers: boughtAt.length > 0 ? 1 : 0, untouched: owner && isUntouched(value) ? 1 : 0 },
      },
      ...Object.entries(spending).map(([currency, { purchases, amount }]) => ({
        key: { ...held, currency },
        measures: { purchases, amount: wholeOf(amount) },
      })),
      ...handovers.flatMap((handover) => {
        const day = dayIn(zone, handover.at);
        const key = (holder: Holder) => ({ ...cellKey(value, holder, handover.basis), currency: null });
        const received = { day, key: key(handover.to), measures: { received: 1 } };
        return handover.from ? [received, { day, key: key(handover.from), measures: { handedOn: 1 } }] : [received];
      }),
    ];
  },
});

function isUntouched({ handovers, lastInteractionAt }: CustomerValue): boolean {
  return lastInteractionAt === null || lastInteractionAt < (handovers.at(-1)?.at ?? '');
}

const cellKey = (
  { tier, region, sector, status }: CustomerValue,
  holder: Holder | null,
  assignment: string | null,
) => ({
  owner: holder?.employeeId ?? null,
  orgUnit: holder?.orgUnitId ?? null,
  manager: holder?.managerId ?? null,
  tier,
  region,
  sector,
  status,
  assignment,
});
