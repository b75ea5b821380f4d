import { portfolio } from '../../projections/portfolio.js';
import type { Sum } from '../read-models/read-models.js';
import { ascending, plus } from '../whole.js';
import type { Whole } from '../whole.js';
import { portfolioColumns } from './columns.js';
import { amounts, byKey, grouped, share, total } from './report.js';
import type { Source } from './definition.js';
import type { Facts, Group, Question, Row } from './report.js';

export const portfolioReport: Source = {
  name: 'portfolio',
  version: 1,
  says: 'Which customers are held by which owner, and how fairly they are spread. Archived customers are left out.',
  rollup: portfolio,
  bases: {
    held: {
      says: 'Customers and what they have bought, and how many came and went. The row without an owner holds the customers that have none.',
      window:
        'Handovers, by their day: `received` and `handedOn`. What is held is a state and counts in every window; ask with `asOf` for another moment.',
      by: ['owner'],
      policies: [],
      columns: portfolioColumns.held,
    },
    fairness: {
      says: 'How equally customers and amounts are spread over the owners. Kept apart by a dimension, every owner counts in each row.',
      window: 'Nothing: what is held is a state. Ask with `asOf` for another moment.',
      by: [],
      policies: [],
      columns: portfolioColumns.fairness,
    },
  },
  dimensions: {
    owner: 'Owner of the customer; of a handover, the one that received it or handed it on.',
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
};

/** Who holds most comes first. */
function heldRows(sums: readonly Sum[], { by }: Question, facts: Facts): Row[] {
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
        handedOn: total(cells, 'handedOn'),
      };
    });
}

function fairnessRows(sums: readonly Sum[], { by }: Question, facts: Facts): Row[] {
  const held = sums.filter(({ key }) => key['owner'] !== null);
  const owners = grouped(held, ['owner'])
    .filter(({ sums: cells }) => total(cells, 'customers') > 0)
    .map(({ key }) => key['owner']!);
  return grouped(sums, by)
    .sort(byKey(by, facts))
    .map(({ key, sums: cells }) => {
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

/** How unequally a whole is spread, as exact as numbers are; null when there is nothing to spread. */
export function gini(spread: readonly Whole[]): number | null {
  const values = spread.toSorted(ascending).map(Number);
  const sum = values.reduce((whole, value) => whole + value, 0);
  if (sum === 0) return null;
  const weighted = values.reduce((before, value, index) => before + (index + 1) * value, 0);
  return (2 * weighted) / (values.length * sum) - (values.length + 1) / values.length;
}
