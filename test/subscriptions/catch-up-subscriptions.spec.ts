import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { AllStreamSubscription, StreamSubscription } from '@eventstore/db-client';
import { event } from '../support/events.js';
import { forEachClient, places, placesOf, positionsOf, take } from './endpoint.js';

/** What a subscription is told beside events, in order. */
function toldTo(subscription: StreamSubscription | AllStreamSubscription): string[] {
  const told: string[] = [];
  subscription.on('confirmation', () => told.push('confirmed'));
  subscription.on('caughtUp', () => told.push('caught up'));
  subscription.on('data', () => told.push('event'));
  return told;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

forEachClient((on) => {
  const position = (at: number) => ({ commit: BigInt(at), prepare: BigInt(at) });

  describe('a subscription to a stream', () => {
    it('gives what is there and what comes, and nothing of other streams', async () => {
      await on.append('customer-1', 3);
      const subscription = on.client.subscribeToStream('customer-1');
      const found = take(subscription, 8);
      await on.append('customer-10', 3);
      await on.append('customer-1', 2);
      await on.append('task-1', 3);
      await on.append('customer-1', 3);
      expect(placesOf(await found)).toEqual(places('customer-1', 0, 7));
      await subscription.unsubscribe();
    });

    it('begins after the revision it names', async () => {
      await on.append('customer-1', 5);
      const subscription = on.client.subscribeToStream('customer-1', { fromRevision: 2n });
      expect(placesOf(await take(subscription, 2))).toEqual(places('customer-1', 3, 4));
      await subscription.unsubscribe();
    });

    it('begins at the end', async () => {
      await on.append('customer-1', 5);
      const subscription = on.client.subscribeToStream('customer-1', { fromRevision: 'end' });
      const told = toldTo(subscription);
      await until(() => told.includes('caught up'));
      await on.append('customer-1', 1);
      await until(() => told.includes('event'));
      expect(told).toEqual(['confirmed', 'caught up', 'event']);
      await subscription.unsubscribe();
    });

    it('waits for a stream that is not there yet', async () => {
      const subscription = on.client.subscribeToStream('customer-1');
      const told = toldTo(subscription);
      await until(() => told.includes('caught up'));
      await on.append('customer-1', 1);
      await until(() => told.includes('event'));
      await subscription.unsubscribe();
    });
  });

  describe('a subscription to the log', () => {
    it('gives everything in order, once, while others append', async () => {
      const writing = (async () => {
        for (let round = 0; round < 100; round += 1) {
          await Promise.all([0, 1, 2].map((each) => on.append(`customer-${each}`, 1 + (round % 5))));
          if (round % 7 === 0) await sleep(1);
        }
      })();
      const subscriptions = [0, 1, 2].map(() => on.client.subscribeToAll());
      const found = await Promise.all(subscriptions.map((each) => take(each, 900)));
      await writing;
      const expected = Array.from({ length: 900 }, (_, index) => index + 1);
      for (const each of found) expect(positionsOf(each)).toEqual(expected);
      await Promise.all(subscriptions.map((each) => each.unsubscribe()));
    });

    it('begins after the position it names', async () => {
      await on.append('customer-1', 5);
      const subscription = on.client.subscribeToAll({ fromPosition: position(2) });
      const found = take(subscription, 4);
      await on.append('customer-2', 1);
      expect(positionsOf(await found)).toEqual([3, 4, 5, 6]);
      await subscription.unsubscribe();
    });

    it('begins at the end', async () => {
      await on.append('customer-1', 5);
      const subscription = on.client.subscribeToAll({ fromPosition: 'end' });
      const told = toldTo(subscription);
      await until(() => told.includes('caught up'));
      await on.append('customer-1', 1);
      await until(() => told.includes('event'));
      expect(told).toEqual(['confirmed', 'caught up', 'event']);
      await subscription.unsubscribe();
    });

    it('is confirmed first, and told once that it has caught up', async () => {
      await on.append('customer-1', 3);
      const subscription = on.client.subscribeToAll();
      const told = toldTo(subscription);
      await until(() => told.includes('caught up'));
      await on.append('customer-1', 1);
      await sleep(50);
      await on.append('customer-1', 1);
      await until(() => told.length === 7);
      expect(told).toEqual(['confirmed', 'event', 'event', 'event', 'caught up', 'event', 'event']);
      await subscription.unsubscribe();
    });

    it('is over when it is left, and reads no more', async () => {
      const subscription = on.client.subscribeToAll();
      const told = toldTo(subscription);
      await until(() => told.includes('caught up'));
      await subscription.unsubscribe();
      await on.append('customer-1', 1);
      await sleep(50);
      expect(told).not.toContain('event');
    });
  });

  it('an event of a mebibyte reaches a subscriber', async () => {
    const subscription = on.client.subscribeToAll();
    const text = 'x'.repeat(1024 * 1024);
    await on.append('customer-1', [event('Large', { text })]);
    const [found] = await take(subscription, 1);
    expect(found!.event!.data).toEqual({ text });
    await subscription.unsubscribe();
  });
});
