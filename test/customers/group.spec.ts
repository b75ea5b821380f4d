import { expect, it } from '@jest/globals';
import { GetCustomerGroup, GetCustomerGroupHandler, MOST_MEMBERS } from '../../libs/customers/group.js';
import type { Reading } from '../../libs/read-models/asking/reading.js';
import type { ReadModels } from '../../libs/read-models/read-models.js';
import { customerList } from '../../projections/customer-list.js';
import type { CustomerLine } from '../../projections/customer-list.js';
import { recorded } from '../support/given.js';
import { registered } from './customers.js';

/** Lines of customers, each with the one it belongs to; nothing was sold to them. */
function groupOf(customerId: string, parents: Readonly<Record<string, string | null>>) {
  const [event] = recorded([registered]);
  const line = customerList.evolve(null, event!, '') as CustomerLine;
  const lines = Object.entries(parents).map(([id, parentCustomerId]) => ({
    ...line,
    customerId: id,
    parentCustomerId,
  }));
  const readModels = {
    get: (_: unknown, id: string) => Promise.resolve(lines.find((each) => each.customerId === id)),
    find: (of: unknown, { filter }: { filter: { parentCustomerId: { $in: string[] } } }) =>
      Promise.resolve({
        items:
          of !== customerList
            ? []
            : lines.filter((each) => filter.parentCustomerId.$in.includes(each.parentCustomerId!)),
      }),
    generations: () => Promise.resolve([{ name: 'customer-value', state: 'active', partitions: 1, partition: 0 }]),
    documents: () => Promise.resolve(new Map()),
  } as unknown as ReadModels;
  const reading = { of: () => Promise.resolve(readModels) } as unknown as Reading;
  return new GetCustomerGroupHandler(reading).execute(new GetCustomerGroup(customerId));
}

it('has each customer once where customers belong to each other in a circle', async () => {
  const { members, below, complete } = await groupOf('b', { a: 'c', b: 'a', c: 'b', d: 'c' });
  expect(members.map(({ customerId, depth }) => `${depth} ${customerId}`)).toEqual(['0 c', '1 a', '2 b', '1 d']);
  expect([below.customers, complete]).toEqual([1, true]);
});

it('is shown up to a size, and says so', async () => {
  const children = (count: number) =>
    Object.fromEntries([['top', null], ...Array.from({ length: count }, (_, index) => [`c${index}`, 'top'])]);
  const full = await groupOf('top', children(MOST_MEMBERS - 1));
  expect([full.members.length, full.complete]).toEqual([MOST_MEMBERS, true]);
  const more = await groupOf('top', children(MOST_MEMBERS));
  expect([more.members.length, more.totals.customers, more.complete]).toEqual([MOST_MEMBERS, MOST_MEMBERS, false]);
});
