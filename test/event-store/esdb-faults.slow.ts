import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { EsdbEventStore } from '../../libs/event-store/esdb/esdb.event-store.js';
import type { EsdbEventStoreOptions } from '../../libs/event-store/esdb/options.js';
import type { LogPage } from '../../libs/event-store/event-store.js';
import { compiled } from '../support/compiled.js';
import { event, events, idsOf, wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { logProgram } from '../support/log-program.js';
import type { LogProgram } from '../support/log-program.js';
import { Proxy } from '../support/proxy.js';
import { refusingServer } from '../support/refusing-server.js';
import { sqliteReader } from '../support/stores.js';
import { until } from '../support/until.js';

let logs: LogProgram[] = [];
let stores: EsdbEventStore[] = [];

async function served(path = join(folder(), 'events.db')): Promise<LogProgram & { readonly path: string }> {
  const log = await logProgram(path);
  logs.push(log);
  return { ...log, path };
}

async function opened(url: string, options: Partial<EsdbEventStoreOptions> = {}): Promise<EsdbEventStore> {
  const store = await EsdbEventStore.open({ url, ...options });
  stores.push(store);
  return store;
}

afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await Promise.all(logs.map((log) => (log.process.exitCode ?? log.process.signalCode) === null && log.stop()));
  stores = [];
  logs = [];
});

async function killed(log: LogProgram): Promise<void> {
  log.process.kill('SIGKILL');
  await once(log.process, 'exit');
}

it('an append whose answer is lost is sent again and written once', async () => {
  const log = await served();
  const proxy = await Proxy.before(log.url);
  const store = await opened(proxy.url);
  await store.append('customer-1', 'no-stream', events(1));
  const reader = sqliteReader(log.path);
  const sent = events(3);
  proxy.mute(true);
  const appending = store.append('customer-1', 0, sent);
  await until(async () => (await reader.readStream('customer-1')).events.length === 4);
  proxy.mute(false);
  proxy.cut();
  expect(await appending).toMatchObject({ revision: 3 });
  expect((await reader.readStream('customer-1')).events.slice(1).map(({ id }) => id)).toEqual(idsOf(sent));
  await reader.close();
});

it('an append that is never answered does not wait for ever, and says that it may have been written', async () => {
  const log = await served();
  const proxy = await Proxy.before(log.url);
  const store = await opened(proxy.url, { waits: { deadline: 300, appendPatience: 500 } });
  await store.append('customer-1', 'no-stream', events(1));
  proxy.mute(true);
  await expect(store.append('customer-1', 0, events(1))).rejects.toMatchObject({
    code: 'append-unanswered',
    status: 503,
  });
  proxy.mute(false);
  proxy.cut();
  expect((await wholeLog(await opened(log.url))).length).toBe(2);
});

