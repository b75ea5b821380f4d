import { QueryBus } from '@nestjs/cqrs';
import { reading } from '../apps/cli/contexts.js';
import { customerOrders } from '../libs/customers/customers.dto.js';
import { ListCustomers } from '../libs/customers/queries.js';
import type { CustomerListing } from '../libs/customers/queries.js';
import { answerOf } from './child.js';
import { spreadOf } from './measure.js';
import type { Figure, Measurement } from './measure.js';
import type { Rebuilt } from './rebuilding.js';
import { configFor } from './workspace.js';

const LIMIT = 50;
/** Pages before the deep one, as far as there are so many. */
const DEEP = 20;

interface Asked {
  readonly filters: string;
  readonly sort: string;
  readonly page: 'first' | 'deep';
  readonly milliseconds: readonly number[];
}

/** A page of the customer list, for every combination of filters and every order that the API offers. */
export const lists: Measurement = {
  name: 'lists',
  async run({ workspace, rounds, note }) {
    const { folder, log, eventBytes } = await workspace.log('customers');
    const copy = workspace.copy(folder);
    await answerOf<Rebuilt>('rebuilding', 'build', log, copy, 'customer-list');
    return reading(configFor(copy), new AbortController().signal, async (app) => {
      const bus = app.get(QueryBus);
      const { items } = await bus.execute(new ListCustomers({ limit: 1 }));
      const filters = combinations({
        ...{ tier: 'ordinary', owner: items[0]!.ownerId!, tag: 'fair', region: 'north', status: 'prospect', text: 'mill' },
      });
      note(`asking for pages with ${filters.length} combinations of filters in ${customerOrders.length} orders`);
      const asked: Asked[] = [];
      for (const filter of filters) {
        for (const sort of customerOrders) {
          const cursor = await deep(bus, { ...filter, sort });
          for (const page of ['first', 'deep'] as const) {
            if (page === 'deep' && cursor === undefined) continue;
            const query = { ...filter, sort, limit: LIMIT, ...(page === 'deep' && { cursor }) };
            const milliseconds: number[] = [];
            for (let round = 0; round < rounds; round += 1) {
              const start = performance.now();
              await bus.execute(new ListCustomers(query));
              milliseconds.push(performance.now() - start);
            }
            asked.push({ filters: Object.keys(filter).join('+') || 'no filter', sort, page, milliseconds });
          }
        }
      }
      return figuresOf(asked, eventBytes);
    });
  },
};

/** Every choice of some of the filters. */
function combinations(all: Required<Pick<CustomerListing, 'tier' | 'owner' | 'tag' | 'region' | 'status' | 'text'>>): CustomerListing[] {
  return Object.entries(all).reduce<CustomerListing[]>(
    (chosen, [name, value]) => [...chosen, ...chosen.map((before) => ({ ...before, [name]: value }))],
    [{}],
  );
}

/** Where a page that is not among the first begins; nothing when all fits on one. */
async function deep(bus: QueryBus, listing: CustomerListing): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < DEEP; page += 1) {
    const found = await bus.execute(new ListCustomers({ ...listing, limit: LIMIT, cursor }));
    if (found.next === undefined) break;
    cursor = found.next;
  }
  return cursor;
}

function figuresOf(asked: readonly Asked[], eventBytes: number): Figure[] {
  const medians = asked.map((each) => ({ ...each, median: spreadOf(each.milliseconds).median }));
  const slowest = medians.toSorted((a, b) => b.median - a.median);
  const slow = slowest.filter(({ median }) => median > 5);
  const target = { of: 'value', atMost: 5 } as const;
  const worst = ({ filters, sort, page }: Asked) => `${filters} by ${sort}, ${page} page`;
  const plain = slowest.filter(({ filters }) => !filters.includes('+'));
  return [
    {
      name: `list page with 100,000 customers, slowest of ${plain.length} with at most one filter`,
      ...{ unit: 'ms', values: plain[0]!.milliseconds, eventBytes, target, note: worst(plain[0]!), details: plain },
    },
    {
      name: `the same, slowest of all ${asked.length} combinations`,
      ...{ unit: 'ms', values: slowest[0]!.milliseconds, eventBytes, target, details: slowest },
      note: `${worst(slowest[0]!)}; ${slow.length} of ${asked.length} take more than 5 ms`,
    },
  ];
}
