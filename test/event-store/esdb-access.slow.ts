import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EsdbEventStore } from '../../libs/event-store/esdb/esdb.event-store.js';
import { SubscriptionServer } from '../../libs/subscriptions/subscription-server.js';
import { Program } from '../cli/program.js';
import { certificates } from '../support/certificates.js';
import { closedLog } from '../support/closed-log.js';
import type { ClosedLog } from '../support/closed-log.js';
import { events, idsOf } from '../support/events.js';
import { folder } from '../support/folder.js';
import { logProgram } from '../support/log-program.js';
import type { LogProgram } from '../support/log-program.js';
import { freePort } from '../support/mongo-server.js';
import { sqliteStore } from '../support/stores.js';
import { until } from '../support/until.js';

describe('a log that this user may not read', () => {
  let log: LogProgram;
  let closing: ClosedLog;
  let store: EsdbEventStore | undefined;
  let program: Program | undefined;

  beforeEach(async () => {
    log = await logProgram(join(folder(), 'events.db'));
    closing = await closedLog(log.url);
  });
  afterEach(async () => {
    await store?.close();
    await program?.kill();
    [store, program] = [undefined, undefined];
    await log.stop();
  });

  it('is refused at the start', async () => {
    closing.close(true);
    await expect(EsdbEventStore.open({ url: closing.url })).rejects.toMatchObject({
      code: 'store-access-denied',
      message: expect.stringContaining('$all'),
      status: 503,
    });
  });

  it.each(['start', 'status'])('is refused by annals %s, which ends', async (command) => {
    closing.close(true);
    const given = ['--data', folder(), ...(command === 'start' ? ['--port', '0'] : [])];
    const { code, err } = await Program.with({ EVENT_STORE_URL: closing.url }, command, ...given).ended;
    expect([code, err]).toEqual([1, expect.stringMatching(/store-access-denied: .*\$all/)]);
  });

  it('that may be read no more says so, and goes on once it may again', async () => {
    closing.close(false);
    const faults: (string | undefined)[] = [];
    store = await EsdbEventStore.open({ url: closing.url, report: (fault) => faults.push(fault) });
    const sent = events(3);
    const { revision, position } = await store.append('customer-1', 'any', sent.slice(0, 1));
    const found: string[] = [];
    const stop = new AbortController();
    const following = (async (opened: EsdbEventStore) => {
      for (;;) {
        try {
          for await (const page of opened.subscribe({ after: position - 1 }, stop.signal))
            found.push(...idsOf(page.events).filter((id) => !found.includes(id)));
          return;
        } catch (error) {
          expect(error).toMatchObject({ code: 'store-access-denied' });
          await sleep(10);
        }
      }
    })(store);
    await until(() => found.length === 1);
    closing.close(true);
    await until(() => store?.fault !== undefined);
    for (const refused of [store.append('customer-1', revision, sent.slice(1, 2)), store.head()]) {
      await expect(refused).rejects.toMatchObject({ code: 'store-access-denied', status: 503 });
    }
    closing.close(false);
    await until(() => store?.fault === undefined);
    await store.append('customer-1', revision, sent.slice(1));
    await until(() => found.length === 3);
    stop.abort();
    await following;
    expect(found).toEqual(idsOf(sent));
    expect(faults.map((fault) => fault !== undefined)).toEqual([true, false]);
  });

  it('stops the program from taking commands, and it is ready again by itself', async () => {
    closing.close(false);
    const place = folder();
    program = Program.with({ EVENT_STORE_URL: closing.url }, 'start', '--port', '0', '--data', place);
    const [, url] = await program.said(/listening on ([^,]+),/);
    const ready = async () => (await fetch(`${url}/health/ready`)).status;
    const register = (name: string) =>
      fetch(`${url}/customers`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'org', name }),
      });
    await until(async () => (await ready()) === 200);
    expect((await register('First Works')).status).toBe(201);
    closing.close(true);
    await until(async () => (await ready()) === 503);
    const refused = await register('Second Works');
    expect([refused.status, await refused.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'store-access-denied' }),
    ]);
    closing.close(false);
    await until(async () => (await ready()) === 200);
    expect((await register('Third Works')).status).toBe(201);
    const shown = async () => JSON.stringify(await (await fetch(`${url}/customers`)).json());
    await until(async () => (await shown()).includes('Third Works'));
    expect(await shown()).toContain('First Works');
    expect(await shown()).not.toContain('Second Works');
    expect((await program.interrupt()).code).toBe(130);
  });
});

it.each([
  ['status', []],
  ['move', ['--to', `sqlite:${join(folder(), 'moved.db')}`]],
])('annals %s waits for a server that is not there as long as the setting says', async (command, more) => {
  const nowhere = `esdb://127.0.0.1:${await freePort()}?tls=false`;
  const settings = { EVENT_STORE_URL: nowhere, START_PATIENCE_SECONDS: '1' };
  const { code, err } = await Program.with(settings, command, ...more, '--data', folder()).ended;
  expect([code, err]).toEqual([1, expect.stringMatching(/store-unreachable: .* for 1 seconds: /)]);
});

describe('a server with TLS that knows one user', () => {
  const login = { user: 'annals', password: 'changed-it' };
  const log = sqliteStore();
  let server: SubscriptionServer;
  let given: (who: string) => string;

  beforeAll(async () => {
    const { trusted, certificate, key } = await certificates(folder());
    server = new SubscriptionServer({
      store: log,
      groups: join(folder(), 'groups.db'),
      report: (what, details) => {
        throw new Error(`${what} ${JSON.stringify(details)}`);
      },
      appending: { guarded: [] },
      tls: { certificate: readFileSync(certificate), key: readFileSync(key) },
      login,
    });
    const url = await server.listen('127.0.0.1', 0);
    given = (who) => `${url.replace('//', `//${who}`)}&tlsCAFile=${encodeURIComponent(trusted)}`;
  });
  afterAll(async () => {
    await server.stop();
    await log.close();
  });

  it('is written to and read as that user', async () => {
    const store = await EsdbEventStore.open({ url: given('annals:changed-it@') });
    const sent = events(2);
    await store.append('customer-1', 'no-stream', sent);
    expect(idsOf((await store.readLog({ after: 0 })).events)).toEqual(idsOf(sent));
    await store.close();
  });

  const refusals = [
    ['annals:changed-i@', 'store-login-wrong'],
    ['annal:changed-it@', 'store-login-wrong'],
    ['', 'store-access-denied'],
  ] as const;
  it.each(refusals)('refuses %j at once: %s', async (who, code) => {
    const url = given(who);
    await expect(EsdbEventStore.open({ url })).rejects.toMatchObject({ code, status: 503 });
    for (const command of [['start', '--port', '0'], ['status']]) {
      const { code: ended, err } = await Program.with({ EVENT_STORE_URL: url }, ...command, '--data', folder()).ended;
      expect([ended, err]).toEqual([1, expect.stringMatching(new RegExp(`^${code}: `, 'm'))]);
      expect(err).not.toContain('changed-i');
      // Who waits for a server that is not there says so.
      expect(err).not.toContain('cannot be reached');
    }
  });
});
