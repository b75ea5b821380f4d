import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { customerList } from '../../projections/customer-list.js';
import type { CustomerLine } from '../../projections/customer-list.js';
import { customerValue } from '../../projections/customer-value.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { livingStatuses } from './events.js';
import { Missing } from '../errors.js';
import type { Money, MoneySum } from '../money.js';
import { documentsOf } from '../read-models/asking/documents.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import type { ReadModels } from '../read-models/read-models.js';
import { tiers } from '../tiering.js';
import type { Tier } from '../tiering.js';
import { plus, wholeOf, written } from '../whole.js';
import type { Whole } from '../whole.js';

/** A customer in its group. */
export interface GroupMember {
  readonly customerId: string;
  readonly name: string;
  readonly parentCustomerId: string | null;
  /** Steps below the top. */
  readonly depth: number;
  readonly tier: Tier;
  readonly status: CustomerLine['status'];
  readonly ownerId: string | null;
}

/** Figures of several customers. Amounts of different currencies are never added up. */
export interface GroupTotals {
  readonly customers: number;
  readonly tiers: Readonly<Record<Tier, number>>;
  readonly openOpportunities: number;
  readonly openAmounts: readonly MoneySum[];
  readonly wonOpportunities: number;
  readonly wonAmounts: readonly MoneySum[];
  readonly purchases: number;
  readonly purchased: readonly MoneySum[];
}

/** The companies that belong together: everything below the customer that is highest above the one that is asked about. */
export interface CustomerGroup {
  readonly customerId: string;
  readonly topCustomerId: string;
  /** Each behind the one it belongs to; those of one parent by name. Archived customers are left out. */
  readonly members: readonly GroupMember[];
  /** Whether these are all of them: a group is shown up to a size. */
  readonly complete: boolean;
  /** Over all members. */
  readonly totals: GroupTotals;
  /** Over the customer that is asked about and what is below it. */
  readonly below: GroupTotals;
}

/** Members that are shown at most. */
export const MOST_MEMBERS = 500;
const PAGE = 500;

export class GetCustomerGroup extends Query<CustomerGroup> {
  constructor(
    readonly customerId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetCustomerGroup)
export class GetCustomerGroupHandler implements IQueryHandler<GetCustomerGroup> {
  constructor(private readonly reading: Reading) {}

  async execute({ customerId, when }: GetCustomerGroup): Promise<CustomerGroup> {
    const lists = await this.reading.of(customerList, when);
    const asked = await lists.get(customerList, customerId);
    if (!asked) throw new Missing('customer', customerId);
    const top = await topOf(lists, asked);
    const { lines, complete } = await below(lists, top);
    const members = inOrder(top, lines);
    const own = new Set([customerId]);
    // The top has no place below another one, also where customers belong to each other in a circle.
    for (const { customerId: id, parentCustomerId } of members.slice(1))
      if (parentCustomerId !== null && own.has(parentCustomerId)) own.add(id);
    const figures = await this.#figures(
      members.map((member) => member.customerId),
      when,
    );
    return {
      customerId,
      topCustomerId: top.customerId,
      members,
      complete,
      totals: totalsOf(members, figures),
      below: totalsOf(
        members.filter((member) => own.has(member.customerId)),
        figures,
      ),
    };
  }

  /** What was bought, and what lies on opportunities, by customer. */
  async #figures(ids: readonly string[], when: When): Promise<ReadonlyMap<string, Figures>> {
    const figures = new Map<string, Figures>(ids.map((id) => [id, { open: [], won: [], purchases: 0, bought: [] }]));
    const values = await documentsOf(await this.reading.of(customerValue, when), customerValue, ids);
    for (const [id, { spending }] of values) {
      const spent = Object.entries(spending);
      const bought = spent.map(([currency, { amount }]) => ({ amount, currency }));
      const purchases = spent.reduce((sum, [, each]) => sum + each.purchases, 0);
      figures.set(id, { ...figures.get(id)!, purchases, bought });
    }
    const boards = await this.reading.of(opportunityBoard, when);
    const filter = { customerId: { $in: ids }, status: { $in: ['open', 'won'] } };
    for (let cursor: string | undefined; ;) {
      const { items, next } = await boards.find(opportunityBoard, { filter, limit: PAGE, cursor });
      for (const { customerId, status, amount } of items)
        figures.get(customerId!)![status === 'won' ? 'won' : 'open'].push(amount);
      if (next === undefined) return figures;
      cursor = next;
    }
  }
}

