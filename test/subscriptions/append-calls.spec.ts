import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { EventData } from '@eventstore/db-client';
import { wholeLog } from '../support/events.js';
import { all, forEachClient, places, placesOf, positionsOf, take } from './endpoint.js';
import type { Endpoint } from './endpoint.js';
import { sent } from './sent.js';

forEachClient(
  (on) => {
    const read = async (stream: string) => placesOf(await all(on.client.readStream(stream)));

    // Clients that give credentials with a call append by another call of the protocol.
    describe.each([
      ['many over one call', {}],
      ['one by one', { credentials: { username: 'admin', password: 'changeit' } }],
    ])('appending %s', (_, call) => {
      const append = (stream: string, events: EventData[], expected: Parameters<Endpoint['expecting']>[0] = 'any') =>
        on.client.appendToStream(stream, events, { ...on.expecting(expected), ...call });

      it('says where the last event lies', async () => {
        expect(await append('lead-1', sent(on, 3))).toMatchObject({
          success: true,
          nextExpectedRevision: 2n,
          position: { commit: 3n, prepare: 3n },
        });
        expect(await append('lead-1', sent(on, 1))).toMatchObject({ nextExpectedRevision: 3n });
        expect(await read('lead-1')).toEqual(places('lead-1', 0, 3));
      });

      it('holds every expected revision against a stream that is missing', async () => {
        for (const expected of ['stream_exists', 0n, 7n] as const) {
          await expect(append('lead-1', sent(on, 1), expected)).rejects.toMatchObject(
            on.conflict('lead-1', expected, 'no_stream'),
          );
        }
        expect(await append('lead-1', sent(on, 1), 'no_stream')).toMatchObject({ nextExpectedRevision: 0n });
        expect(await append('lead-2', sent(on, 1), 'any')).toMatchObject({ nextExpectedRevision: 0n });
      });

      it('holds every expected revision against a stream that is there', async () => {
        await append('lead-1', sent(on, 2));
        for (const expected of ['no_stream', 0n, 2n, 7n] as const) {
          await expect(append('lead-1', sent(on, 1), expected)).rejects.toMatchObject(
            on.conflict('lead-1', expected, 1n),
          );
        }
        expect(await append('lead-1', sent(on, 1), 1n)).toMatchObject({ nextExpectedRevision: 2n });
        expect(await append('lead-1', sent(on, 1), 'stream_exists')).toMatchObject({ nextExpectedRevision: 3n });
        expect(await append('lead-1', sent(on, 1), 'any')).toMatchObject({ nextExpectedRevision: 4n });
      });

      it('takes an id that another stream holds, and knows it in each of the two', async () => {
        const events = sent(on, 2);
        await append('lead-1', events, 'no_stream');
        const second = await append('lead-2', events, 'no_stream');
        expect(second).toMatchObject({ nextExpectedRevision: 1n, position: { commit: 4n } });
        expect(await append('lead-2', events, 'no_stream')).toEqual(second);
        expect(await read('lead-2')).toEqual(places('lead-2', 0, 1));
        expect(await on.store.head()).toBe(4);
      });

      it('writes the same events once', async () => {
        const events = sent(on, 2);
        const first = await append('lead-1', events, 'no_stream');
        await append('lead-1', sent(on, 1));
        expect(await append('lead-1', events, 'no_stream')).toEqual(first);
        expect(await append('lead-1', events, 'any')).toEqual(first);
        // The revision is right, so a wrong one would be answered for ever.
        await expect(append('lead-1', events, 2n)).rejects.toThrow('stream lead-1 has an event with one of these ids');
        await expect(append('lead-1', [...events, ...sent(on, 1)], 'any')).rejects.toMatchObject(
          on.conflict('lead-1', 'any', 2n),
        );
        expect(await read('lead-1')).toEqual(places('lead-1', 0, 2));
      });

      it('writes nothing of nothing, and says where the stream ends', async () => {
        expect(await append('lead-1', [])).toMatchObject({ success: true });
        await append('lead-1', sent(on, 2));
        expect(await append('lead-1', [], 1n)).toMatchObject({ nextExpectedRevision: 1n });
        await expect(append('lead-1', [], 'no_stream')).rejects.toMatchObject(on.conflict('lead-1', 'no_stream', 1n));
        expect(await on.store.head()).toBe(2);
      });

      it('takes a mebibyte at a time, and no more', async () => {
        const large = (bytes: number) => on.tools.binaryEvent({ type: 'Large', data: Buffer.alloc(bytes, 7) });
        const most = 1024 * 1024;
        await append('lead-1', [large(most)]);
        const tooLarge = { type: on.tools.ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED, maxAppendSize: most };
        await expect(append('lead-1', [large(most + 1)])).rejects.toMatchObject(tooLarge);
        await expect(append('lead-1', [large(most), large(1)])).rejects.toMatchObject(tooLarge);
        await expect(append('lead-1', sent(on, 5_000, { text: 'x'.repeat(1_000) }))).rejects.toMatchObject(tooLarge);
        await append('lead-1', [large(1)]);
        expect(await read('lead-1')).toEqual(places('lead-1', 0, 1));
        expect(await on.reports()).toEqual([]);
      });

      it('lets one of two writers that expect the same win', async () => {
        await append('lead-1', sent(on, 1));
        const other = on.connect();
        const outcomes = await Promise.allSettled([
          append('lead-1', sent(on, 1), 0n),
          other.appendToStream('lead-1', sent(on, 1), { ...on.expecting(0n), ...call }),
        ]);
        expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
        expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
          reason: on.conflict('lead-1', 0n, 1n),
        });
        expect(await read('lead-1')).toEqual(places('lead-1', 0, 1));
      });

      it('is for streams of other programs only', async () => {
        const denied = { type: on.tools.ErrorType.ACCESS_DENIED };
        await expect(append('customer-1', sent(on, 1))).rejects.toMatchObject(denied);
        await expect(append('$$customer-1', sent(on, 1))).rejects.toMatchObject(denied);
        await append('customers-1', sent(on, 1));
        await append('customer', sent(on, 1));
        expect(await on.store.head()).toBe(2);
      });
    });

    it('gives back byte for byte what it was given', async () => {
      const bytes = Buffer.from([0, 255, 1, 254, 0xc3, 0x28]);
      const given = [
        on.tools.binaryEvent({ id: randomUUID(), type: 'Scanned', data: bytes, metadata: bytes }),
        on.tools.jsonEvent({
          id: randomUUID(),
          type: 'Ünknown',
          data: { b: 1, a: [null, 'é', 1e300] },
          metadata: { z: 1, a: 2 },
        }),
        on.tools.jsonEvent({ id: randomUUID(), type: 'CustomerRegistered', data: 'not what it is here' }),
      ];
      await on.client.appendToStream('lead-1', given);
      const found = (await all(on.client.readStream('lead-1'))).map(({ event }) => event!);
      expect(found.map(({ id, type }) => ({ id, type }))).toEqual(given.map(({ id, type }) => ({ id, type })));
      expect(found.map(({ isJson }) => isJson)).toEqual([false, true, true]);
      expect(Buffer.from(found[0]!.data as Uint8Array)).toEqual(bytes);
      expect(Buffer.from(found[0]!.metadata as Uint8Array)).toEqual(bytes);
      expect(JSON.stringify(found[1]!.data)).toBe(JSON.stringify(given[1]!.data));
      expect(JSON.stringify(found[1]!.metadata)).toBe('{"z":1,"a":2}');
      expect(found[2]).toMatchObject({ data: 'not what it is here' });
    });

    it('is seen by who subscribes meanwhile, in order and once', async () => {
      const subscriptions = [on.client.subscribeToAll(), on.connect().subscribeToStream('lead-0')];
      const [log, stream] = subscriptions as [(typeof subscriptions)[0], (typeof subscriptions)[0]];
      const taken = Promise.all([take(log, 200), take(stream, 50)]);
      await Promise.all(
        Array.from({ length: 200 }, (_, index) => on.client.appendToStream(`lead-${index % 4}`, sent(on, 1))),
      );
      const [fromLog, fromStream] = await taken;
      expect(positionsOf(fromLog)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
      expect(placesOf(fromStream)).toEqual(places('lead-0', 0, 49));
      await Promise.all(subscriptions.map((each) => each.unsubscribe()));
    });

    it('answers many batches at once, each for itself', async () => {
      const appends = Array.from({ length: 500 }, (_, index) =>
        on.client.appendToStream(
          `lead-${index}`,
          sent(on, 3),
          on.expecting(index % 5 === 0 ? 'stream_exists' : 'no_stream'),
        ),
      );
      const outcomes = await Promise.allSettled(appends);
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(100);
      expect(await wholeLog(on.store)).toHaveLength(400 * 3);
    });

    it('takes an append in chunks for one', async () => {
      const batchAppendSize = 2_000;
      const events = sent(on, 500);
      const appended = await on.client.appendToStream('lead-1', events, {
        batchAppendSize,
        ...on.expecting('no_stream'),
      });
      expect(appended).toMatchObject({ nextExpectedRevision: 499n });
      expect(await read('lead-1')).toEqual(places('lead-1', 0, 499));
    });

    it('says so when there was no time for it, and has not written it', async () => {
      const late = on.client.appendToStream('lead-1', sent(on, 20_000), { deadline: 1, batchAppendSize: 10_000 });
      await expect(late).rejects.toMatchObject({ type: on.tools.ErrorType.DEADLINE_EXCEEDED });
      await on.client.appendToStream('lead-2', sent(on, 1));
      expect(await on.store.head()).toBe(1);
    });
  },
  ['customer'],
);
