import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EsdbEventStore } from '../../libs/event-store/esdb/esdb.event-store.js';
import { openMovable } from '../../libs/event-store/move/open-movable.js';
import { move } from '../../libs/event-store/move/move.js';
import { TestApp } from '../support/app.js';
import { compiled } from '../support/compiled.js';
import { event, events, idsOf, wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { ForeignWriter } from '../support/foreign-writer.js';
import { logProgram } from '../support/log-program.js';
import type { LogProgram } from '../support/log-program.js';
import { writer } from '../support/stores.js';
import { until } from '../support/until.js';

describe('events of other programs on the same server', () => {
  let log: LogProgram;
  let other: ForeignWriter;
  let store: EsdbEventStore;

  beforeAll(async () => {
    log = await logProgram(join(folder(), 'events.db'));
    other = new ForeignWriter(log.url);
    store = await EsdbEventStore.open({ url: log.url });
  });
  afterAll(async () => {
    await store.close();
    await other.close();
    await log.stop();
  });

  it('what the server notes for itself is not the end of the log, what others write is', async () => {
    await other.json('$stats-127.0.0.1:2113', '$statsCollected', {});
    await other.json('$$orders-1', '$metadata', { $maxCount: 10 });
    await other.bytes('links', '$>', Buffer.from('0@orders-1'));
    expect(await store.head()).toBe(0);
    expect(await store.readLog({ after: 0 })).toEqual({ events: [], scanned: 0, head: 0, end: true });
    await other.json('orders-1', 'OrderPlaced', {});
    const head = await store.head();
    expect(head).toBeGreaterThan(0);
    expect(await store.readLog({ after: 0 })).toEqual({ events: [], scanned: head, head, end: true });
    // Nor is what comes behind it, however much that is.
    for (let index = 0; index < 200; index += 1) await other.json('$stats-127.0.0.1:2113', '$statsCollected', {});
    expect(await store.head()).toBe(head);
    expect(await store.storedVersions()).toEqual([]);
  });

  it('a subscription passes them by, and says how far it has come', async () => {
    const pages = store.subscribe({ after: await store.head() });
    expect((await pages.next()).value).toMatchObject({ events: [], end: true });
    const sent = events(4);
    const seen: string[] = [];
    for (const each of sent) {
      await store.append('customer-1', 'any', [each]);
      await other.everything(`between-${each.id}`);
    }
    const head = await store.head();
    for await (const page of pages) {
      seen.push(...idsOf(page.events));
      if (page.scanned === head) break;
    }
    expect(seen).toEqual(idsOf(sent));
    for (const filter of [{}, { types: ['Happened'] }, { streams: ['customer-'] }]) {
      expect(idsOf(await wholeLog(store, { ...filter, limit: 1 }))).toEqual(idsOf(sent));
    }
  });

  it('what they delete goes on counting or has ended for good, and an append has a size', async () => {
    await other.everything('gone');
    expect(await store.append('gone.orders-3', 'any', events(1))).toMatchObject({ revision: 1 });
    expect((await store.readStream('gone.orders-3')).events.map(({ revision }) => revision)).toEqual([1]);
    await expect(store.append('gone.orders-4', 'any', events(1))).rejects.toMatchObject({ code: 'stream-deleted' });
    const large = event('Happened', 'x'.repeat(1024 * 1024));
    await expect(store.append('customer-3', 'any', [large])).rejects.toMatchObject({ code: 'append-too-large' });
    expect(await store.append('customer-3', 'no-stream', events(1))).toMatchObject({ revision: 0 });
  });

  it('one in a stream of ours is passed by, and makes who has not seen it conflict', async () => {
    const sent = events(3);
    await store.append('customer-2', 'no-stream', sent.slice(0, 2));
    const theirs = await other.json('customer-2', 'Happened', { theirs: true });
    expect(idsOf((await store.readStream('customer-2')).events)).toEqual(idsOf(sent.slice(0, 2)));
    expect((await store.find('customer-2', theirs))?.data).toBeUndefined();
    await expect(store.append('customer-2', 1, sent.slice(2))).rejects.toMatchObject({
      name: 'WrongExpectedRevision',
      current: 2,
    });
    await store.append('customer-2', 2, sent.slice(2));
    const read = (await store.readStream('customer-2', { limit: 1, from: 2 })).events;
    expect(read.map(({ id, revision }) => [id, revision])).toEqual([[sent[2]!.id, 3]]);
  });
});

it('read models show nothing of what others write, and are not behind because of it', async () => {
  const log = await logProgram(join(folder(), 'events.db'));
  const other = new ForeignWriter(log.url);
  await other.everything('before');
  const app = await TestApp.start({ EVENT_STORE_URL: log.url });
  const ready = async () => (await app.get('/health/ready')).status === 200;
  await until(ready);
  const { id } = await app.done('/customers', { kind: 'org', name: 'Own Works' });
  await other.json('customer-9', 'CustomerRegistered', { kind: 'org', name: 'Their Works' });
  await other.everything('theirs');
  await other.json(`customer-${id}`, 'CustomerRenamed', { name: 'Their Name' });
  const conflict = { status: 409, body: { code: 'concurrency-conflict', revision: 1 } };
  expect(await app.post(`/customers/${id}/dormant`, { reason: 'silent' })).toMatchObject(conflict);
  await app.done('/customers', { kind: 'org', name: 'Later Works' });
  const shown = async () => JSON.stringify((await app.get('/customers')).body);
  await until(async () => (await shown()).includes('Later Works'));
  expect(await shown()).toContain('Own Works');
  expect(await shown()).not.toMatch(/Their/);
  const behind = async () =>
    ((await app.get('/health/ready')).body as { details?: { readModels?: { lag?: number } } }).details?.readModels?.lag;
  await until(async () => (await behind()) === 0);
  await app.stop();
  await other.close();
  await log.stop();
});

it.each([
  ['listed', 0],
  ['appended', 1],
])(
  'a program that dies once a new version is %s has written it once when it has done it again',
  async (when, there) => {
    const log = await logProgram(join(folder(), 'events.db'));
    const place = compiled(
      'libs/*.ts',
      'libs/sqlite/*.ts',
      'libs/event-store/**/*.ts',
      'test/event-store/esdb-dying.program.ts',
    );
    const first = event('New', { once: true }, { schemaVersion: 1 });
    const child = spawn(
      process.execPath,
      [join(place, 'test/event-store/esdb-dying.program.js'), log.url, when, JSON.stringify(first)],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    const stored = there === 0 ? [] : [{ type: 'New', schemaVersion: 1 }];
    const reader = await EsdbEventStore.open({ url: log.url, readOnly: true });
    expect(await wholeLog(reader)).toHaveLength(there);
    expect(await reader.storedVersions()).toEqual(stored);
    const again = await EsdbEventStore.open({ url: log.url });
    expect(await again.append('new-1', 'no-stream', [first])).toMatchObject({ revision: 0 });
    await again.append('new-1', 0, events(1, 'New'));
    expect((await wholeLog(reader)).map(({ stream, revision }) => [stream, revision])).toEqual([
      ['new-1', 0],
      ['new-1', 1],
    ]);
    for (const each of [reader, again]) {
      expect(await each.storedVersions()).toEqual([{ type: 'New', schemaVersion: 1 }]);
      await each.close();
    }
    await log.stop();
  },
);

it('a server that has thrown away the beginning of a stream is not moved, and says which', async () => {
  const path = join(folder(), 'events.db');
  const log = await logProgram(path);
  const store = await EsdbEventStore.open({ url: log.url });
  await store.append('customer-1', 'no-stream', events(2));
  await store.append('customer-2', 'no-stream', events(5));
  await store.append('customer-1', 1, events(2));
  await store.close();
  await log.stop();
  // As a server does that is told to keep three, once it has cleaned up.
  const file = new DatabaseSync(path);
  file.exec("DELETE FROM event WHERE stream = 'customer-2' AND revision < 2");
  file.close();
  const cleaned = await logProgram(path);
  const source = await openMovable(cleaned.url, 'source', writer);
  const target = await openMovable(`sqlite:${join(folder(), 'events.db')}`, 'target', writer);
  await expect(move(source, target, { quiet: 50 })).rejects.toMatchObject({
    code: 'source-incomplete',
    details: { stream: 'customer-2', revision: 2, current: -1 },
  });
  await source.close();
  await target.close();
  await cleaned.stop();
});
