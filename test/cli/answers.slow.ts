import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { History } from '../../libs/audit/queries.js';
import type { Report } from '../../libs/reports/answer.js';
import { reports } from '../../apps/program/definitions.js';
import { folder } from '../support/folder.js';
import { data, makeUp } from './demo-data.js';
import type { Demo } from './demo-data.js';
import { answerOf, piped, run } from './program.js';

let demo: Demo;

beforeAll(async () => {
  demo = await makeUp();
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
