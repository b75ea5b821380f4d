import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { wholeLog } from '../support/events.js';
import { all, forEachClient, places, placesOf, positionsOf, take } from './endpoint.js';
import { sent } from './sent.js';

forEachClient(
  (on) => {
    const append = (stream: string, count: number, expected: Parameters<typeof on.expecting>[0] = 'any') =>
      on.client.appendToStream(stream, sent(on, count), on.expecting(expected));
    const read = async (options: object = {}) => placesOf(await all(on.client.readStream('lead-1', options)));
    const missing = () => ({ type: on.tools.ErrorType.STREAM_NOT_FOUND });
    const deleted = () => ({ type: on.tools.ErrorType.STREAM_DELETED, streamName: 'lead-1' });

    describe('a stream that is deleted', () => {
      it('is not found, and begins again behind what it was', async () => {
        await append('lead-1', 3);
        expect(await on.client.deleteStream('lead-1')).toMatchObject({ position: { commit: 4n, prepare: 4n } });
        await expect(read()).rejects.toMatchObject(missing());
        await expect(read({ direction: 'backwards', fromRevision: 'end' })).rejects.toMatchObject(missing());
        expect(await append('lead-1', 2)).toMatchObject({ nextExpectedRevision: 4n });
        expect(await read()).toEqual(places('lead-1', 3, 4));
        expect(await read({ direction: 'backwards', fromRevision: 'end' })).toEqual(places('lead-1', 4, 3));
        const { metadata } = await on.client.getStreamMetadata('lead-1');
        expect(metadata).toEqual({ truncateBefore: 3 });
        expect(await append('lead-1', 1, 4n)).toMatchObject({ nextExpectedRevision: 5n });
      });

      it('keeps its history in the log', async () => {
        await append('lead-1', 3);
        await on.client.deleteStream('lead-1');
        const found = await all(on.client.readAll());
        expect(placesOf(found)).toEqual([...places('lead-1', 0, 2), '$$lead-1@0']);
        const log = await wholeLog(on.store);
        expect(log.map(({ type }) => type)).toEqual(['Sent', 'Sent', 'Sent', '$metadata']);
      });

      it.each([['any'], ['no_stream'], [2n]] as const)('is begun again by who expects %s', async (expected) => {
        await append('lead-1', 3);
        await on.client.deleteStream('lead-1');
        expect(await append('lead-1', 1, expected)).toMatchObject({ nextExpectedRevision: 3n });
        expect(await read()).toEqual(['lead-1@3']);
      });

      it('stays deleted for who expects anything else', async () => {
        await append('lead-1', 3);
        await on.client.deleteStream('lead-1');
        for (const expected of [0n, 3n]) {
          await expect(append('lead-1', 1, expected)).rejects.toMatchObject(on.conflict('lead-1', expected, 2n));
        }
        await expect(append('lead-1', 1, 'stream_exists')).rejects.toMatchObject(deleted());
        await expect(read()).rejects.toMatchObject(missing());
        expect(await on.store.head()).toBe(4);
      });

      it('stays deleted for what was written before, and for what cannot be written', async () => {
        const before = sent(on, 2);
        const first = await on.client.appendToStream('lead-1', before);
        await on.client.deleteStream('lead-1');
        expect(await on.client.appendToStream('lead-1', before)).toEqual(first);
        await expect(read()).rejects.toMatchObject(missing());
        const [twice] = sent(on, 1);
        await expect(on.client.appendToStream('lead-1', [twice!, twice!])).rejects.toThrow('two of them are the same');
        await expect(read()).rejects.toMatchObject(missing());
        expect(await append('lead-1', 1)).toMatchObject({ nextExpectedRevision: 2n });
        expect(await read()).toEqual(['lead-1@2']);
      });

      it('is begun again once by many at a time, and nothing of that is lost', async () => {
        await append('lead-1', 3);
        await on.client.deleteStream('lead-1');
        await Promise.all(Array.from({ length: 20 }, () => append('lead-1', 1)));
        expect(await read()).toEqual(places('lead-1', 3, 22));
        const said = (await wholeLog(on.store)).filter(({ type }) => type === '$metadata');
        expect(said).toHaveLength(2);
      });

      it('shows who follows it what comes after, and nothing twice', async () => {
        await append('lead-1', 2);
        const subscription = on.client.subscribeToStream('lead-1');
        expect(placesOf(await take(subscription, 2))).toEqual(places('lead-1', 0, 1));
        await on.client.deleteStream('lead-1');
        await append('lead-1', 2);
        expect(placesOf(await take(subscription, 2))).toEqual(places('lead-1', 2, 3));
        await subscription.unsubscribe();
        const late = on.client.subscribeToStream('lead-1');
        expect(placesOf(await take(late, 2))).toEqual(places('lead-1', 2, 3));
        await late.unsubscribe();
      });

      it('is found by appends that were under way as it was deleted, or hidden with what was there', async () => {
        await append('lead-1', 1);
        const racing = Array.from({ length: 60 }, (_, index) =>
          index % 3 === 1 ? on.client.deleteStream('lead-1') : append('lead-1', 1),
        );
        await Promise.all(racing);
        await append('lead-1', 1);
        const log = await wholeLog(on.store);
        const end = log.findLastIndex(({ data }) => (data as { $tb?: number }).$tb! > Number.MAX_SAFE_INTEGER);
        const after = log.slice(end).filter(({ stream }) => stream === 'lead-1');
        expect(await read()).toEqual(after.map(({ stream, revision }) => `${stream}@${revision}`));
      });
    });

    it('holds what is expected of a stream that is to end', async () => {
      await append('lead-1', 3);
      for (const end of ['deleteStream', 'tombstoneStream'] as const) {
        const ending = (expectedRevision: bigint | 'no_stream') => on.client[end]('lead-1', { expectedRevision });
        for (const expected of [1n, 3n]) {
          await expect(ending(expected)).rejects.toMatchObject(on.conflict('lead-1', expected, 2n));
        }
        await expect(ending('no_stream')).rejects.toMatchObject(on.conflict('lead-1', -1n, 2n));
        await expect(on.client[end]('lead-2', { expectedRevision: 0n })).rejects.toMatchObject(
          on.conflict('lead-2', 0n, -1n),
        );
      }
      // Of a stream that never was there is nothing to delete, but it can be ended for good.
      for (const [expectedRevision, expected] of [
        ['any', -2n],
        ['no_stream', -1n],
      ] as const) {
        await expect(on.client.deleteStream('lead-2', { expectedRevision })).rejects.toMatchObject(
          on.conflict('lead-2', expected, -1n),
        );
      }
      expect(await on.store.head()).toBe(3);
      await on.client.deleteStream('lead-1', { expectedRevision: 2n });
      await on.client.tombstoneStream('lead-1', { expectedRevision: 2n });
      await on.client.tombstoneStream('lead-3', { expectedRevision: 'no_stream' });
      expect((await wholeLog(on.store)).map(({ stream, type }) => `${type} ${stream}`).slice(3)).toEqual([
        '$metadata $$lead-1',
        '$streamDeleted lead-1',
        '$streamDeleted lead-3',
      ]);
    });

    describe('a stream that is ended for good', () => {
      it('is neither read nor written nor ended any more', async () => {
        await append('lead-1', 3);
        expect(await on.client.tombstoneStream('lead-1')).toMatchObject({ position: { commit: 4n, prepare: 4n } });
        await expect(read()).rejects.toMatchObject(deleted());
        await expect(read({ direction: 'backwards', fromRevision: 'end' })).rejects.toMatchObject(deleted());
        for (const expected of ['any', 'no_stream', 'stream_exists', 2n, 3n] as const) {
          await expect(append('lead-1', 1, expected)).rejects.toMatchObject(deleted());
        }
        await expect(on.client.setStreamMetadata('lead-1', { maxCount: 1 })).rejects.toMatchObject({
          type: on.tools.ErrorType.STREAM_DELETED,
        });
        await expect(on.client.deleteStream('lead-1')).rejects.toMatchObject(deleted());
        await expect(on.client.tombstoneStream('lead-1')).rejects.toMatchObject(deleted());
        expect(await on.store.head()).toBe(4);
      });

      it('keeps its history in the log', async () => {
        await append('lead-1', 2);
        await on.client.tombstoneStream('lead-1');
        const found = await all(on.client.readAll());
        expect(positionsOf(found)).toEqual([1, 2, 3]);
        expect(found.at(-1)!.event).toMatchObject({ type: '$streamDeleted', revision: 2n ** 63n - 1n });
      });

      it('ends for who follows it', async () => {
        await append('lead-1', 1);
        const subscription = on.client.subscribeToStream('lead-1');
        await take(subscription, 1);
        const over = once(subscription, 'error') as Promise<[Error]>;
        subscription.resume();
        await on.client.tombstoneStream('lead-1');
        expect((await over)[0]).toMatchObject(deleted());
        const late = on.client.subscribeToStream('lead-1');
        late.resume();
        expect(((await once(late, 'error')) as [Error])[0]).toMatchObject(deleted());
      });
    });

    it('is nothing that can be done to streams of ours, or to metadata', async () => {
      const denied = { type: on.tools.ErrorType.ACCESS_DENIED };
      await expect(on.client.deleteStream('customer-1')).rejects.toMatchObject(denied);
      await expect(on.client.tombstoneStream('customer-1')).rejects.toMatchObject(denied);
      await expect(on.client.setStreamMetadata('customer-1', { maxCount: 1 })).rejects.toMatchObject(denied);
      await expect(on.client.tombstoneStream('$$lead-1')).rejects.toThrow('Metadata goes with its stream');
      expect(await on.store.head()).toBe(0);
      expect(await on.reports()).toEqual([]);
    });
  },
  ['customer'],
);
