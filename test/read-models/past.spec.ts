import { expect, it } from '@jest/globals';
import { Past } from '../../libs/read-models/asking/past.js';
import { scratch } from '../../libs/read-models/open-read-models.js';
import { orderModels, orders, turnover } from '../support/orders.js';
import { World } from '../support/world.js';

it('a copy of the past has the cells of the report that is asked, and of no other', async () => {
  const world = new World();
  const amount = 7;
  await world.happens('OrderPlaced', { orderId: 'o1', customer: 'c', amount, tags: [] });
  const past = new Past(world.store, world.clock, orderModels, 'UTC', () => scratch(world.clock), world.readModels);
  const until = { axis: 'occurred', time: world.clock.now() } as const;

  const reported = await past.of(orders, until, turnover);
  const documents = await past.of(orders, until);
  expect(await reported.generations()).toMatchObject([{ definition: 'orders@1 turnover@1 UTC' }]);
  expect(await documents.generations()).toMatchObject([{ definition: 'orders@1' }]);

  const sums = [{ key: { customer: 'c' }, measures: { orders: 1, amount } }];
  expect(await reported.sums(turnover, { by: ['customer'] })).toMatchObject(sums);
  expect(await documents.get(orders, 'o1')).toMatchObject({ amount });
  expect(await past.of(orders, until, turnover)).toBe(reported);
  await past.close();
  await world.close();
});
