import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { ForeignEvent } from '../../libs/event-store/event-store.js';
import type { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { newId } from '../../libs/ids.js';
import { ForeignStreams } from '../../libs/subscriptions/foreign-streams.js';
import { shownOf } from '../../libs/subscriptions/stream-metadata.js';
import { sqliteStore } from '../support/stores.js';

let store: SqliteEventStore;
let streams: ForeignStreams;

beforeEach(() => {
  store = sqliteStore();
  streams = new ForeignStreams(store, []);
});
afterEach(() => store.close());

const sent = (): ForeignEvent => ({
  id: newId(),
  type: 'Sent',
  foreign: { contentType: 'application/octet-stream', data: Buffer.from('sent'), metadata: Buffer.alloc(0) },
});
const append = () => streams.append('lead-1', 'any', [sent()]);

it('what is appended in the moment of a deletion begins the stream again', async () => {
  await append();
  const [, appended] = await Promise.all([streams.delete('lead-1', 'any'), append()]);
  expect(appended).toMatchObject({ revision: 1 });
  expect(await shownOf(store, 'lead-1')).toMatchObject({ first: 1 });
});

it('what expects a revision in the moment of an append is held against the revision after it', async () => {
  await append();
  const wrong = { name: 'WrongExpectedRevision', current: 1 };
  const outcomes = await Promise.allSettled([append(), streams.delete('lead-1', 0), streams.tombstone('lead-1', 0)]);
  expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { reason: wrong }, { reason: wrong }]);
  expect(await shownOf(store, 'lead-1')).toMatchObject({ first: 0 });
});

it('nothing is appended in the moment of a tombstone', async () => {
  await append();
  const outcomes = await Promise.allSettled([streams.tombstone('lead-1', 'any'), append(), append()]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect((await store.readStream('lead-1')).events.map(({ type }) => type)).toEqual(['Sent', '$streamDeleted']);
});

it('appends to one stream share a commit, and a refusal stops none behind it', async () => {
  const outcomes = await Promise.allSettled([
    append(),
    streams.append('lead-1', 7, [sent()]),
    streams.delete('lead-1', 7),
    ...Array.from({ length: 50 }, append),
  ]);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(2);
  expect((await store.readStream('lead-1')).events).toHaveLength(51);
});
