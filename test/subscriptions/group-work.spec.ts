import { once } from 'node:events';
import persistentService from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { credentials } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { enough, groupsAt, stream, until } from './consumers.js';
import type { Given, Subscription } from './consumers.js';
import { forEachClient, places, placesOf } from './endpoint.js';

/** The clients know no name but those of old; the protocol has room for any. */
async function createKeyOrdered(url: string, group: string): Promise<void> {
  const caller = new persistentService.PersistentSubscriptionsClient(new URL(url).host, credentials.createInsecure());
  const settings = new persistent.CreateReq.Settings()
    .setConsumerStrategy('KeyOrdered')
    .setMaxRetryCount(5)
    .setMessageTimeoutMs(30_000)
    .setHistoryBufferSize(500);
  const all = new persistent.CreateReq.AllOptions().setStart(new shared.Empty());
  const options = new persistent.CreateReq.Options().setGroupName(group).setSettings(settings).setAll(all);
  try {
    await new Promise<void>((resolve, reject) => {
      caller.create(new persistent.CreateReq().setOptions(options), (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    caller.close();
  }
}

forEachClient((on) => {
  const { allSettings, create, info, consume, consumerOf, checkpointed } = groupsAt(on);

  describe('an event that a consumer cannot deal with', () => {
    /** Fails at the second event, as often as it is told. */
    const failing =
      (action: 'park' | 'retry' | 'skip' | 'stop', times = Infinity) =>
      (subscription: Subscription, given: Given) => {
        if (given.event!.revision !== 1n || given.retryCount >= times) return subscription.ack(given);
        return subscription.nack(action, 'it cannot', given);
      };

    it('is given again, with how often it was, and then parked', async () => {
      await on.append(stream, 3);
      await create({ maxRetryCount: 3 });
      const consumer = await consume(failing('retry'));
      await until(async () => (await info()).stats.parkedMessageCount === 1n);
      const tries = consumer.given.filter(({ event: each }) => each!.revision === 1n);
      expect(tries.map(({ retryCount }) => retryCount)).toEqual([0, 1, 2, 3]);
      await until(async () => (await checkpointed()) === 2n);
      await consumer.subscription.unsubscribe();
    });

    it('is done when it succeeds in the end', async () => {
      await on.append(stream, 3);
      await create();
      const consumer = await consume(failing('retry', 2));
      await until(async () => (await checkpointed()) === 2n);
      expect(consumer.given).toHaveLength(5);
      expect((await info()).stats.parkedMessageCount).toBe(0n);
      await consumer.subscription.unsubscribe();
    });

    it('is left out when it is skipped', async () => {
      await on.append(stream, 3);
      await create();
      const consumer = await consume(failing('skip'));
      await until(async () => (await checkpointed()) === 2n);
      expect(consumer.given).toHaveLength(3);
      expect((await info()).stats.parkedMessageCount).toBe(0n);
      await consumer.subscription.unsubscribe();
    });

    it('is parked, and given again on request', async () => {
      await on.append(stream, 3);
      await create();
      let broken = true;
      const consumer = await consume((subscription, given) =>
        broken && given.event!.revision < 2n ? subscription.nack('park', 'it cannot', given) : subscription.ack(given),
      );
      await until(async () => (await checkpointed()) === 2n);
      expect((await info()).stats.parkedMessageCount).toBe(2n);
      broken = false;
      await on.client.replayParkedMessagesToStream(stream, 'g', { stopAt: 1 });
      await until(async () => (await info()).stats.parkedMessageCount === 1n);
      await on.client.replayParkedMessagesToStream(stream, 'g');
      await until(async () => (await info()).stats.parkedMessageCount === 0n);
      expect(placesOf(consumer.given)).toEqual([0, 1, 2, 0, 1].map((at) => `${stream}@${at}`));
      await consumer.subscription.unsubscribe();
    });

    it('is for the others when its consumer stops', async () => {
      await on.append(stream, 3);
      await create();
      const stopping = await consume(failing('stop'), { bufferSize: 1 });
      const [error] = (await once(stopping.subscription, 'error')) as [Error];
      expect(error).toMatchObject({ type: on.tools.ErrorType.PERSISTENT_SUBSCRIPTION_DROPPED });
      const other = await consume();
      await enough(other, 2);
      expect(placesOf(other.given)).toEqual(places(stream, 1, 2));
      await other.subscription.unsubscribe();
    });

    it('is tried as often as is allowed when its consumers are lost, and then parked', async () => {
      await on.append(stream, 4);
      await create({ maxRetryCount: 2 });
      const tries: number[] = [];
      while (tries.length < 3) {
        const client = on.connect();
        const before = tries.length;
        await consume(
          (subscription, given) => {
            if (given.event!.revision !== 1n) return subscription.ack(given);
            return tries.push(given.retryCount);
          },
          { client },
        );
        await until(() => tries.length > before);
        // The connection breaks off.
        await client.dispose();
      }
      expect(tries).toEqual([0, 1, 2]);
      await until(async () => (await info()).stats.parkedMessageCount === 1n);
      const next = await consume();
      await until(async () => (await checkpointed()) === 3n);
      expect(placesOf(next.given)).not.toContain(`${stream}@1`);
      await next.subscription.unsubscribe();
    });

    it('is given again when it says nothing for too long, and then parked', async () => {
      await on.append(stream, 2);
      await create({ messageTimeout: 60, maxRetryCount: 2 });
      const consumer = await consume((subscription, given) => given.event!.revision === 0n || subscription.ack(given));
      await until(async () => (await info()).stats.parkedMessageCount === 1n);
      const tries = consumer.given.filter(({ event: each }) => each!.revision === 0n);
      expect(tries.map(({ retryCount }) => retryCount)).toEqual([0, 1, 2]);
      await consumer.subscription.unsubscribe();
    });
  });

  describe('two consumers', () => {
    const both = async (consumerStrategyName: string, room = 10) => {
      await create({ consumerStrategyName });
      const consumers = [
        await consume(undefined, { bufferSize: room }),
        await consume(undefined, { client: on.connect(), bufferSize: room }),
      ];
      await on.append(stream, 40);
      await until(() => consumers[0]!.given.length + consumers[1]!.given.length === 40);
      await Promise.all(consumers.map(({ subscription }) => subscription.unsubscribe()));
      return consumers.map(({ given }) => placesOf(given));
    };

    it('take turns', async () => {
      const [first, second] = await both('RoundRobin', 40);
      expect([first!.length, second!.length]).toEqual([20, 20]);
      expect([...first!, ...second!].toSorted()).toEqual(places(stream, 0, 39).toSorted());
    });

    it('work one after the other', async () => {
      const [first, second] = await both('DispatchToSingle', 40);
      expect([first!.length, second!.length]).toEqual([40, 0]);
    });

    it('keep to their streams', async () => {
      await on.client.createPersistentSubscriptionToAll('p', allSettings({ consumerStrategyName: 'Pinned' }));
      const consumers = await Promise.all(
        [on.client, on.connect()].map((client) =>
          consumerOf(client.subscribeToPersistentSubscriptionToAll('p') as unknown as Subscription, (each, given) =>
            each.ack(given),
          ),
        ),
      );
      for (let round = 0; round < 5; round += 1) {
        for (let each = 0; each < 20; each += 1) await on.append(`customer-${each}`, 1);
      }
      await until(() => consumers[0]!.given.length + consumers[1]!.given.length === 100);
      const [first, second] = consumers.map(
        ({ given }) => new Set(given.map(({ event: { streamId } = {} as never }) => streamId)),
      );
      expect(first!.size).toBeGreaterThan(0);
      expect(second!.size).toBeGreaterThan(0);
      expect([...first!].filter((each) => second!.has(each))).toEqual([]);
      for (const { given } of consumers) {
        const of = (name: string) =>
          given.filter(({ event: each }) => each!.streamId === name).map(({ event: each }) => each!.revision);
        for (const name of first!) expect(of(name)).toEqual(of(name).toSorted());
      }
      await Promise.all(consumers.map(({ subscription }) => subscription.unsubscribe()));
    });

    it('take each stream in its order, one event at a time, also when it is tried again', async () => {
      await createKeyOrdered(on.url, 'k');
      const [out, done, failed] = [new Set<string>(), new Map<string, number[]>(), new Set<string>()];
      const takers = new Set<number>();
      let together = 0;
      const consumers = await Promise.all(
        [on.client, on.connect()].map((client, taker) =>
          consumerOf(
            client.subscribeToPersistentSubscriptionToAll('k') as unknown as Subscription,
            async (each, given) => {
              const { streamId, revision, id } = given.event!;
              if (out.has(streamId)) together += 1;
              out.add(streamId);
              takers.add(taker);
              await new Promise((resolve) => setTimeout(resolve, 2));
              out.delete(streamId);
              // Every other event fails the first time.
              if (revision % 2n === 0n && !failed.has(id)) {
                failed.add(id);
                await each.nack('retry', 'not yet', given);
                return;
              }
              done.set(streamId, [...(done.get(streamId) ?? []), Number(revision)]);
              await each.ack(given);
            },
          ),
        ),
      );
      for (let round = 0; round < 5; round += 1) {
        for (let each = 0; each < 10; each += 1) await on.append(`customer-${each}`, 1);
      }
      await until(() => [...done.values()].flat().length >= 50);
      expect([...done.values()]).toEqual(Array(10).fill([0, 1, 2, 3, 4]));
      expect(together).toBe(0);
      // Both had work: they take turns, and no stream is kept to one of them.
      expect(takers).toEqual(new Set([0, 1]));
      await Promise.all(consumers.map(({ subscription }) => subscription.unsubscribe()));
    });

    it('are no more than are wanted', async () => {
      await create({ maxSubscriberCount: 1 });
      const first = await consume();
      const second = on.connect().subscribeToPersistentSubscriptionToStream(stream, 'g');
      const [error] = (await once(second, 'error')) as [Error];
      expect(error).toMatchObject({ type: on.tools.ErrorType.MAXIMUM_SUBSCRIBERS_REACHED });
      await first.subscription.unsubscribe();
    });
  });
});
