import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import eventstore from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { History } from '../../libs/audit/queries.js';
import type { StructureChart } from '../../libs/organisation/queries.js';
import { reportNames } from '../../libs/reports/report.js';
import type { Report } from '../../libs/reports/report.js';
import { folder } from '../support/folder.js';
import { answerOf, piped, Program, run } from './program.js';

interface Demo {
  readonly events: number;
  readonly funnel: Report;
  readonly retention: Report;
  readonly chart: StructureChart;
  readonly customer: { readonly customerId: string; readonly details: { readonly name: string } };
  readonly history: History;
}

interface Status {
  readonly log: { readonly events: number };
  readonly readModels: { readonly all: number; readonly upToDate: number };
  readonly writer: { readonly program: string; readonly pid: number; readonly url?: string } | null;
}

const data = join(folder(), 'demo');
let demo: Demo;

beforeAll(async () => {
  demo = await answerOf<Demo>('demo', '--no-serve', '--data', data);
});

describe('what is not understood', () => {
  it.each([
    [['reprot'], 'unknown command', 'report'],
    [['report', 'funnel', '--form', '2025-01-01'], 'unknown option', '--from'],
    [['report', 'tunnel'], 'Allowed choices are funnel', ''],
    [['report', 'funnel', '--from', '2025-02-30'], 'a day that exists', ''],
    [['report', 'funnel', '--csv', '--json'], '', ''],
    [['report'], 'missing required argument', ''],
    [['report', 'performance', '--where', 'product'], 'It must be a dimension, an equals sign and values', ''],
    [['report', 'performance', '--by', 'month,,product'], 'It must be a list', ''],
    [['history', 'customer'], 'missing required argument', ''],
    [['start', '--port', '99999'], 'whole number from 0 to 65535', ''],
    [['start', '--subscriptions-port', 'none'], 'whole number from 0 to 65535, or off', ''],
    [['rebuild'], 'or all of them with --all', ''],
    [['events', 'all'], 'too many arguments', ''],
  ])('%j ends with 2 and a hint', async (args, said, hint) => {
    const { code, out, err } = await run(...args);
    expect(code).toBe(2);
    expect(`${out}${err}`).toContain(said);
    expect(`${out}${err}`).toContain(hint);
  });

  it('is one document for programs', async () => {
    const { code, out, err } = await run('report', 'funnel', '--json', '--frob');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ code: 'usage-invalid', status: 400 });
    expect(err).toBe('');
  });

  it('shows help that names every command, without loading the program', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const command of [
      'start',
      'demo',
      'import',
      'report',
      'history',
      'chart',
      'events',
      'projections',
      'rebuild',
      'status',
    ]) {
      expect(out).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    }
    expect((await run('help', 'report')).out).toContain('--as-of');
  });
});

describe('a folder', () => {
  const reading = [
    ['report', 'funnel'],
    ['history', 'customer', 'x'],
    ['chart'],
    ['events'],
    ['projections'],
    ['status'],
  ];

  it.each(reading)('without data is told from one with it: %s', async (...args) => {
    for (const missing of [join(folder(), 'nowhere'), folder()]) {
      const { code, err } = await run(...args.filter((each) => typeof each === 'string'), '--data', missing);
      expect(code).toBe(1);
      expect(err).toMatch(/^data-missing: .*`annals demo`/);
      expect(existsSync(join(missing, 'events.db'))).toBe(false);
    }
  });

  it('that cannot be written is refused', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    const { code, err } = await run('start', '--port', '0', '--data', join(file, 'data'));
    expect([code, err]).toEqual([1, expect.stringMatching(/^data-unwritable: /)]);
  });

  it('of a newer program, of another program, or of no program at all is refused', async () => {
    const newer = folder();
    new DatabaseSync(join(newer, 'events.db')).exec(
      `PRAGMA application_id = ${0x414e4c53}; PRAGMA user_version = 99; CREATE TABLE event (a)`,
    );
    const foreign = folder();
    new DatabaseSync(join(foreign, 'events.db')).exec('CREATE TABLE other (a)');
    const torn = folder();
    writeFileSync(join(torn, 'events.db'), 'SQLite format 3 and then nothing of the kind'.repeat(200));
    for (const [place, refused] of [
      [newer, 'data-newer-than-program'],
      [foreign, 'data-foreign'],
      [torn, 'data-unreadable'],
    ] as const) {
      for (const args of [['start', '--port', '0'], ['events']]) {
        const { code, err } = await run(...args, '--data', place);
        expect([code, err]).toEqual([1, expect.stringMatching(new RegExp(`^${refused}: .*events\\.db`))]);
      }
    }
  });
});

