import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import eventstore from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProjectionStatus } from '../../libs/read-models/building/rebuilds.js';
import type { Report } from '../../libs/reports/answer.js';
import { folder } from '../support/folder.js';
import { data, makeUp } from './demo-data.js';
import type { Demo, Status } from './demo-data.js';
import { answerOf, piped, Program, run } from './program.js';

let demo: Demo;

beforeAll(async () => {
  demo = await makeUp();
});

/** A mapping and a folder of files, of which one row can be imported. */
function importable(): [mapping: string, files: string] {
  const files = folder();
  const mapping = join(folder(), 'mapping.json');
  writeFileSync(
    join(files, 'customers.csv'),
    'no,company,since\n1,Norvane Works,2025-01-02\n2,,2025-01-03\n3,Teviex Grid,2025-02-30\n',
  );
  const step = {
    file: 'customers',
    target: 'customer',
    key: ['{no}'],
    at: '{since}',
    fields: { name: '{company}', kind: 'org' },
  };
  const said = {
    source: 'old-crm',
    date: 'yyyy-MM-dd',
    zone: 'UTC',
    files: { customers: { path: 'customers.csv' } },
    steps: [step],
  };
  writeFileSync(mapping, JSON.stringify(said));
  return [mapping, files];
}

describe('while a server runs', () => {
  const place = join(folder(), 'served');
  let server: Program;
  let url: string;
  let pid: number;
  let subscriptions: string;

  async function register(name: string): Promise<void> {
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'org', name }),
    };
    expect((await fetch(`${url}/customers`, request)).status).toBe(201);
  }

  beforeAll(async () => {
    server = Program.start('start', '--port', '0', '--json', '--data', place);
    const [document] = await server.said(/\{[^]*\}\n/);
    ({ url, pid, subscriptions } = JSON.parse(document) as { url: string; pid: number; subscriptions: string });
    while (!(await fetch(`${url}/health/ready`)).ok) await new Promise((settle) => setTimeout(settle, 20));
    await register('Norvane Works');
  });
  afterAll(() => server.kill());

  it('its data can be read', async () => {
    const status = await answerOf<Status>('status', '--data', place);
    expect(status.writer).toMatchObject({ program: 'annals start', pid, url });
    expect(status.log.events).toBeGreaterThan(0);
    expect((await run('history', 'customer', 'norvane', '--data', place)).out).toContain('CustomerRegistered');
    for (const args of [['report', 'rfm'], ['chart'], ['projections']])
      expect((await run(...args, '--data', place)).code).toBe(0);
  });

  it('nobody else writes, and is told who does and what to do', async () => {
    const second = await run('start', '--port', '0', '--data', place);
    expect([second.code, second.err]).toEqual([1, expect.stringContaining(`annals start (process ${pid}`)]);
    const { code, err } = await run('import', ...importable(), '--data', place);
    expect(code).toBe(1);
    expect(err).toMatch(/^data-held: /);
    expect(err).toContain(`kill -INT ${pid}`);
    expect(err).toContain(`${url}/docs`);
  });

  it('read models are rebuilt through it', async () => {
    const { code, out, err } = await run('rebuild', 'customer-list', '--json', '--data', place);
    expect([code, err]).toEqual([0, expect.stringContaining(`annals rebuild goes through ${url}`)]);
    const { rebuilt } = JSON.parse(out) as { rebuilt: { name: string; position: number }[] };
    // It may serve before the event is projected that says that it was asked for.
    expect(rebuilt.map(({ name }) => name)).toEqual(['customer-list']);
    expect(rebuilt[0]!.position).toBeGreaterThanOrEqual(1);
    expect((await run('rebuild', 'customer-lost', '--data', place)).err).toMatch(
      /projection-unknown: .*\n[^]* {2}customer-list\n/,
    );
  });

  it('a rebuild is looked at, gone back from through it, and the log says by whom', async () => {
    const name = 'customer-list';
    await answerOf('rebuild', name, '--data', place);
    const diff = await run('projections', 'diff', name, '--data', place);
    expect(diff.out).toMatch(/customer-list: generation \d+ .*serves\) and \d+ .*retained\)[^]*, 0 differ, 0 only in/);
    const { id, state } = await answerOf<{ id: number; state: string }>(
      'projections',
      'rollback',
      name,
      '--data',
      place,
    );
    expect(state).toBe('active');
    const status = await answerOf<ProjectionStatus[]>('projections', '--data', place);
    expect(status.find((each) => each.name === name)).toMatchObject({
      active: { id },
      others: [{ state: 'retained' }],
    });
    const { out } = await run('events', '--type', 'ReadModelRolledBack', '--data', place);
    expect(JSON.parse(out)).toMatchObject({
      stream: `readModel-${name}`,
      data: { to: { generation: id } },
      metadata: { actor: { name: expect.stringMatching(/ by annals projections rollback$/) } },
    });
    expect((await run('projections', 'cancel', name, '--data', place)).err).toMatch(/^rebuild-not-running: /m);
  });

  it('what is recorded can be followed', async () => {
    const following = Program.start('events', '--follow', '--type', 'CustomerRegistered', '--data', place);
    await following.said(/Norvane Works/);
    await register('Later Works');
    await following.said(/Later Works/);
    expect((await following.interrupt()).code).toBe(130);
  });

  it('it stops in good order on Ctrl-C, and tells subscribers', async () => {
    const client = eventstore.EventStoreDBClient.connectionString`${subscriptions}`;
    const names: string[] = [];
    const subscription = client.subscribeToAll().on('data', ({ event }) => names.push(event!.type));
    await once(subscription, 'caughtUp');
    const ended = once(subscription, 'error');
    expect((await server.interrupt()).code).toBe(130);
    expect((await ended)[0]).toMatchObject({ type: 'unavailable' });
    expect(names).toContain('CustomerRegistered');
    const status = await answerOf<Status>('status', '--data', place);
    expect(status.writer).toBeNull();
    expect(status.readModels.upToDate).toBe(status.readModels.all);
  });

  it('one that was killed does not hold the data any more', async () => {
    const killed = Program.start('start', '--port', '0', '--data', place);
    await killed.said(/listening/);
    await killed.kill();
    expect((await answerOf<Status>('status', '--data', place)).writer).toBeNull();
    expect((await run('rebuild', 'chart', '--data', place)).err).toMatch(/projection-unknown/);
    expect((await run('rebuild', 'customer-list', '--data', place)).code).toBe(0);
  });
});

