import { expect, it } from '@jest/globals';
import { Past } from '../../libs/read-models/asking/past.js';
import { BackgroundProjector } from '../../libs/read-models/building/projector-thread.js';
import { Reading } from '../../libs/read-models/asking/reading.js';
import { scratch } from '../../libs/read-models/open-read-models.js';
import { orderModels, orders } from '../support/orders.js';
import { World } from '../support/world.js';

class Standing extends BackgroundProjector {
  readonly fault = 'The disk of read-models.db is full.';
  start(): void {}
  async stop(): Promise<void> {}
}

it('a read model that was never built for want of room says so', async () => {
  const world = new World();
  const past = new Past(world.store, world.clock, orderModels, 'UTC', () => scratch(world.clock), world.readModels);
  const reading = new Reading(world.store, world.readModels, past, new Standing());
  await expect(reading.of(orders)).rejects.toMatchObject({
    code: 'read-model-building',
    message: 'The read model orders is being built, but does not move: The disk of read-models.db is full.',
  });
  await past.close();
  await world.close();
});

it('a read model that is behind for want of room says so, without waiting for it', async () => {
  const world = new World();
  world.readModels.changed = () => Promise.reject(new Error('it is waited for'));
  await world.projector(orderModels).catchUp();
  await world.happens('OrderPlaced', { orderId: 'o1', customer: 'c', amount: 1, tags: [] });
  const past = new Past(world.store, world.clock, orderModels, 'UTC', () => scratch(world.clock), world.readModels);
  const reading = new Reading(world.store, world.readModels, past, new Standing());
  await expect(reading.of(orders, { after: 1 })).rejects.toMatchObject({
    code: 'read-model-behind',
    message:
      'orders has not reached position 1 yet. The disk of read-models.db is full. ' +
      'This request was not carried out: send it again when read models move.',
    details: { fault: 'The disk of read-models.db is full.' },
  });
  await past.close();
  await world.close();
});