describe('a log', () => {
  it('that ends before what its read models have seen is noticed, whoever asks', async () => {
    const place = folder();
    cpSync(data, place, { recursive: true });
    writeFileSync(join(place, 'events.db'), '');
    rmSync(join(place, 'events.db-wal'), { force: true });
    for (const args of [
      ['start', '--port', '0'],
      ['rebuild', '--all'],
      ['demo', '--no-serve'],
    ]) {
      const { code, err } = await run(...args, '--data', place);
      expect([args[0], code, err]).toEqual([args[0], 1, expect.stringMatching(/^log-cut: /)]);
    }
  });
});

describe('data that is damaged', () => {
  /** A copy of the demo after something has been done to one of its files. */
  function damaged(file: string, damage: (path: string) => void): string {
    const place = folder();
    cpSync(data, place, { recursive: true });
    for (const left of ['-wal', '-shm']) rmSync(join(place, `${file}${left}`), { force: true });
    damage(join(place, file));
    return place;
  }
  const half = (path: string) => truncateSync(path, statSync(path).size / 2);
  const garbage = (path: string) => {
    const file = openSync(path, 'r+');
    const bytes = Buffer.alloc(1024 * 1024, 'Nothing of the kind. ');
    writeSync(file, bytes, 0, bytes.length, Math.floor(statSync(path).size / 2));
    closeSync(file);
  };
  const text = (path: string) => writeFileSync(path, 'no,company,since\n'.repeat(1_000));

  /** One line that says what it is and what to do, and nobody who seems to write. */
  async function refuses(place: string, code: string, says: RegExp, ...commands: string[][]): Promise<void> {
    for (const args of commands) {
      const ended = await run(...args, '--data', place);
      expect([args, ended.code, ended.out, ended.err]).toEqual([args, 1, '', expect.stringMatching(says)]);
      expect(ended.err).toMatch(new RegExp(`^${code}: [^\n]*\n$`));
      expect(existsSync(join(place, 'events.db.holder.json'))).toBe(false);
    }
  }
  const start = ['start', '--port', '0'];
  const report = ['report', 'retention'];

  it.each([
    ['half of the log', half],
    ['a log of something else', text],
  ])('%s is noticed at once, whoever opens it', async (_, damage) => {
    const says = /events\.db.*put back a copy/;
    await refuses(damaged('events.db', damage), 'data-unreadable', says, start, ['events'], report);
  });

  it('what cannot be read in the middle of the log ends what comes across it', async () => {
    const place = damaged('events.db', garbage);
    const { code, err } = await run('events', '--data', place);
    expect([code, err]).toEqual([1, expect.stringMatching(/^data-unreadable: .*put back a copy[^\n]*\n$/i)]);
  });

  it('a log that is gone is not begun anew beside what was made from it', async () => {
    const place = damaged('events.db', rmSync);
    await refuses(place, 'log-cut', /put back a copy/i, start, ['events'], report, ['rebuild', '--all']);
    expect(existsSync(join(place, 'events.db'))).toBe(false);
  });

  it('what has not been written to it yet may be empty', async () => {
    const place = damaged('events.db', (path) => writeFileSync(`${path}-wal`, ''));
    expect((await answerOf<Status>('status', '--data', place)).log.events).toBeGreaterThanOrEqual(demo.events);
  });

  it.each([
    ['half of them', half],
    ['something else', text],
  ])('read models of which %s is left are made again when they are deleted', async (_, damage) => {
    const place = damaged('read-models.db', damage);
    const says = /read-models\.db.*delete it: `annals rebuild --all`/;
    await refuses(place, 'data-unreadable', says, start, report, ['status'], ['rebuild', '--all']);
    rmSync(join(place, 'read-models.db'));
    await refuses(place, 'data-missing', /`annals rebuild --all` makes it again/, report);
    expect((await run('rebuild', '--all', '--data', place)).code).toBe(0);
    expect((await answerOf<Report>('report', 'retention', '--data', place)).rows).toEqual(demo.retention.rows);
  });

  it('read models that cannot be read in the middle say so when they are asked, and when they are rebuilt', async () => {
    const place = damaged('read-models.db', garbage);
    const { code, err } = await run('rebuild', '--all', '--data', place);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^projecting-failed: .*read-models\.db is damaged.*delete it/m),
    ]);
    expect(err).not.toContain('    at ');
  });
});

