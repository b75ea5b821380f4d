import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WrongExpectedRevision } from '../../libs/event-store/event-store.js';
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

describe('an id that the stream has already is no wrong revision, after which callers would retry for ever:', () => {
  const taken = { name: 'CallRefused', code: status.INVALID_ARGUMENT };

  it.each([['any'], ['stream-exists'], [1]] as const)('expecting %s', async (expected) => {
    const [first, second] = [sent(), sent()];
    await streams.append('lead-1', 'any', [first, second]);
    await expect(streams.append('lead-1', expected, [sent(), first])).rejects.toMatchObject(taken);
    // A retry with other events, which EventStoreDB answers so.
    const retried = streams.append('lead-1', expected, [second, sent()]);
    if (expected === 1) await expect(retried).rejects.toMatchObject(taken);
    else await expect(retried).rejects.toThrow(WrongExpectedRevision);
    // The stream stands elsewhere: that comes first.
    await expect(streams.append('lead-1', 7, [sent(), first])).rejects.toThrow(WrongExpectedRevision);
    expect((await store.readStream('lead-1')).events).toHaveLength(2);
  });

  it('twice in one append', async () => {
    const twice = sent();
    for (const expected of ['any', 'no-stream'] as const) {
      await expect(streams.append('lead-1', expected, [twice, twice])).rejects.toMatchObject(taken);
    }
    expect(await store.head()).toBe(0);
  });

  it('in a deleted stream', async () => {
    const [first, second] = [sent(), sent()];
    await streams.append('lead-1', 'any', [first, second]);
    await streams.delete('lead-1', 'any');
    for (const events of [
      [second, sent()],
      [sent(), second],
    ]) {
      await expect(streams.append('lead-1', 'no-stream', events)).rejects.toMatchObject(taken);
    }
    expect(await shownOf(store, 'lead-1')).toBeUndefined();
    await expect(streams.append('lead-1', 0, [sent(), first])).rejects.toThrow(WrongExpectedRevision);
  });
});
