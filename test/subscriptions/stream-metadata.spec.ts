import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isShown, shownOf } from '../../libs/subscriptions/stream-metadata.js';
import type { ForeignEvent } from '../../libs/event-store/event-store.js';
import { TestClock } from '../support/clock.js';
import { wholeLog } from '../support/events.js';
import { sqliteStore } from '../support/stores.js';
import { enough, groupsAt } from './consumers.js';
import { all, forEachClient, places, placesOf, positionsOf, take } from './endpoint.js';
import { sent } from './sent.js';

forEachClient(
  (on) => {
    const append = (stream: string, count: number) => on.client.appendToStream(stream, sent(on, count));
    const read = async (stream: string, options: object = {}) =>
      placesOf(await all(on.client.readStream(stream, options)));
    const back = { direction: 'backwards', fromRevision: 'end' };

    describe('what is said of a stream', () => {
      it('is given back as it was said, the last word first', async () => {
        expect(await on.client.getStreamMetadata('lead-1')).toEqual({ streamName: 'lead-1' });
        const said = {
          maxCount: 5,
          maxAge: 3_600,
          truncateBefore: 2,
          cacheControl: 60,
          acl: {
            readRoles: ['a'],
            writeRoles: ['$admins'],
            deleteRoles: [],
            metaReadRoles: ['b'],
            metaWriteRoles: ['c'],
          },
          colour: { of: 'theirs' },
        };
        await on.client.setStreamMetadata('lead-1', { maxCount: 1 });
        await on.client.setStreamMetadata('lead-1', said, on.expecting(0n));
        expect((await on.client.getStreamMetadata('lead-1')).metadata).toEqual(said);
        await expect(on.client.setStreamMetadata('lead-1', {}, on.expecting(0n))).rejects.toMatchObject(
          on.conflict('$$lead-1', 0n, 1n),
        );
        const [raw] = (await wholeLog(on.store)).slice(-1);
        expect(Object.keys(raw!.data as object)).toEqual([
          '$maxCount',
          '$maxAge',
          '$tb',
          '$cacheControl',
          '$acl',
          'colour',
        ]);
        expect(await read('$$lead-1')).toEqual(['$$lead-1@1']);
        expect(positionsOf(await all(on.client.readAll()))).toEqual([1, 2]);
      });

      it('limits how many events readers are shown', async () => {
        await append('lead-1', 1_200);
        await on.client.setStreamMetadata('lead-1', { maxCount: 3 });
        expect(await read('lead-1')).toEqual(places('lead-1', 1_197, 1_199));
        expect(await read('lead-1', { fromRevision: 1_199n })).toEqual(['lead-1@1199']);
        expect(await read('lead-1', { maxCount: 2 })).toEqual(places('lead-1', 1_197, 1_198));
        expect(await read('lead-1', back)).toEqual(places('lead-1', 1_199, 1_197));
        expect(await read('lead-1', { ...back, fromRevision: 5n })).toEqual([]);
        await append('lead-1', 1);
        expect(await read('lead-1')).toEqual(places('lead-1', 1_198, 1_200));
        expect(await all(on.client.readAll({ maxCount: 1_000 }))).toHaveLength(1_000);
      });

      it('hides what lies before a revision, and shows it again when that is said', async () => {
        await append('lead-1', 5);
        await on.client.setStreamMetadata('lead-1', { truncateBefore: 3 });
        expect(await read('lead-1')).toEqual(places('lead-1', 3, 4));
        expect(await read('lead-1', back)).toEqual(places('lead-1', 4, 3));
        await on.client.setStreamMetadata('lead-1', { truncateBefore: 100 });
        expect(await read('lead-1')).toEqual([]);
        await on.client.setStreamMetadata('lead-1', {});
        expect(await read('lead-1')).toEqual(places('lead-1', 0, 4));
      });

      it('holds for subscribers, and for groups of consumers', async () => {
        await append('customer-1', 9);
        await on.client.setStreamMetadata('customer-1', { truncateBefore: 7 });
        const subscription = on.client.subscribeToStream('customer-1');
        const { create, consume } = groupsAt(on);
        await create();
        const consumer = await consume();
        await append('customer-1', 1);
        expect(placesOf(await take(subscription, 3))).toEqual(places('customer-1', 7, 9));
        await enough(consumer, 3);
        expect(placesOf(consumer.given)).toEqual(places('customer-1', 7, 9));
        await Promise.all([subscription.unsubscribe(), consumer.subscription.unsubscribe()]);
      });

      it('may be nonsense, which hides nothing', async () => {
        await append('lead-1', 2);
        const { jsonEvent, binaryEvent } = on.tools;
        const nonsense = { $maxCount: 'three', $tb: -5, $maxAge: null };
        await on.client.appendToStream('$$lead-1', jsonEvent({ type: '$metadata', data: nonsense }));
        expect(await read('lead-1')).toEqual(places('lead-1', 0, 1));
        await on.client.appendToStream('$$lead-1', binaryEvent({ type: '$metadata', data: Buffer.from('{') }));
        expect(await read('lead-1')).toEqual(places('lead-1', 0, 1));
        expect(await on.reports()).toEqual([]);
      });
    });

    describe('a link', () => {
      const link = (to: string) => on.tools.binaryEvent({ type: '$>', data: Buffer.from(to) });
      /** What a reader was given: the event, and the link that led to it. */
      const given = (found: Awaited<ReturnType<typeof take>>) =>
        found.map(({ event, link: by }) => [event && placesOf([{ event }])[0], by && placesOf([{ event: by }])[0]]);

      async function links(): Promise<void> {
        await append('lead-1', 2);
        await append('lead-2', 1);
        await append('lead-3', 1);
        await append('lead@4', 1);
        await on.client.appendToStream(
          'links',
          ['1@lead-1', '0@lead-2', '0@lead-3', '0@lead@4', '7@lead-1', 'nowhere'].map(link),
        );
        await on.client.deleteStream('lead-2');
        await on.client.tombstoneStream('lead-3');
      }
      const followed = [
        ['lead-1@1', 'links@0'],
        [undefined, 'links@1'],
        [undefined, 'links@2'],
        ['lead@4@0', 'links@3'],
        [undefined, 'links@4'],
        ['links@5', undefined],
      ];

      it('gives the event it leads to and itself, and only itself where that is gone', async () => {
        await links();
        expect(given(await all(on.client.readStream('links', { resolveLinkTos: true })))).toEqual(followed);
        const log = await all(on.client.readAll({ resolveLinkTos: true, fromPosition: { commit: 6n, prepare: 6n } }));
        expect(given(log).slice(0, 6)).toEqual(followed);
        const subscription = on.client.subscribeToStream('links', { resolveLinkTos: true });
        expect(given(await take(subscription, 6))).toEqual(followed);
        await subscription.unsubscribe();
      });

      it('is an event like any other for who does not follow it', async () => {
        await links();
        const found = await all(on.client.readStream('links'));
        expect(given(found)).toEqual(places('links', 0, 5).map((place) => [place, undefined]));
        expect(Buffer.from(found[0]!.event!.data as Uint8Array).toString()).toBe('1@lead-1');
      });

      it('is answered for by consumers of a group in its own name', async () => {
        await links();
        const { settings, consumerOf } = groupsAt(on);
        const following = settings({ resolveLinkTos: true });
        await on.client.createPersistentSubscriptionToStream('links', 'g', following);
        const again: string[] = [];
        const consumer = await consumerOf(
          on.client.subscribeToPersistentSubscriptionToStream('links', 'g'),
          (by, each) => {
            again.push(String(each.retryCount));
            return each.retryCount === 0 ? by.nack('retry', 'once more', each) : by.ack(each);
          },
        );
        await enough(consumer, 6);
        const places = given(consumer.given).toSorted(([, a], [, b]) => String(a).localeCompare(String(b)));
        expect(places).toEqual([followed[0], followed[0], followed[3], followed[3], followed[5], followed[5]]);
        expect(again.toSorted()).toEqual(['0', '0', '0', '1', '1', '1']);
        await consumer.subscription.unsubscribe();
      });
    });
  },
  ['opportunity'],
);

it('what is said of a stream hides what is too old', async () => {
  const clock = new TestClock('2026-01-01T00:00:00.000Z');
  const store = sqliteStore({ clock });
  const foreign = (type: string, data: object): ForeignEvent => ({
    id: randomUUID(),
    type,
    foreign: {
      contentType: 'application/json',
      data: Buffer.from(JSON.stringify(data)),
      metadata: Buffer.alloc(0),
    },
  });
  for (let each = 0; each < 3; each += 1) {
    await store.append('lead-1', 'any', [foreign('Sent', {})]);
    clock.advance(60_000);
  }
  await store.append('$$lead-1', 'any', [foreign('$metadata', { $maxAge: 90 })]);
  const { events } = await store.readStream('lead-1');
  const shownAt = async (time: string) => {
    const shown = await shownOf(store, 'lead-1', Date.parse(time));
    return events.filter((event) => isShown(event, shown!)).map(({ revision }) => revision);
  };
  expect(await shownAt('2026-01-01T00:02:00.000Z')).toEqual([1, 2]);
  expect(await shownAt('2026-01-01T00:02:30.001Z')).toEqual([2]);
  expect(await shownAt('2026-01-01T00:09:00.000Z')).toEqual([]);
  await store.close();
});