describe('the demo', () => {
  it('answers with chart, funnel, retention and a history', () => {
    expect(demo.events).toBeGreaterThan(5_000);
    expect(demo.chart.units).toHaveLength(1);
    expect(demo.funnel.rows.length).toBeGreaterThan(5);
    expect(demo.retention.rows.length).toBeGreaterThan(12);
    expect(demo.history.entries.length).toBeGreaterThan(15);
    expect(demo.history.id).toBe(demo.customer.customerId);
  });

  it('is not made up twice', async () => {
    const again = await run('demo', '--no-serve', '--data', data);
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toContain('Three things to try');
    expect((await answerOf<Demo>('demo', '--no-serve', '--data', data)).funnel.rows).toEqual(demo.funnel.rows);
  });

  it('keeps away from other data', async () => {
    const { code, err } = await run('demo', '--no-serve', '--seed', '2', '--data', data);
    expect([code, err]).toEqual([1, expect.stringMatching(/^data-not-demo: /)]);
  });

  it('goes on where it was stopped', async () => {
    const place = join(folder(), 'stopped');
    const program = Program.start('demo', '--no-serve', '--data', place);
    for (let events = 0; events < 500;) {
      await new Promise((settle) => setTimeout(settle, 50));
      const { code, out } = await run('status', '--json', '--data', place);
      events = code === 0 ? (JSON.parse(out) as Status).log.events : 0;
    }
    expect((await program.interrupt()).code).toBe(130);
    const { events, funnel } = await answerOf<Demo>('demo', '--no-serve', '--data', place);
    expect(events).toBeGreaterThan(5_000);
    expect(funnel.rows.length).toBe(demo.funnel.rows.length);
    expect((await run('demo', '--no-serve', '--data', place)).err).toBe('');
  });

  it('serves, says what to try, and stops on Ctrl-C', async () => {
    const program = Program.start('demo', '--data', data);
    const [, url] = await program.said(/Listening on (\S+),/);
    const [, id, body] = await program.said(/customers\/(\S+)\/tier [^]*?-d '(.*)'/);
    const response = await fetch(`${url}/customers/${id}/tier`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body!,
    });
    expect(response.status).toBe(200);
    const { position } = (await response.json()) as { position: number };
    const { entries } = await answerOf<History>(
      'history',
      'customer',
      id!,
      '--type',
      'CustomerTierOverridden',
      '--data',
      data,
    );
    expect(entries.at(-1)).toMatchObject({
      position,
      type: 'CustomerTierOverridden',
      data: { reason: 'seen in the demo' },
    });
    expect((await program.interrupt()).code).toBe(130);
  });
});

