import type { QueryBus } from '@nestjs/cqrs';
import type { ValuesOf } from '../libs/commands/fields.js';
import { customerOrders, ListCustomers } from '../libs/customers/queries.js';
import type { customerFilters } from '../libs/customers/queries.js';
import { answering } from './query-bus.js';
import { answerOf } from './child.js';
import { spreadOf } from './measure.js';
import type { Bench, Figure, Measurement } from './measure.js';
import type { Rebuilt } from './rebuild-run.js';
import { readModelsIn } from './workspace.js';

/** Items of a page. */
export const LIMIT = 50;
/** The deep page lies behind two of the largest pages there are, or behind the last that is full. */
const LARGEST = 500;
/** A page that took so many milliseconds is not asked for once more. */
const PATIENCE = 100;
const MOST = 5;

type CustomerListing = ValuesOf<typeof customerFilters>;

/** One page, as often as it was asked for. */
export interface Asked {
  readonly filters: string;
  readonly sort: string;
  readonly page: 'first' | 'deep';
  readonly values: readonly number[];
}

/** A page of the customer list, for every combination of filters and every order that the API offers. */
export const lists: Measurement = {
  name: 'lists',
  async run({ workspace, rounds, note }) {
    const { folder, log, eventBytes } = await workspace.log('customers');
    const copy = workspace.copy(folder);
    await answerOf<Rebuilt>('rebuild-run', 'build', log, readModelsIn(copy), 'customer-list,employee-list');
    const asked = await answering(copy, (bus) => pagesOf(bus, { rounds, note }));
    const plain = asked.filter(({ filters }) => !filters.includes('+'));
    return [
      { ...slowestOf(plain), name: 'list page with 100,000 customers, slowest with no or one filter' },
      { ...slowestOf(asked), name: 'the same, slowest with any combination of filters' },
    ].map((figure) => ({ ...figure, eventBytes, target: { of: 'value', atMost: MOST } }));
  },
};

/** Pages with every choice of filters, in every order. @param most filters at a time */
export async function pagesOf(
  bus: QueryBus,
  { rounds, note }: Pick<Bench, 'rounds' | 'note'>,
  most = Infinity,
): Promise<readonly Asked[]> {
  const { items } = await bus.execute(new ListCustomers({ limit: 1 }));
  const owner = items[0]!.ownerId!;
  const some = { tier: 'ordinary', owner, tag: 'fair', region: 'north', status: 'prospect', text: 'mill' } as const;
  // A word that one name in nine has, beside one that one in fifty has.
  const all: CustomerListing[] = [...combinations(some), { text: 'trading' }];
  const filters = all.filter((filter) => Object.keys(filter).length <= most);
  note(`asking for pages with ${filters.length} combinations of filters in ${customerOrders.length} orders`);
  const asked: Asked[] = [];
  for (const filter of filters) {
    for (const sort of customerOrders) asked.push(...(await pages(bus, { ...filter, sort }, rounds)));
  }
  return asked;
}

/** Every choice of some of the filters. */
function combinations(all: CustomerListing): CustomerListing[] {
  return Object.entries(all).reduce<CustomerListing[]>(
    (chosen, [name, value]) => [...chosen, ...chosen.map((before) => ({ ...before, [name]: value }))],
    [{}],
  );
}

async function pages(bus: QueryBus, listing: CustomerListing, rounds: number): Promise<Asked[]> {
  const { sort = '', ...filter } = listing;
  const filters = Object.keys(filter).join('+') || 'no filter';
  const cursor = await deep(bus, listing);
  const asked: Asked[] = [];
  for (const page of cursor === undefined ? (['first'] as const) : (['first', 'deep'] as const)) {
    const values: number[] = [];
    const query = { ...listing, limit: LIMIT, cursor: page === 'deep' ? cursor : undefined };
    for (let round = 0; round < rounds; round += 1) {
      const start = performance.now();
      await bus.execute(new ListCustomers(query));
      values.push(performance.now() - start);
      if (values.at(-1)! > PATIENCE) break;
    }
    asked.push({ filters, sort, page, values });
  }
  return asked;
}

/** Where a page that is not among the first begins; nothing when all fits on one. */
async function deep(bus: QueryBus, listing: CustomerListing): Promise<string | undefined> {
  for (const limit of [LARGEST, LIMIT]) {
    let cursor: string | undefined;
    for (let page = 0; page < 2; page += 1) {
      const found = await bus.execute(new ListCustomers({ ...listing, limit, cursor }));
      if (found.next === undefined) break;
      cursor = found.next;
    }
    if (cursor !== undefined) return cursor;
  }
  return undefined;
}

/** The page that takes longest. */
export function slowestOf(asked: readonly Asked[]): Omit<Figure, 'name'> {
  const slowest = asked.toSorted((a, b) => spreadOf(b.values).median - spreadOf(a.values).median);
  const { filters, sort, page, values } = slowest[0]!;
  const slow = slowest.filter((each) => spreadOf(each.values).median > MOST).length;
  const note = `${filters} by ${sort}, ${page} page; ${slow} of ${asked.length} pages take more than ${MOST} ms`;
  return { unit: 'ms', values, note, details: slowest };
}
