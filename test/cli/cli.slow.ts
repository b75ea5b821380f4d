import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { History } from '../../libs/audit/queries.js';
import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import type { Report } from '../../libs/reports/answer.js';
import { upcasters } from '../../libs/upcasters.js';
import { readModels as definitions, reports } from '../../apps/program/definitions.js';
import { folder } from '../support/folder.js';
import { data, makeUp } from './demo-data.js';
import type { Demo, Status } from './demo-data.js';
import { answerOf, piped, Program, run } from './program.js';

let demo: Demo;

beforeAll(async () => {
  demo = await makeUp();
});

/** Read models as the log has it, made while nothing else ran that could add to it. */
async function projected(place: string): Promise<void> {
  const clock = new SystemClock();
  const store = new SqliteEventStore({ path: join(place, 'events.db'), clock, upcasting: new Upcasting(upcasters) });
  const readModels = new SqliteReadModels({ path: join(place, 'read-models.db'), clock });
  const report = (what: string) => {
    throw new Error(what);
  };
  await new Projector({ store, readModels, definitions, zone: 'UTC', report }).catchUp();
  await readModels.close();
  await store.close();
}

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
    [['status', '--data', ''], 'the name of a folder', ''],
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

/** Processes that fell behind before the program was killed: what they handled since is answered when they handle it again. */
function fallBehind(place: string): void {
  copyFileSync(join(data, 'events-processes.db'), join(place, 'events-processes.db'));
  const memory = new DatabaseSync(join(place, 'events-processes.db'));
  const sql = `UPDATE memory SET document = json_set(document, '$.position', 0, '$.begun', 0)`;
  memory.exec(`${sql} WHERE name LIKE 'state.%'`);
  memory.close();
}

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
    const { events, funnel } = await answerOf<Demo>('demo', '--no-serve', '--data', data);
    expect([events, funnel.rows]).toEqual([demo.events, demo.funnel.rows]);
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

  it('goes on where it was killed, with no event too many: what was open then is not due before it is told on', async () => {
    const place = folder();
    copyFileSync(join(data, 'events.db'), join(place, 'events.db'));
    const log = new DatabaseSync(join(place, 'events.db'));
    // Cut before a task is completed in time, whose due date is long past by the time of the world.
    const sql = `SELECT max(position) AS at FROM event WHERE type = 'TaskCompleted' AND stream NOT IN
      (SELECT stream FROM event WHERE type = 'TaskBecameOverdue') AND position < 7000`;
    log.exec(`DELETE FROM event WHERE position >= ${Number(log.prepare(sql).get()?.['at'])}`);
    log.close();
    fallBehind(place);
    await projected(place);
    expect((await answerOf<Demo>('demo', '--no-serve', '--data', place)).events).toBe(demo.events);
  });

  it('serves, says what to try, and stops on Ctrl-C', async () => {
    const program = Program.start('demo', '--data', data, '--subscriptions-port', 'off');
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
    const { code, out } = await program.interrupt();
    expect(code).toBe(130);
    expect(out).not.toContain('Subscriptions at');
  });
});

describe('a report', () => {
  it.each(reports.map(({ name }) => name))('%s is answered as one document', async (name) => {
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
    expect(out).toMatch(/^manager .*won amount .*open amount /m);
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
    const nothing = ['report', 'performance', '--data', data, '--where'];
    expect((await run(...nothing, 'product=no such thing')).err).toMatch(/^value-unknown: /);
    expect((await run(...nothing, 'employee=nobody')).err).toMatch(/^name-unknown: /);
    expect((await run(...nothing, `employee=${demo.customer.customerId}`)).err).toMatch(/^employee-unknown: /);
    expect((await run('report', 'funnel', '--axis', 'recorded', '--data', data)).err).toMatch(/^axis-without-moment: /);
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
    const refused = async (...args: string[]) => (await run('history', 'customer', id, ...args, '--data', data)).err;
    expect(await refused('--type', 'ContactAded')).toMatch(/^event-type-unknown: /);
    expect(await refused('--actor', 'no such person')).toMatch(/^actor-unknown: /);
    expect(await refused('--axis', 'recorded')).toMatch(/^axis-without-moment: /);
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

describe('what cannot be written or found', () => {
  it.each([
    [['status', '--data', data]],
    [['status', '--data', data, '--json']],
    [['events', '--data', data]],
    [['--help']],
  ])('%j into a device that is full ends with 1 and a sentence', async (args) => {
    const { code, err } = await piped(args, '> /dev/full');
    expect([code, err]).toEqual([1, expect.stringMatching(/^output-unwritable: Standard output[^\n]*\n$/)]);
  });

  it('a name that is too long ends with 1 and a sentence', async () => {
    const long = join(folder(), 'x'.repeat(300));
    for (const args of [['status'], ['start', '--port', '0'], ['demo', '--no-serve'], ['import', data, long]]) {
      const { code, err } = await run(...args, '--data', long);
      expect([args, code, err]).toEqual([args, 1, expect.stringMatching(/^[-a-z]+: [^\n]*\n$/)]);
    }
  });
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

  it('is CSV where that is asked for, and so is a history', async () => {
    const { id, entries } = demo.history;
    const csv = async (...args: string[]): Promise<string[][]> =>
      parse((await run(...args, '--csv', '--data', data)).out);
    const history = await csv('history', 'customer', id);
    expect(history.slice(1, entries.length + 1).map(([position]) => Number(position))).toEqual(
      entries.map(({ position }) => position),
    );
    const [first] = entries;
    const asked = ['--actor', first!.actor.name, '--since', first!.occurredAt, '--stream', `customer-${id}`];
    const [titles, line] = await csv('events', ...asked);
    expect(titles).toEqual(history[0]);
    expect(line).toEqual(history[1]);
  });

  it('does not answer with nothing where what is asked for is not there', async () => {
    for (const [option, value, code] of [
      ['--actor', 'Nemo', 'actor-unknown'],
      ['--import', 'none', 'import-unknown'],
      ['--stream', 'ghost-', 'stream-unknown'],
    ] as const) {
      const { out, err } = await run('events', option, value, '--csv', '--data', data);
      expect([out, err.split(':')[0]]).toEqual(['', code]);
    }
    const { err } = await run('events', '--since', '2024-02-01', '--before', '2024-01-01', '--data', data);
    expect(err).toMatch(/^window-invalid: /);
  });

  it('may be read in part', async () => {
    const { code, out, err } = await piped(['events', '--data', data], '| head -n 2');
    expect([code, out.trimEnd().split('\n').length, err]).toEqual([0, 2, '']);
  });

  it('knows its types', async () => {
    const { code, err } = await run('events', '--type', 'OpportunityWin', '--data', data);
    expect(code).toBe(1);
    expect(err).toMatch(/^event-type-unknown: /);
    expect((await run('events', '--after', '999999999', '--data', data)).err).toMatch(/^log-position-unknown: /);
  });
});