it('--allow-append lets other programs write, and `annals events` shows what they wrote', async () => {
  const place = join(folder(), 'written');
  const server = Program.start('start', '--allow-append', '--port', '0', '--json', '--data', place);
  const [document] = await server.said(/\{[^]*\}\n/);
  const { subscriptions } = JSON.parse(document) as { subscriptions: string };
  const client = eventstore.EventStoreDBClient.connectionString(subscriptions);
  const { jsonEvent, binaryEvent } = eventstore;
  await client.appendToStream('visitor-1', [
    jsonEvent({ type: 'LeadFound', data: { by: 'them' }, metadata: { who: 'they' } }),
    binaryEvent({ type: 'LeadScanned', data: Buffer.from([0, 255]) }),
  ]);
  await client.dispose();
  expect((await server.interrupt()).code).toBe(130);
  const { code, out } = await run('events', '--stream', 'visitor-', '--json', '--data', place);
  const lines = out.trim().split('\n');
  expect([code, ...lines.map((line) => JSON.parse(line) as unknown)]).toMatchObject([
    0,
    {
      type: 'LeadFound',
      data: { by: 'them' },
      foreign: { contentType: 'application/json', metadata: { who: 'they' } },
    },
    { type: 'LeadScanned', data: 'AP8=', foreign: { contentType: 'application/octet-stream' } },
  ]);
  const again = Program.start('start', '--port', '0', '--data', place);
  await again.said(/listening/);
  expect((await again.interrupt()).code).toBe(130);
});

it.each(['--port', '--subscriptions-port'])(
  '%s that is taken is refused, and nothing is left behind',
  async (option) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const place = join(folder(), 'port');
    const { port } = other.address() as AddressInfo;
    const { code, err } = await run('start', '--port', '0', option, String(port), '--data', place);
    other.close();
    expect([code, err]).toEqual([1, expect.stringMatching(new RegExp(`^port-in-use: .*${option}`))]);
    expect(existsSync(join(place, 'events.db.holder.json'))).toBe(false);
    expect((await answerOf<Status>('status', '--data', place)).writer).toBeNull();
  },
);