describe('a report', () => {
  it.each(reportNames)('%s is answered as one document', async (name) => {
    const report = await answerOf<Report>('report', name, '--data', data);
    expect(report).toMatchObject({
      report: name,
      zone: 'UTC',
      axis: 'occurred',
      window: { from: null, to: null, asOf: null },
    });
    expect(report.rows.length).toBeGreaterThan(0);
    expect(report.position).toBeGreaterThanOrEqual(demo.events);
  });

  it('is a table for people, never cut in a file, and CSV', async () => {
    const { out } = await run('report', 'performance', '--by', 'manager,employee', '--data', data);
    expect(out).not.toContain('…');
    expect(out).not.toContain('\u001b[');
    expect(out).toMatch(/^manager .*won amount EUR/m);
    const { out: csv } = await run('report', 'performance', '--by', 'employee', '--csv', '--data', data);
    expect(csv).toMatch(/^employee,employeeName,won,/);
    expect(csv.endsWith('\r\n')).toBe(true);
    expect(csv.split('\r\n').length).toBeGreaterThan(8);
  });

  it('adds everything up, or only what has certain values', async () => {
    const won = async (...args: string[]) => {
      const { rows } = await answerOf<Report>('report', 'performance', ...args, '--data', data);
      return rows.map(({ product, won: count }) => ({ product, won: Number(count) }));
    };
    const by = await won('--by', 'product');
    const [first, second] = by;
    const sum = (rows: typeof by) => rows.reduce((total, row) => total + row.won, 0);
    expect(await won('--by', '')).toEqual([{ product: undefined, won: sum(by) }]);
    const two = [first!, second!];
    const wanted = two.map(({ product }) => product).join(',');
    expect(await won('--by', 'product', '--where', `product=${wanted}`)).toEqual(two);
    expect(await won('--by=', '--where', `product=${first!.product}`, '--where', `product=${second!.product}`)).toEqual(
      [{ product: undefined, won: sum(two) }],
    );
    expect(await won('--by', 'product', '--where', 'product=')).toEqual([]);
    const text = await run('report', 'performance', '--where', `product=${wanted}`, '--data', data);
    expect(text.out).toContain(`only product ${first!.product} or ${second!.product}`);
    const { code, err } = await run('report', 'performance', '--where', 'prodct=x', '--data', data);
    expect([code, err]).toEqual([1, expect.stringMatching(/^dimension-unknown: .*prodct[^]*\n {2}product\n/)]);
  });

  it('answers for the past', async () => {
    const past = await answerOf<Report>('report', 'funnel', '--as-of', '2001-01-01', '--data', data);
    expect(past.window.asOf).toBe('2001-01-01T23:59:59.999Z');
    expect(past.rows.every(({ entered }) => entered === 0)).toBe(true);
  });

  it('says what else could be meant', async () => {
    const { code, err } = await run('report', 'funnel', '--basis', 'cohrt', '--data', data);
    expect([code, err]).toEqual([1, expect.stringMatching(/^basis-unknown: .*\n {2}cohort\n {2}activity\n$/)]);
    expect((await run('report', 'funnel', '--zone', 'Mars/Base', '--data', data)).err).toMatch(/^zone-unknown: /);
    expect((await run('report', 'funnel', '--pipeline', 'none', '--data', data)).err).toMatch(/^name-unknown: /);
    expect((await run('report', 'funnel', '--pipeline', 'direct', '--data', data)).code).toBe(0);
  });
});

