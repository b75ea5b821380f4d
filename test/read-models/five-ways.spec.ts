import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { partOf } from '../../libs/read-models/partitions.js';
import { projection } from '../../libs/read-models/projection.js';
import { readModel, rollup } from '../../libs/read-models/rollup.js';
import { expectFiveWaysAlike, fiveWays, foldAlone, seeded } from '../support/five-ways.js';
import { recorded } from '../support/given.js';
import { orderHistory, orderModels } from '../support/orders.js';
import type { OrderEvents } from '../support/orders.js';
import { property } from '../support/property.js';

describe.each(orderModels.map((model) => [model.projection.name, model] as const))('%s', (_, model) => {
  it('comes to the same documents and cells five ways', async () => {
    await fc.assert(
      fc.asyncProperty(orderHistory, fc.integer(), async (history, seed) => {
        await expectFiveWaysAlike(model, recorded(history), { random: seeded(seed) });
      }),
      property(40),
    );
  });

  it('comes to the same in three partitions, and together they hold what the whole one does', async () => {
    await fc.assert(
      fc.asyncProperty(orderHistory, fc.integer(), async (history, seed) => {
        const events = recorded(history);
        const documents: string[] = [];
        for (const partition of [0, 1, 2]) {
          const part = partOf(model, { partition, partitions: 3 });
          await expectFiveWaysAlike(part, events, { random: seeded(seed) });
          documents.push(...(await foldAlone({ ...part, rollups: [] }, events, 'UTC')));
        }
        expect(documents.sort()).toEqual(await foldAlone({ ...model, rollups: [] }, events, 'UTC'));
      }),
      property(10),
    );
  });
});

it('an event that names a document twice is one event for it', async () => {
  const twice = projection<{ id: string; events: number }, OrderEvents>({
    name: 'twice',
    version: 1,
    id: ({ data }) => [data.orderId, data.orderId],
    starts: { OrderPlaced: ({ data }) => ({ id: data.orderId, events: 1 }) },
    on: { OrderPaid: (order) => ({ ...order, events: order.events + 1 }) },
  });
  const placed = { type: 'OrderPlaced', data: { orderId: 'a', customer: 'c', amount: 1, tags: [] } };
  const paid = { type: 'OrderPaid', data: { orderId: 'a' } };
  const { inPages } = await fiveWays(readModel(twice), recorded([placed, paid]));
  expect(inPages).toEqual(['a {"events":2,"id":"a"}']);
});

describe('the five ways', () => {
  const history = recorded(
    Array.from({ length: 100 }, (_, index) => ({
      type: index < 5 ? 'OrderPlaced' : 'OrderChanged',
      data: { orderId: `o${index % 5}`, customer: 'c', amount: index, tags: [] },
    })),
  );
  interface Count {
    id: string;
    events: number;
    note?: string | undefined;
  }
  const counting = (change: (count: Count, amount: number) => Count) =>
    projection<Count, OrderEvents>({
      name: 'counting',
      version: 1,
      id: ({ data }) => data.orderId,
      starts: { OrderPlaced: ({ data }) => ({ id: data.orderId, events: 1, note: undefined }) },
      on: { OrderChanged: (count, { data }) => change(count, data.amount) },
    });

  it('tell what they found', async () => {
    const found = await fiveWays(readModel(counting((count) => ({ ...count, events: count.events + 1 }))), history);
    for (const content of Object.values(found)) expect(content[0]).toBe('o0 {"events":20,"id":"o0"}');
  });

  it('find a document that is changed in place', async () => {
    const changing = counting((count) => {
      count.events += 1;
      return count;
    });
    await expect(fiveWays(readModel(changing), history)).rejects.toThrow('read only');
  });

  it('find a document that depends on having been stored', async () => {
    const depending = counting((count) => ({ ...count, events: count.events + ('note' in count ? 1 : 0) }));
    await expect(expectFiveWaysAlike(readModel(depending), history)).rejects.toThrow('inPages');
  });

  it('find a report that is not a function of its document', async () => {
    let calls = 0;
    const honest = counting((count) => ({ ...count, events: count.events + 1 }));
    const report = rollup({
      name: 'report',
      version: 1,
      of: honest,
      dimensions: ['call'],
      measures: ['n'],
      cells: () => [
        {
          key: { call: String((calls += 1)) },
          measures: { n: 1 },
        },
      ],
    });
    await expect(expectFiveWaysAlike(readModel(honest, report), history)).rejects.toThrow();
  });
});
