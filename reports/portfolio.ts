import { report } from '../libs/reports/report.js';
import type { Columns, Named, Question, Row, Sum } from '../libs/reports/report.js';
import * as column from '../libs/reports/columns.js';
import { amounts, byKey, grouped, placeOf, share, total } from '../libs/reports/figures.js';
import type { Group } from '../libs/reports/figures.js';
import { rollup } from '../libs/read-models/rollup.js';
import { dayIn } from '../libs/time.js';
import { ascending, plus, wholeOf } from '../libs/whole.js';
import type { Whole } from '../libs/whole.js';
import { customerValue } from '../projections/customer-value.js';
import type { CustomerValue, Holder } from '../projections/customer-value.js';

/**
 * Who holds which customers, and how they came and went. What is held is a state: its cells have no day and count in every
 * window. Customers taken over, handed on and returned to a pool are counted on that day, for the unit the person sat in when they
 * got the customer, or gave it away.
 *
 * A customer is untouched when nobody has spoken to it since its owner got it. `assignment` says how it came to its owner;
 * `currency` is there for amounts only, so that a customer counts once whatever it pays in.
 */
export const customerPortfolio = rollup({
  name: 'portfolio',
  version: 2,
  of: customerValue,
  dimensions: ['owner', 'orgUnit', 'manager', 'tier', 'region', 'sector', 'status', 'assignment', 'currency'],
  measures: [
    'customers',
    'buyers',
    'untouched',
    'purchases',
    'amount',
    'received',
    'claimed',
    'byRule',
    'handedOn',
    'returned',
  ],
  cells(value, zone) {
    const { status, owner, handovers, boughtAt, spending } = value;
    if (status === 'archived' || status === 'merged') return [];
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
      ...handovers.flatMap(({ at, from, to, basis }) => {
        const of = (holder: Holder | null, measures: Partial<Record<Counted, number>>) =>
          holder ? [{ day: dayIn(zone, at), key: { ...cellKey(value, holder, basis), currency: null }, measures }] : [];
        const how = basis === 'claim' ? { claimed: 1 } : basis === 'rule' ? { byRule: 1 } : {};
        return [...of(to, { received: 1, ...how }), ...of(from, to ? { handedOn: 1 } : { returned: 1 })];
      }),
    ];
  },
});

/** What is counted on the day on which a customer comes or goes. */
type Counted = 'received' | 'claimed' | 'byRule' | 'handedOn' | 'returned';

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

const columns = {
  held: {
    customers: column.count('Customers held at the moment that is asked about.'),
    share: column.share('`customers` / customers of all rows.'),
    buyers: column.count('Those of them that have bought.'),
    untouched: column.count('Those that have an owner and no interaction since they came to it.'),
    untouchedShare: column.share('`untouched` / `customers`.'),
    purchases: column.count('Purchases of these customers, of all time.'),
    amounts: column.amounts('Amounts of these purchases.'),
    received: column.count('Customers that came to the owner in the window.'),
    claimed: column.count('Those of them that the owner claimed out of a pool.'),
    byRule: column.count('Those of them that a rule of assignment gave to the owner.'),
    handedOn: column.count('Customers that went from the owner to another one in the window.'),
    returned: column.count('Customers that went from the owner into a pool in the window, by whatever hand or rule.'),
  },
  fairness: {
    owners: column.count(
      'Owners that hold a customer: in all rows together, or, apart by `orgUnit` or `manager`, in the unit or under the manager of the row.',
    ),
    customers: column.count('Customers that have an owner.'),
    unowned: column.count('Customers that have none.'),
    untouched: column.count('Customers without interaction since they came to their owner.'),
    untouchedShare: column.share('`untouched` / `customers`.'),
    largestShare: column.share('Customers of the owner that holds most / `customers`.'),
    gini: column.index(
      'Gini coefficient of customers over `owners`: 0 when all hold as many, towards 1 when one holds everything. Owners of the team, or of all, that hold none of a row count as holding 0.',
    ),
    giniOfAmounts: column.indexes('The same for the amounts their customers have bought for.'),
  },
} satisfies Readonly<Record<string, Columns>>;