it('what was acknowledged is there once, however often the server is killed under load', async () => {
  const path = join(folder(), 'events.db');
  let log = await served(path);
  const proxy = await Proxy.before(log.url);
  const place = compiled(
    'libs/*.ts',
    'libs/sqlite/*.ts',
    'libs/event-store/**/*.ts',
    'test/event-store/esdb-writer.program.ts',
  );
  const child = spawn(process.execPath, [join(place, 'test/event-store/esdb-writer.program.js'), proxy.url], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const acknowledged: string[] = [];
  createInterface({ input: child.stdout }).on('line', (id) => acknowledged.push(id));
  for (let round = 0; round < 6; round += 1) {
    const before = acknowledged.length;
    await until(() => acknowledged.length > before + 200 || child.exitCode !== null);
    if (round % 2 === 0) proxy.freeze();
    if (round % 4 === 0) await sleep(50);
    await killed(log);
    log = await served(path);
    proxy.lead(log.url);
    proxy.cut();
  }
  child.stdin.write('stop');
  expect(await once(child, 'exit')).toEqual([0, null]);
  await log.stop();
  const reader = sqliteReader(path);
  const found = idsOf((await wholeLog(reader)).filter(({ type }) => type === 'Written'));
  await reader.close();
  expect(new Set(found).size).toBe(found.length);
  expect(new Set(acknowledged).difference(new Set(found))).toEqual(new Set());
});

it('a server that is gone is told of at once, and found again when it is back', async () => {
  const path = join(folder(), 'events.db');
  const log = await served(path);
  const proxy = await Proxy.before(log.url);
  const faults: (string | undefined)[] = [];
  const store = await opened(proxy.url, { report: (fault) => faults.push(fault) });
  await store.append('customer-1', 'no-stream', events(1));
  const seen: LogPage[] = [];
  const stop = new AbortController();
  const following = (async () => {
    for await (const page of store.subscribe({ after: 0 }, stop.signal)) seen.push(page);
  })();
  await until(() => seen.length > 0);
  await killed(log);
  await until(() => store.fault !== undefined);
  await expect(store.append('customer-1', 0, events(1))).rejects.toMatchObject({ code: 'store-unavailable' });
  await expect(store.readStream('customer-1')).rejects.toMatchObject({ code: 'store-unavailable' });
  proxy.lead((await served(path)).url);
  await until(() => store.fault === undefined);
  const { position } = await store.append('customer-1', 0, [event('After')]);
  await until(() => seen.some(({ scanned }) => scanned >= position));
  stop.abort();
  await following;
  expect(seen.flatMap((page) => page.events.map(({ revision }) => revision))).toEqual([0, 1]);
  expect(faults.map((fault) => fault !== undefined)).toEqual([true, false]);
  expect(faults[0]).not.toContain('@');
});

it('a connection on which nothing comes any more is noticed by asking, and replaced', async () => {
  const log = await served();
  const proxy = await Proxy.before(log.url);
  // The connection itself would notice only after many minutes.
  const url = `${proxy.url}&keepAliveInterval=6000000&keepAliveTimeout=6000000`;
  const store = await opened(url, { waits: { keepAlive: 100 } });
  const other = await opened(log.url);
  const pages = store.subscribe({ after: 0, types: ['Happened'] });
  await pages.next();
  await other.append('customer-1', 'any', events(1));
  const found: string[] = [];
  const take = async (count: number) => {
    while (found.length < count) found.push(...idsOf((await pages.next()).value!.events));
  };
  await take(1);
  proxy.freeze();
  await other.append('customer-1', 'any', events(2));
  await take(3);
  expect(found).toEqual(idsOf(await wholeLog(other)));
  await pages.return();
  proxy.cut();
});

it('who is too slow for what is kept in memory reads on from the server', async () => {
  const log = await served();
  const store = await opened(log.url);
  const pages = store.subscribe({ after: 0 });
  const found = idsOf((await pages.next()).value!.events);
  for (let index = 0; index < 24; index += 1) await store.append('customer-1', 'any', events(500));
  const head = await store.head();
  for await (const page of pages) {
    found.push(...idsOf(page.events));
    if (page.scanned === head) break;
  }
  expect(found).toHaveLength(12_000);
  expect(found).toEqual(idsOf(await wholeLog(await opened(log.url))));
});

it('a server that is not the leader names the one that is', async () => {
  const log = await served();
  const follower = await refusingServer({ notLeader: new URL(log.url) });
  const store = await opened(follower);
  const sent = events(2);
  expect(await store.append('customer-1', 'no-stream', sent)).toMatchObject({ revision: 1 });
  expect(idsOf((await store.readStream('customer-1')).events)).toEqual(idsOf(sent));
});

it.each([
  ['not-logged-in', 'store-login-wrong'],
  ['denied', 'store-access-denied'],
] as const)('a server that says %s is not waited for: %s', async (refusal, code) => {
  const url = await refusingServer(refusal);
  await expect(EsdbEventStore.open({ url })).rejects.toMatchObject({ code, status: 503 });
});

it('a server that is not there is waited for, and then that is said', async () => {
  const log = await served();
  const proxy = await Proxy.before('esdb://127.0.0.1:1?tls=false');
  const faults: (string | undefined)[] = [];
  const opening = opened(proxy.url, { report: (fault) => faults.push(fault) });
  await until(() => faults.length === 1);
  proxy.lead(log.url);
  const store = await opening;
  expect([await store.head(), store.fault]).toEqual([0, undefined]);
  expect(faults).toEqual([expect.stringContaining('cannot be reached'), undefined]);
  const refused = EsdbEventStore.open({ url: 'esdb://127.0.0.1:1?tls=false', waits: { startPatience: 500 } });
  await expect(refused).rejects.toMatchObject({ code: 'store-unreachable' });
});