describe('a history', () => {
  it('is found by name, by the beginning of a name, and by id', async () => {
    const { customerId, details } = demo.customer;
    const { name } = details;
    for (const given of [name, name.toUpperCase(), name.slice(0, -1), customerId]) {
      const { id, entries } = await answerOf<History>('history', 'customer', given, '--data', data);
      expect(id).toBe(customerId);
      expect(entries.length).toBeGreaterThanOrEqual(demo.history.entries.length);
    }
  });

  it('is not guessed at', async () => {
    const { code, err } = await run('history', 'customer', 'a', '--data', data);
    expect(code).toBe(1);
    expect(err).toMatch(/^name-(ambiguous|unknown): /);
    expect((await run('history', 'employee', 'e', '--data', data)).err).toMatch(/^name-(ambiguous|unknown): /);
    expect((await run('history', 'task', 'something', '--data', data)).err).toMatch(/^name-unknown: /);
    expect((await run('history', 'task', demo.customer.customerId, '--data', data)).err).toMatch(/^task-unknown: /);
  });

  it('is that of people, units and positions too', async () => {
    expect((await run('history', 'org-unit', 'Key Accounts', '--data', data)).out).toMatch(
      /OrgUnitCreated +front_line|OrgUnitCreated/,
    );
    expect((await run('history', 'position', 'head of sales', '--data', data)).out).toContain('PositionDefined');
    const line = /^ +. ([A-Z]\w+ [A-Z]\w+) \(absent/m.exec((await run('chart', '--data', data)).out);
    const { out } = await run('history', 'employee', line![1]!, '--data', data);
    expect(out).toMatch(/EmployeeHired[^]*EmployeeAbsenceRecorded/);
  });

  it('ends at a moment and is filtered by kind and person', async () => {
    const [first] = demo.history.entries;
    const id = demo.customer.customerId;
    const early = await answerOf<History>('history', 'customer', id, '--as-of', first!.occurredAt, '--data', data);
    expect(early.entries.every(({ occurredAt }) => occurredAt <= first!.occurredAt)).toBe(true);
    const contacts = await answerOf<History>('history', 'customer', id, '--type', 'ContactAdded', '--data', data);
    expect(new Set(contacts.entries.map(({ type }) => type))).toEqual(new Set(['ContactAdded']));
    const own = await answerOf<History>('history', 'customer', id, '--actor', first!.actor.name, '--data', data);
    expect(new Set(own.entries.map(({ actor }) => actor.name))).toEqual(new Set([first!.actor.name]));
  });
});

it('the chart differs before the organisation changed', async () => {
  const now = await run('chart', '--data', data);
  expect(now.out).toContain('Key Accounts (team, front line)');
  const [, day] = /chart --as-of (\S+)/.exec((await run('demo', '--no-serve', '--data', data)).out)!;
  const before = await run('chart', '--as-of', day!, '--data', data);
  expect(before.code).toBe(0);
  expect(before.out).not.toContain('Key Accounts');
  expect(before.out).toContain('Sales North');
});

describe('the log', () => {
  it('is printed event by event, filtered as asked', async () => {
    const { out } = await run('events', '--data', data);
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { position: number; type: string; stream: string });
    expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
    const some = await run(
      'events',
      '--type',
      'OpportunityWon,OpportunityLost',
      '--stream',
      'opportunity-',
      '--after',
      '100',
      '--data',
      data,
    );
    expect(events.length).toBeGreaterThanOrEqual(demo.events);
    const wanted = events.filter(({ type, position }) => /^Opportunity(Won|Lost)$/.test(type) && position > 100);
    expect(
      some.out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { position: number }).position),
    ).toEqual(wanted.map(({ position }) => position));
  });

  it('may be read in part', async () => {
    const { code, out, err } = await piped(['events', '--data', data], 'head -n 2');
    expect([code, out.trimEnd().split('\n').length, err]).toEqual([0, 2, '']);
  });

  it('knows its types', async () => {
    const { code, err } = await run('events', '--type', 'OpportunityWin', '--data', data);
    expect(code).toBe(1);
    expect(err).toMatch(/^event-type-unknown: /);
  });
});

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
    const mapping = join(folder(), 'mapping.json');
    writeFileSync(mapping, JSON.stringify({ source: 's', steps: [] }));
    const { code, err } = await run('import', mapping, folder(), '--data', place);
    expect(code).toBe(1);
    expect(err).toMatch(/^data-held: /);
    expect(err).toContain(`kill -INT ${pid}`);
    expect(err).toContain(`${url}/docs`);
  });

  it('read models are rebuilt through it', async () => {
    const { code, out, err } = await run('rebuild', 'customer-list', '--json', '--data', place);
    expect([code, err]).toEqual([0, expect.stringContaining(`rebuilding through ${url}`)]);
    expect(JSON.parse(out)).toMatchObject({ rebuilt: [{ name: 'customer-list', position: 1 }] });
    expect((await run('rebuild', 'customer-lost', '--data', place)).err).toMatch(
      /projection-unknown: .*\n[^]* {2}customer-list\n/,
    );
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
    expect((await ended)[0]).toMatchObject({ type: 'cancelled' });
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
  const files = folder();
  const mapping = join(folder(), 'mapping.json');

  beforeAll(() => {
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
  });

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
      /2025-01-02 00:00 +\d+ d +CustomerRegistered/,
    );
  });

  it('needs its mapping and its folder', async () => {
    expect((await run('import', join(files, 'none.json'), files)).err).toMatch(/^mapping-unreadable: /);
    expect((await run('import', mapping, join(files, 'none'))).err).toMatch(/^folder-missing: /);
    mkdirSync(join(files, 'empty'));
    expect((await run('import', mapping, join(files, 'empty'), '--dry-run')).err).toMatch(/file-missing: /);
  });
});
