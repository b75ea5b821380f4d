import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { event } from '../support/events.js';
import { enough, groupsAt, stream, until } from './consumers.js';
import type { Given, Subscription } from './consumers.js';
import { forEachClient, places, placesOf } from './endpoint.js';

forEachClient((on) => {
  const { settings, allSettings, create, info, consume, consumerOf, checkpointed } = groupsAt(on);

  describe('a group of consumers on a stream', () => {
    it('is given what is there and what comes, and remembers what is done', async () => {
      await on.append(stream, 30);
      await on.append('customer-2', 3);
      await create();
      const first = await consume();
      await on.append(stream, 5);
      await enough(first, 35);
      expect(placesOf(first.given)).toEqual(places(stream, 0, 34));
      await until(async () => (await checkpointed()) === 34n);
      await first.subscription.unsubscribe();
      await on.append(stream, 1);
      const second = await consume();
      await enough(second, 1);
      expect(placesOf(second.given)).toEqual([`${stream}@35`]);
      await second.subscription.unsubscribe();
    });

    it.each([
      ['at the end', 'end', 5],
      ['with the event that is named', 3n, 3],
    ])('begins %s', async (_, startFrom, from) => {
      await on.append(stream, 5);
      await create({ startFrom });
      const consumer = await consume();
      await on.append(stream, 1);
      await enough(consumer, 6 - from);
      expect(placesOf(consumer.given)).toEqual(places(stream, from, 5));
      await consumer.subscription.unsubscribe();
    });

    it('gives nobody more than it has room for', async () => {
      await on.append(stream, 20);
      await create();
      const consumer = await consume(() => undefined, { bufferSize: 4 });
      await enough(consumer, 4);
      await sleep(50);
      expect(consumer.given).toHaveLength(4);
      expect((await info()).connections).toMatchObject([{ availableSlots: 0, inFlightMessages: 4 }]);
      await consumer.subscription.ack(...consumer.given.slice(0, 3));
      await enough(consumer, 7);
      await consumer.subscription.unsubscribe();
    });

    it('gives what a consumer had to the next when it leaves', async () => {
      await on.append(stream, 3);
      await create();
      const lost = await consume(() => undefined);
      await enough(lost, 3);
      await lost.subscription.unsubscribe();
      const next = await consume();
      await enough(next, 3);
      expect(placesOf(next.given)).toEqual(places(stream, 0, 2));
      await next.subscription.unsubscribe();
    });
  });

  describe('a group of consumers on the log', () => {
    it.each([
      ['a type', () => on.tools.eventTypeFilter({ prefixes: ['Customer'] })],
      ['a stream', () => on.tools.streamNameFilter({ regex: '^customer-' })],
    ])('is given what a filter on %s lets through, and remembers what it passed over', async (_, filter) => {
      await on.client.createPersistentSubscriptionToAll('g', allSettings(), { filter: filter() });
      const consumer = await consumerOf(
        on.client.subscribeToPersistentSubscriptionToAll('g') as unknown as Subscription,
        (each, given) => each.ack(given),
      );
      for (let round = 0; round < 3; round += 1) {
        await on.append('customer-1', [event('CustomerRegistered')]);
        await on.append('task-1', [event('TaskCreated'), event('TaskDone')]);
      }
      await enough(consumer, 3);
      expect(placesOf(consumer.given)).toEqual(places('customer-1', 0, 2));
      await until(
        async () =>
          (await on.client.getPersistentSubscriptionToAllInfo('g')).stats.lastCheckpointedEventPosition?.commit === 9n,
      );
      await consumer.subscription.unsubscribe();
    });
  });

  describe('groups', () => {
    it('are described, listed, changed and removed', async () => {
      await create({ messageTimeout: 1_234, maxRetryCount: 7, consumerStrategyName: 'Pinned' });
      await on.client.createPersistentSubscriptionToStream('customer-2', 'h', settings());
      await on.client.createPersistentSubscriptionToAll('a', allSettings({ startFrom: 'end' }));
      expect(await info()).toMatchObject({
        eventSource: stream,
        groupName: 'g',
        settings: { messageTimeout: 1_234, maxRetryCount: 7, consumerStrategyName: 'Pinned', startFrom: 'start' },
        connections: [],
      });
      const names = (found: readonly { groupName: string }[]) => found.map(({ groupName }) => groupName).toSorted();
      expect(names(await on.client.listAllPersistentSubscriptions())).toEqual(['a', 'g', 'h']);
      expect(names(await on.client.listPersistentSubscriptionsToStream('customer-2'))).toEqual(['h']);
      expect(await on.client.listPersistentSubscriptionsToAll()).toMatchObject([{ settings: { startFrom: 'end' } }]);

      const consumer = await consume();
      const dropped = once(consumer.subscription, 'error') as Promise<[Error]>;
      await on.client.updatePersistentSubscriptionToStream(stream, 'g', settings({ maxRetryCount: 2 }));
      expect((await dropped)[0]).toMatchObject({ type: on.tools.ErrorType.PERSISTENT_SUBSCRIPTION_DROPPED });
      expect((await info()).settings.maxRetryCount).toBe(2);

      await on.client.deletePersistentSubscriptionToStream(stream, 'g');
      expect(names(await on.client.listAllPersistentSubscriptions())).toEqual(['a', 'h']);
    });

    it('that are there, or are not, are refused', async () => {
      await create();
      const exists = { type: on.tools.ErrorType.PERSISTENT_SUBSCRIPTION_EXISTS };
      const missing = { type: on.tools.ErrorType.PERSISTENT_SUBSCRIPTION_DOES_NOT_EXIST };
      await expect(create()).rejects.toMatchObject(exists);
      const { client } = on;
      await expect(client.deletePersistentSubscriptionToStream(stream, 'x')).rejects.toMatchObject(missing);
      await expect(client.updatePersistentSubscriptionToAll('x', allSettings())).rejects.toMatchObject(missing);
      await expect(client.getPersistentSubscriptionToStreamInfo(stream, 'x')).rejects.toMatchObject(missing);
      await expect(client.replayParkedMessagesToAll('x')).rejects.toMatchObject(missing);
      await expect(client.listPersistentSubscriptionsToStream('x')).rejects.toMatchObject(missing);
      const [error] = (await once(client.subscribeToPersistentSubscriptionToStream(stream, 'x'), 'error')) as [Error];
      expect(error).toMatchObject(missing);
    });

    it('go on after a restart where they were, with what is parked', async () => {
      await on.append(stream, 10);
      await create();
      const before = await consume((subscription, { event: each, ...rest }) => {
        const given = { event: each, ...rest } as Given;
        if (each!.revision === 3n) return subscription.nack('park', 'it cannot', given);
        return each!.revision < 6n ? subscription.ack(given) : undefined;
      });
      await enough(before, 10);
      // Answers to events travel by themselves: all of them have arrived when only what has none is in flight.
      await until(async () => {
        const { parkedMessageCount, totalInFlightMessages } = (await info()).stats;
        return parkedMessageCount === 1n && totalInFlightMessages === 4;
      });
      const ended = once(before.subscription, 'error') as Promise<[Error]>;
      await on.stop();
      expect((await ended)[0]).toMatchObject({ type: on.tools.ErrorType.UNAVAILABLE });

      await on.restart();
      const after = await consume(undefined, { client: on.connect() });
      await enough(after, 4);
      await on.client.replayParkedMessagesToStream(stream, 'g');
      await enough(after, 5);
      expect(placesOf(after.given)).toEqual([6, 7, 8, 9, 3].map((at) => `${stream}@${at}`));
      await after.subscription.unsubscribe();
      expect(await on.reports()).toEqual([]);
    });

    it('that cannot be served let go of their consumers, and say why', async () => {
      const filter = on.tools.eventTypeFilter({ regex: '^(a+)+$' });
      await on.client.createPersistentSubscriptionToAll('g', allSettings(), { filter });
      const subscription = on.client.subscribeToPersistentSubscriptionToAll('g');
      await once(subscription, 'confirmation');
      const ended = once(subscription, 'error') as Promise<[Error]>;
      await on.append('customer-1', [event(`${'a'.repeat(40)}!`)]);
      expect((await ended)[0]).toMatchObject({ type: on.tools.ErrorType.PERSISTENT_SUBSCRIPTION_DROPPED });
      expect(await on.reports()).toEqual([expect.stringContaining('takes too long')]);
    });

    it('begin again when all of them are restarted', async () => {
      await create();
      const consumer = await consume();
      const dropped = once(consumer.subscription, 'error') as Promise<[Error]>;
      await on.client.restartPersistentSubscriptionSubsystem();
      expect((await dropped)[0]).toMatchObject({ type: on.tools.ErrorType.PERSISTENT_SUBSCRIPTION_DROPPED });
      await on.append(stream, 1);
      const again = await consume();
      await enough(again, 1);
      await again.subscription.unsubscribe();
    });
  });
});