interface Figures {
  /** Amounts of opportunities; null where none is known. */
  readonly open: (Money | null)[];
  readonly won: (Money | null)[];
  readonly purchases: number;
  readonly bought: readonly MoneySum[];
}

/** The customer that is highest above; the last one that was not met before where customers belong to each other in a circle. */
async function topOf(lists: ReadModels, asked: CustomerLine): Promise<CustomerLine> {
  const met = new Set([asked.customerId]);
  for (let top = asked; ;) {
    if (top.parentCustomerId === null || met.has(top.parentCustomerId)) return top;
    const parent = await lists.get(customerList, top.parentCustomerId);
    if (!parent) return top;
    met.add(parent.customerId);
    top = parent;
  }
}

/** Everything below, level by level, as far as it is shown; each once, also where customers belong to each other in a circle. */
async function below(lists: ReadModels, top: CustomerLine) {
  const lines = new Map([[top.customerId, top]]);
  for (let level = [top.customerId]; level.length > 0;) {
    const filter = { parentCustomerId: { $in: level }, status: { $in: livingStatuses } };
    const found: string[] = [];
    for (let cursor: string | undefined; ;) {
      const { items, next } = await lists.find(customerList, { filter, limit: PAGE, cursor });
      for (const line of items) {
        if (lines.has(line.customerId)) continue;
        if (lines.size === MOST_MEMBERS) return { lines, complete: false };
        lines.set(line.customerId, line);
        found.push(line.customerId);
      }
      if (next === undefined) break;
      cursor = next;
    }
    level = found;
  }
  return { lines, complete: true };
}

/** Each behind the one it belongs to. */
function inOrder(top: CustomerLine, lines: ReadonlyMap<string, CustomerLine>): readonly GroupMember[] {
  const children = Map.groupBy(
    [...lines.values()].filter((line) => line !== top).toSorted((one, other) => (one.nameKey < other.nameKey ? 1 : -1)),
    ({ parentCustomerId }) => parentCustomerId,
  );
  const members: GroupMember[] = [];
  for (const open = [{ line: top, depth: 0 }]; open.length > 0;) {
    const { line, depth } = open.pop()!;
    const { customerId, name, parentCustomerId, tier, status, ownerId } = line;
    members.push({ customerId, name, parentCustomerId, depth, tier, status, ownerId });
    open.push(...(children.get(customerId) ?? []).map((child) => ({ line: child, depth: depth + 1 })));
  }
  return members;
}

function totalsOf(members: readonly GroupMember[], figures: ReadonlyMap<string, Figures>): GroupTotals {
  const own = members.map(({ customerId }) => figures.get(customerId)!);
  const [open, won] = [own.flatMap((each) => each.open), own.flatMap((each) => each.won)];
  const count = (tier: Tier) => members.filter((member) => member.tier === tier).length;
  return {
    customers: members.length,
    tiers: Object.fromEntries(tiers.map((tier) => [tier, count(tier)])) as Record<Tier, number>,
    openOpportunities: open.length,
    openAmounts: summed(open),
    wonOpportunities: won.length,
    wonAmounts: summed(won),
    purchases: own.reduce((sum, { purchases }) => sum + purchases, 0),
    purchased: summed(own.flatMap(({ bought }) => bought)),
  };
}

/** One sum for each currency, in the order of their codes. */
function summed(amounts: readonly (MoneySum | null)[]): readonly MoneySum[] {
  const sums = new Map<string, Whole>();
  for (const each of amounts)
    if (each) sums.set(each.currency, plus(sums.get(each.currency) ?? 0, wholeOf(each.amount)));
  return [...sums]
    .map(([currency, amount]) => ({ amount: written(amount), currency }))
    .toSorted((one, other) => (one.currency < other.currency ? -1 : 1));
}
