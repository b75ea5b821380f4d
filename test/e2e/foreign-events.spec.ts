import eventstore from '@eventstore/db-client';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { deciders } from '../../apps/program/contexts.js';
import { Subscriptions } from '../../apps/program/subscriptions.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { TestApp } from '../support/app.js';
import { wholeLog } from '../support/events.js';

/** A log into which other programs write beside this one. */
let app: TestApp;
let client: eventstore.EventStoreDBClient;

async function start(folder?: string): Promise<void> {
  app = await TestApp.start({
    SUBSCRIPTIONS_APPEND: 'on',
    SUBSCRIPTIONS_PORT: 0,
    ...(folder !== undefined && { folder }),
  });
  const url = await app.http.get(Subscriptions).listen();
  client = eventstore.EventStoreDBClient.connectionString(url!);
}

beforeAll(() => start());
afterAll(async () => {
  await client.dispose();
  await app.stop();
});

const nonsense = Buffer.from([0, 255, 1]);
const { jsonEvent, binaryEvent } = eventstore;

it('nothing that other programs write comes in the way of what is recorded here', async () => {
  const { id } = await app.done('/customers', { kind: 'org', name: 'Ada Works' });
  await client.appendToStream('visitor-1', [
    jsonEvent({ type: 'CustomerRegistered', data: { customerId: id, name: 'Not Ada' } }),
    jsonEvent({ type: 'CustomerRenamed', data: { customerId: id } }),
    binaryEvent({ type: 'CustomerRegistered', data: nonsense, metadata: nonsense }),
    jsonEvent({ type: 'TaskCreated', data: 'nothing' }),
  ]);
  await client.setStreamMetadata('visitor-1', { maxCount: 1 });
  await client.deleteStream('visitor-1');
  await client.tombstoneStream('visitor-1');
  const { position } = await app.done('/customers', { kind: 'org', name: 'Bea Works' });
  const { body } = await app.get(`/customers?after=${position}`);
  expect((body['items']! as { name: string }[]).map(({ name }) => name).toSorted()).toEqual(['Ada Works', 'Bea Works']);
  const history = (await app.get(`/customers/${id}/history`)).body;
  expect((history['entries']! as { type: string }[]).map(({ type }) => type)).toEqual(['CustomerRegistered']);
});

it('is there again, with what other programs wrote, when it is started again', async () => {
  const before = await wholeLog(app.http.get(EventStore));
  const { folder } = app;
  await client.dispose();
  await app.stop({ keep: true });
  await start(folder);
  const store = app.http.get(EventStore);
  const log = await wholeLog(store);
  expect(log).toHaveLength(before.length);
  expect((await store.storedVersions()).map(({ type }) => type)).not.toContain('$metadata');
  const theirs = log.filter(({ foreign }) => foreign);
  expect(theirs.map(({ type }) => type)).toEqual([
    'CustomerRegistered',
    'CustomerRenamed',
    'CustomerRegistered',
    'TaskCreated',
    '$metadata',
    '$metadata',
    '$streamDeleted',
  ]);
  expect(Buffer.from(theirs[2]!.foreign!.data)).toEqual(nonsense);
  expect(theirs[2]).toMatchObject({ data: nonsense.toString('base64'), metadata: { actor: { id: 'foreign' } } });
  expect((await wholeLog(store, { types: ['CustomerRegistered'] })).every(({ foreign }) => !foreign)).toBe(true);
  const { position } = await app.done('/customers', { kind: 'org', name: 'Cem Works' });
  expect((await app.get(`/customers?after=${position}`)).body['items']).toHaveLength(3);
});

it.each(deciders.map(({ category }) => category))('nobody else writes to streams of the kind %s', async (category) => {
  const event = jsonEvent({ type: 'Happened', data: {} });
  const denied = { type: eventstore.ErrorType.ACCESS_DENIED };
  for (const stream of [`${category}-1`, `$$${category}-1`]) {
    await expect(client.appendToStream(stream, event)).rejects.toMatchObject(denied);
  }
  await expect(client.deleteStream(`${category}-1`)).rejects.toMatchObject(denied);
  await expect(client.tombstoneStream(`${category}-1`)).rejects.toMatchObject(denied);
});
