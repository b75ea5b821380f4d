import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { groupsAt } from './consumers.js';
import { all, forEachClient } from './endpoint.js';
import { sent } from './sent.js';

/** Client libraries sort errors by the words of the server. */
forEachClient(
  (on) => {
    const append = (stream: string, count = 1) => on.client.appendToStream(stream, sent(on, count));
    const messageOf = (call: Promise<unknown>): Promise<string> =>
      call.then(
        () => 'no error',
        (error: Error) => error.message,
      );

    describe('an error says what EventStoreDB says:', () => {
      it.each(['deleteStream', 'tombstoneStream'] as const)('%s at a wrong revision', async (end) => {
        await append('lead-1', 3);
        const ending = (stream: string, expectedRevision: bigint | 'any' | 'no_stream') =>
          messageOf(on.client[end](stream, { expectedRevision }));
        const failed = 'Delete failed due to WrongExpectedVersion. Stream:';
        expect(await ending('lead-1', 7n)).toContain(`${failed} lead-1, Expected version: 7, Actual version: 2`);
        expect(await ending('lead-1', 'no_stream')).toContain(
          `${failed} lead-1, Expected version: -1, Actual version: 2`,
        );
        expect(await ending('lead-2', 0n)).toContain(`${failed} lead-2, Expected version: 0, Actual version: -1`);
      });

      it('a deletion of a stream that never was', async () => {
        expect(await messageOf(on.client.deleteStream('lead-2'))).toContain(
          'Delete failed due to WrongExpectedVersion. Stream: lead-2, Expected version: -2, Actual version: -1',
        );
        expect(await on.store.head()).toBe(0);
      });

      it('a stream that is ended, and its metadata', async () => {
        await append('lead-1');
        await on.client.setStreamMetadata('lead-1', { maxCount: 3 });
        await on.client.tombstoneStream('lead-1');
        const deleted = { type: on.tools.ErrorType.STREAM_DELETED };
        await expect(append('lead-1')).rejects.toMatchObject(deleted);
        await expect(on.client.getStreamMetadata('lead-1')).rejects.toMatchObject(deleted);
        await expect(all(on.client.readStream('$$lead-1'))).rejects.toMatchObject(deleted);
        await on.client.tombstoneStream('lead-2');
        await expect(on.client.getStreamMetadata('lead-2')).rejects.toMatchObject(deleted);
      });

      it('an append that is too large', async () => {
        const large = sent(on, 1, { text: 'x'.repeat(1024 * 1024) });
        const call = { credentials: { username: 'admin', password: 'changeit' } };
        expect(await messageOf(on.client.appendToStream('lead-1', large, call))).toContain(
          'Maximum Append Size of 1048576 Exceeded.',
        );
      });
    });

    describe('a group', () => {
      const { settings, allSettings, create, info, consume } = groupsAt(on);
      const group = (stream: string, name: string) => `Subscription group ${name} on stream ${stream}`;

      it('that is not there, and the groups of a stream that has none', async () => {
        expect(await messageOf(on.client.getPersistentSubscriptionToStreamInfo('customer-1', 'x'))).toContain(
          `${group('customer-1', 'x')} does not exist.`,
        );
        expect(await messageOf(on.client.deletePersistentSubscriptionToAll('x'))).toContain(
          `${group('$all', 'x')} does not exist.`,
        );
        await expect(on.client.listPersistentSubscriptionsToStream('customer-1')).rejects.toMatchObject({
          type: on.tools.ErrorType.PERSISTENT_SUBSCRIPTION_DOES_NOT_EXIST,
          message: expect.stringContaining(`${group('customer-1', '')} does not exist.`),
        });
      });

      it('that is there already', async () => {
        await create();
        expect(await messageOf(create())).toContain(`${group('customer-1', 'g')} exists.`);
      });

      it('that takes no more consumers, and by which name they have logged in', async () => {
        await create({ maxSubscriberCount: 2 });
        const consumers = [await consume(), await consume(undefined, { client: on.connect() })];
        const third = on.connect().subscribeToPersistentSubscriptionToStream('customer-1', 'g');
        const [error] = (await once(third, 'error')) as [Error];
        expect(error.message).toContain('Maximum subscriptions reached for subscription group g on stream customer-1.');
        expect((await info()).connections.map(({ username }) => username)).toEqual(['system', 'system']);
        await Promise.all(consumers.map(({ subscription }) => subscription.unsubscribe()));
      });

      it('whose settings no group can have', async () => {
        const failed = { type: on.tools.ErrorType.PERSISTENT_SUBSCRIPTION_FAILED };
        for (const wrong of [
          { readBatchSize: 20, historyBufferSize: 20 },
          { readBatchSize: 21, historyBufferSize: 20 },
        ]) {
          await expect(create(wrong)).rejects.toMatchObject(failed);
          await expect(on.client.createPersistentSubscriptionToAll('g', allSettings(wrong))).rejects.toMatchObject(
            failed,
          );
        }
        await on.client.createPersistentSubscriptionToStream(
          'customer-1',
          'g',
          settings({ readBatchSize: 19, historyBufferSize: 20 }),
        );
      });
    });
  },
  ['customer'],
);
