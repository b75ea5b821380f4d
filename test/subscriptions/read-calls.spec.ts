import { describe, expect, it } from '@jest/globals';
import { event, events } from '../support/events.js';
import { all, forEachClient, places, placesOf, positionsOf } from './endpoint.js';

forEachClient((on) => {
  const read = async (stream: string, options: object = {}) =>
    placesOf(await all(on.client.readStream(stream, options)));
  const readAll = async (options: object = {}) => positionsOf(await all(on.client.readAll(options)));
  const position = (at: number) => ({ commit: BigInt(at), prepare: BigInt(at) });

  describe('an event', () => {
    it('says what was recorded, and what else the log knows of it', async () => {
      const happened = event('CustomerRegistered', { customerId: 'c1', name: 'Zoë', tags: ['a', null], at: 1.5 });
      await on.append('customer-1', [happened]);
      const [recorded] = (await on.store.readStream('customer-1')).events;
      const [{ event: found } = {}] = await all(on.client.readStream('customer-1'));
      expect(found).toMatchObject({
        streamId: 'customer-1',
        revision: 0n,
        id: happened.id,
        type: 'CustomerRegistered',
        isJson: true,
        data: happened.data,
        metadata: { ...happened.metadata, occurredAt: happened.occurredAt, schemaVersion: 1 },
        position: { commit: 1n, prepare: 1n },
      });
      // One of the clients drops the milliseconds.
      expect(found!.created.toISOString().slice(0, 19)).toBe(recorded!.recordedAt.slice(0, 19));
    });

    it('may be large', async () => {
      const text = 'é'.repeat(512 * 1024);
      await on.append('customer-1', [event('Large', { text })]);
      const [found] = await all(on.client.readStream('customer-1'));
      expect(found!.event!.data).toEqual({ text });
    });
  });

  describe('a stream', () => {
    it('is read forwards, from a revision, up to a limit', async () => {
      await on.append('customer-1', 10);
      await on.append('customer-10', 10);
      expect(await read('customer-1')).toEqual(places('customer-1', 0, 9));
      expect(await read('customer-1', { fromRevision: 7n })).toEqual(places('customer-1', 7, 9));
      expect(await read('customer-1', { fromRevision: 2n, maxCount: 3 })).toEqual(places('customer-1', 2, 4));
      expect(await read('customer-1', { maxCount: 100 })).toHaveLength(10);
      expect(await read('customer-1', { fromRevision: 10n })).toEqual([]);
    });

    it('is read backwards, from a revision, up to a limit', async () => {
      await on.append('customer-1', 10);
      const back = (options: object) => read('customer-1', { direction: 'backwards', ...options });
      expect(await back({ fromRevision: 'end' })).toEqual(places('customer-1', 9, 0));
      expect(await back({ fromRevision: 7n })).toEqual(places('customer-1', 7, 0));
      expect(await back({ fromRevision: 7n, maxCount: 2 })).toEqual(places('customer-1', 7, 6));
      expect(await back({ fromRevision: 1_000n, maxCount: 2 })).toEqual(places('customer-1', 9, 8));
    });

    it('is read over many pages', async () => {
      await on.append('customer-1', 2_345);
      expect(await read('customer-1')).toEqual(places('customer-1', 0, 2_344));
      expect(await read('customer-1', { direction: 'backwards', fromRevision: 'end', maxCount: 1_234 })).toEqual(
        places('customer-1', 2_344, 2_344 - 1_233),
      );
    });

    it('may have any name', async () => {
      await on.append('café-☕ 1', 1);
      expect(await read('café-☕ 1')).toEqual(['café-☕ 1@0']);
    });

    it('that is not there is missing, from wherever it is read', async () => {
      await on.append('customer-1', 1);
      const missing = { type: on.tools.ErrorType.STREAM_NOT_FOUND };
      await expect(read('customer-2')).rejects.toMatchObject(missing);
      await expect(read('customer-2', { direction: 'backwards', fromRevision: 'end' })).rejects.toMatchObject(missing);
      await expect(read('customer', { fromRevision: 5n })).rejects.toMatchObject(missing);
    });

    it('has no metadata of its own', async () => {
      await on.append('customer-1', 1);
      expect(await on.client.getStreamMetadata('customer-1')).toEqual({ streamName: 'customer-1' });
      await expect(read('$$customer-1')).rejects.toMatchObject({ type: on.tools.ErrorType.STREAM_NOT_FOUND });
    });
  });

  describe('the log', () => {
    it('is read forwards from a position, which counts', async () => {
      for (const stream of ['customer-1', 'task-1', 'customer-1']) await on.append(stream, 3);
      expect(await readAll()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(await readAll({ fromPosition: position(4) })).toEqual([4, 5, 6, 7, 8, 9]);
      expect(await readAll({ fromPosition: position(4), maxCount: 2 })).toEqual([4, 5]);
      expect(await readAll({ fromPosition: position(10) })).toEqual([]);
    });

    it('is read backwards from a position, which does not count', async () => {
      for (const stream of ['customer-1', 'task-1', 'customer-1']) await on.append(stream, 3);
      const back = (options: object) => readAll({ direction: 'backwards', ...options });
      expect(await back({ fromPosition: 'end' })).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
      expect(await back({ fromPosition: position(4) })).toEqual([3, 2, 1]);
      expect(await back({ fromPosition: position(4), maxCount: 2 })).toEqual([3, 2]);
    });

    it('is read over many pages', async () => {
      for (let each = 0; each < 30; each += 1) await on.append(`customer-${each % 7}`, 100);
      const forwards = Array.from({ length: 3_000 }, (_, index) => index + 1);
      expect(await readAll()).toEqual(forwards);
      expect(await readAll({ direction: 'backwards', fromPosition: 'end' })).toEqual(forwards.toReversed());
    });

    it('is read backwards where a few events fill a page', async () => {
      await on.append('task-1', 300);
      const heavy = () => event('Heavy', { text: 'x'.repeat(1024 * 1024) });
      for (let each = 0; each < 12; each += 1) await on.append('customer-1', [heavy()]);
      expect(await readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 20 })).toEqual(
        Array.from({ length: 20 }, (_, index) => 312 - index),
      );
    });

    it('may be empty', async () => {
      expect(await readAll()).toEqual([]);
      expect(await readAll({ direction: 'backwards', fromPosition: 'end' })).toEqual([]);
    });
  });

  it('nobody writes here', async () => {
    const denied = { type: on.tools.ErrorType.ACCESS_DENIED };
    const { jsonEvent } = on.tools;
    const given = jsonEvent({ type: 'Happened', data: {} });
    await expect(on.client.appendToStream('customer-1', given)).rejects.toMatchObject(denied);
    await expect(
      on.client.appendToStream('customer-1', given, { credentials: { username: 'admin', password: 'changeit' } }),
    ).rejects.toMatchObject(denied);
    await expect(on.client.deleteStream('customer-1')).rejects.toMatchObject(denied);
    await expect(on.client.tombstoneStream('customer-1')).rejects.toMatchObject(denied);
    await expect(on.client.setStreamMetadata('customer-1', {})).rejects.toMatchObject(denied);
    expect(await on.store.head()).toBe(0);
    await on.append('customer-1', events(1));
    expect(await read('customer-1')).toEqual(['customer-1@0']);
  });
});