describe('rebuilding everything', () => {
  interface Rebuilt {
    readonly rebuilt: readonly { readonly name: string; readonly hash: string; readonly position: number }[];
  }

  it('gives the same documents again', async () => {
    const once = await answerOf<Rebuilt>('rebuild', '--all', '--data', data);
    const twice = await answerOf<Rebuilt>('rebuild', '--all', '--data', data);
    const hashes = ({ rebuilt }: Rebuilt) => rebuilt.map(({ name, hash }) => [name, hash]);
    expect(hashes(twice)).toEqual(hashes(once));
    expect(once.rebuilt.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
    expect((await answerOf<Report>('report', 'retention', '--data', data)).rows).toEqual(demo.retention.rows);
  });
});

describe('an import', () => {
  const [mapping, files] = importable();

  it('that is tried out leaves nothing behind and says what would happen', async () => {
    const place = join(folder(), 'tried');
    const { code, out } = await run('import', mapping, files, '--dry-run', '--data', place);
    expect([code, out]).toEqual([0, expect.stringContaining('1 rows would be accepted, 0 unchanged, 2 rejected')]);
    expect(out).toContain('Nothing was written');
    expect(existsSync(place)).toBe(false);
  });

  it('accepts what is right, names what is not, keeps its report, and changes nothing the second time', async () => {
    const place = join(folder(), 'imported');
    const { out } = await run('import', mapping, files, '--data', place);
    expect(out).toContain('1 rows were accepted, 0 unchanged, 2 rejected');
    expect(out).toMatch(/customers\.csv +3 +value-missing/);
    expect(readdirSync(join(place, 'imports')).filter((name) => /^[-0-9a-f]{36}\.json$/.test(name))).toHaveLength(1);
    const again = await answerOf<{ rows: object; events: number }>('import', mapping, files, '--data', place);
    expect(again).toMatchObject({ rows: { accepted: 0, unchanged: 1, rejected: 2 }, events: 0 });
    expect((await run('history', 'customer', 'Norvane Works', '--data', place)).out).toMatch(
      /2025-01-02 00:00 +\d{4}-\d\d-\d\d \d\d:\d\d +CustomerRegistered/,
    );
  });

  it('of which only the first line is read comes to its end all the same, and ends with 0', async () => {
    const place = join(folder(), 'piped');
    const { code } = await piped(['import', mapping, files, '--data', place], '2>&1 | head -n 1');
    expect(code).toBe(0);
    const again = await answerOf<{ rows: object; events: number }>('import', mapping, files, '--data', place);
    expect(again).toMatchObject({ rows: { accepted: 0, unchanged: 1, rejected: 2 }, events: 0 });
  });

  it('ends with 1 when a row was rejected and that was asked for', async () => {
    const place = join(folder(), 'strict');
    const first = await run('import', mapping, files, '--strict', '--data', place);
    expect([first.code, first.out]).toEqual([1, expect.stringContaining('1 rows were accepted')]);
    expect((await run('import', mapping, files, '--strict', '--dry-run', '--data', place)).code).toBe(1);
    expect((await run('import', mapping, files, '--data', place)).code).toBe(0);
    const right = join(folder(), 'right');
    mkdirSync(right);
    writeFileSync(join(right, 'customers.csv'), 'no,company,since\n7,Norvane Right,2025-01-02\n');
    expect((await run('import', mapping, right, '--strict', '--data', place)).code).toBe(0);
  });

  it('waits until all that is due is recorded, and counts it as a dry run does', async () => {
    const place = join(folder(), 'due');
    const many = join(folder(), 'many');
    mkdirSync(many);
    const rows = Array.from({ length: 1_500 }, (_, index) => `${index},2025-01-02,2025-02-03`);
    writeFileSync(join(many, 'tasks.csv'), `no,since,due\n${rows.join('\n')}\n`);
    const task = {
      file: 'tasks',
      target: 'task',
      key: ['{no}'],
      at: '{since}',
      fields: { kind: 'corrective', title: 'Task {no}', dueAt: '{due}' },
    };
    const tasks = join(many, 'mapping.json');
    writeFileSync(tasks, JSON.stringify({ source: 'tasks', files: { tasks: { path: 'tasks.csv' } }, steps: [task] }));
    const dry = await answerOf<{ events: number }>('import', tasks, many, '--dry-run', '--data', place);
    const report = await answerOf<{ events: number }>('import', tasks, many, '--data', place);
    const { out } = await run('events', '--data', place);
    const log = out.trimEnd().split('\n');
    expect(log.filter((line) => line.includes('TaskBecameOverdue'))).toHaveLength(1_500);
    expect([dry.events, report.events]).toEqual([log.length, log.length]);
  });

  it('needs its mapping and its folder', async () => {
    expect((await run('import', join(files, 'none.json'), files)).err).toMatch(/^mapping-unreadable: /);
    expect((await run('import', mapping, join(files, 'none'))).err).toMatch(/^folder-missing: /);
    mkdirSync(join(files, 'empty'));
    expect((await run('import', mapping, join(files, 'empty'), '--dry-run')).err).toMatch(/file-missing: /);
  });
});