export const portfolio = report({
  name: 'portfolio',
  version: 2,
  says: 'Which customers are held by which owner, and how fairly they are spread. Archived customers are left out.',
  summary: 'Who holds which customers, and how fairly they are spread. Basis `held` or `fairness`.',
  rollup: customerPortfolio,
  bases: {
    held: {
      says: 'Customers and what they have bought, and how many came and went. The row without an owner holds the customers that have none.',
      window:
        'Handovers, by their day: `received`, `claimed`, `byRule`, `handedOn` and `returned`. What is held is a state and counts in every window; ask with `asOf` for another moment.',
      by: ['owner'],
      policies: [],
      columns: columns.held,
    },
    fairness: {
      says: 'How equally customers and amounts are spread over the owners. Kept apart by `orgUnit` or `manager`, the owners of each row are those of that team; kept apart by what customers are, every owner counts in each row.',
      window: 'Nothing: what is held is a state. Ask with `asOf` for another moment.',
      by: [],
      policies: [],
      columns: columns.fairness,
    },
  },
  dimensions: {
    owner: 'Owner of the customer; of a handover, the one that received it, handed it on or returned it.',
    orgUnit: 'Unit of the structure in which the owner sat when it got the customer.',
    manager: 'Manager of the owner at the same moment.',
    tier: 'Tier of the customer at the moment that is asked about.',
    region: 'Region of the customer at the same moment.',
    sector: 'Sector of the customer at the same moment.',
    status: 'Status of the customer at the same moment.',
    assignment: 'How the customer came to its owner: claimed, assigned, transferred …',
  },
  asks: ({ from, to, by, where, basis }) => [
    { from, to, by: [...new Set([...by, ...(basis === 'fairness' ? ['owner'] : []), 'currency'])], where },
  ],
  rows: ([sums = []], question, facts) =>
    question.basis === 'held' ? heldRows(sums, question, facts) : fairnessRows(sums, question, facts),
});

/** Who holds most comes first. */
function heldRows(sums: readonly Sum[], { by }: Question, facts: Named): Row[] {
  const all = total(sums, 'customers');
  const order = byKey(by.slice(0, -1), facts);
  const most = (a: Group, b: Group) => total(b.sums, 'customers') - total(a.sums, 'customers');
  return grouped(sums, by)
    .sort((a, b) => order(a, b) || most(a, b) || byKey(by, facts)(a, b))
    .map(({ key, sums: cells }) => {
      const customers = total(cells, 'customers');
      const untouched = total(cells, 'untouched');
      return {
        ...key,
        customers,
        share: share(customers, all),
        buyers: total(cells, 'buyers'),
        untouched,
        untouchedShare: share(untouched, customers),
        purchases: total(cells, 'purchases'),
        amounts: amounts(cells, 'amount'),
        received: total(cells, 'received'),
        claimed: total(cells, 'claimed'),
        byRule: total(cells, 'byRule'),
        handedOn: total(cells, 'handedOn'),
        returned: total(cells, 'returned'),
      };
    });
}

/** Dimensions that say in which team an owner is: rows of one team compare its people, not those of others. */
const TEAM: readonly string[] = ['orgUnit', 'manager'];

function fairnessRows(sums: readonly Sum[], { by }: Question, facts: Named): Row[] {
  const held = sums.filter(({ key }) => key['owner'] !== null);
  const team = by.filter((dimension) => TEAM.includes(dimension));
  const ownersOf = new Map(
    grouped(held, team).map(({ key, sums: cells }) => [
      placeOf(key, team),
      grouped(cells, ['owner'])
        .filter(({ sums: own }) => total(own, 'customers') > 0)
        .map(({ key: { owner } }) => owner!),
    ]),
  );
  return grouped(sums, by)
    .sort(byKey(by, facts))
    .map(({ key, sums: cells }) => {
      const owners = ownersOf.get(placeOf(key, team)) ?? [];
      const owned = cells.filter((cell) => cell.key['owner'] !== null);
      const customers = total(owned, 'customers');
      const untouched = total(owned, 'untouched');
      const each = perOwner(owned, owners, 'customers');
      return {
        ...key,
        owners: owners.length,
        customers,
        unowned: total(cells, 'customers') - customers,
        untouched,
        untouchedShare: share(untouched, customers),
        largestShare: share(
          each.reduce<number>((most, held) => (held > most ? Number(held) : most), 0),
          customers,
        ),
        gini: gini(each),
        giniOfAmounts: amounts(owned, 'amount').map(({ currency }) => {
          const paid = owned.filter((cell) => cell.key['currency'] === currency);
          return { currency, index: gini(perOwner(paid, owners, 'amount')) };
        }),
      };
    });
}

function perOwner(cells: readonly Sum[], owners: readonly string[], measure: string): readonly Whole[] {
  const held = new Map<string, Whole>(owners.map((owner) => [owner, 0]));
  for (const { key, measures } of cells) {
    const before = held.get(key['owner']!);
    if (before !== undefined) held.set(key['owner']!, plus(before, measures[measure] ?? 0));
  }
  return [...held.values()];
}

/**
 * Gini coefficient of n values in ascending order: 2 Σ i·xᵢ / (n Σ xᵢ) − (n + 1) / n, which is half the mean difference over the mean
 * (Damgaard and Weiner, "Describing inequality in plant size or fecundity", Ecology 81, 2000). Not corrected for small n, so that one
 * of n who holds everything gives 1 − 1/n. As exact as numbers are; null when there is nothing to spread.
 */
export function gini(spread: readonly Whole[]): number | null {
  const values = spread.toSorted(ascending).map(Number);
  const sum = values.reduce((whole, value) => whole + value, 0);
  if (sum === 0) return null;
  const weighted = values.reduce((before, value, index) => before + (index + 1) * value, 0);
  return (2 * weighted) / (values.length * sum) - (values.length + 1) / values.length;
}
