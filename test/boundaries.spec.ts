import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Planted } from './support/planted.js';

const rules = (createRequire(import.meta.url)('../.dependency-cruiser.cjs') as { forbidden: { name: string }[] })
  .forbidden;

/** One violation of each boundary: the file that commits it, and what it says. */
const faults: Record<string, [file: string, source: string]> = {
  'no-cycles': ['libs/http/loop-a.ts', "import type { B } from './loop-b.js'; export type A = B | 1;"],
  'no-dead-imports': ['libs/http/dead.ts', "import './nowhere.js';"],
  'events-import-events-only': [
    'libs/loyalty/events.ts',
    "import type { Win } from '../opportunities/commands.js'; export type E = Win;",
  ],
  'commands-are-data': [
    'libs/loyalty/points.commands.ts',
    "import { rule } from '../customers/customer.decider.js'; export const c = rule;",
  ],
  'deciders-are-pure': [
    'libs/customers/impure.decider.ts',
    "import { randomUUID } from 'node:crypto'; export const id = randomUUID;",
  ],
  'projections-are-pure': [
    'projections/impure.ts',
    "import { readFileSync } from 'node:fs'; export const read = readFileSync;",
  ],
  'reports-are-pure': [
    'reports/impure.ts',
    "import { Reading } from '../libs/read-models/asking/reading.js'; export const read = Reading;",
  ],
  'report-helpers-are-pure': [
    'libs/reports/figures.ts',
    "import { Reading } from '../read-models/asking/reading.js'; export const total = Reading;",
  ],
  'the-answering-code-knows-no-report': [
    'libs/reports/facts.ts',
    "import { deals } from '../../reports/deals.js'; export const facts = deals;",
  ],
  'processes-are-pure': [
    'processes/impure.ts',
    "import { run } from '../libs/processes/process-runner.js'; export const r = run;",
  ],
  'event-store-engines-know-the-port-only': [
    'libs/event-store/esdb/peeping.ts',
    "import { open } from '../sqlite/sqlite.event-store.js'; export const o = open;",
  ],
  'event-store-is-opened-in-one-file': [
    'libs/customers/opening.ts',
    "import { open } from '../event-store/sqlite/sqlite.event-store.js'; export const o = open;",
  ],
  'read-models-engines-know-the-port-only': [
    'libs/read-models/mongo/peeping.ts',
    "import { open } from '../sqlite/sqlite.read-models.js'; export const o = open;",
  ],
  'read-models-is-opened-in-one-file': [
    'libs/read-models/asking/peeping.ts',
    "import { open } from '../sqlite/sqlite.read-models.js'; export const o = open;",
  ],
  'process-memory-engines-know-the-port-only': [
    'libs/processes/memory/esdb.process-memory.ts',
    "import { run } from '../process-runner.js'; export const r = run;",
  ],
  'process-memory-is-opened-in-one-file': [
    'libs/processes/remembering.ts',
    "import { open } from './memory/sqlite.process-memory.js'; export const o = open;",
  ],
  'helpers-stand-alone': ['libs/text.ts', "import { Clock } from './clock.js'; export const t = Clock;"],
  'config-stands-alone': ['libs/config.ts', "import { guard } from './security/guard.js'; export const g = guard;"],
  'contexts-meet-through-events-commands-and-facts': [
    'libs/leads/lead.rules.ts',
    "import { rule } from '../customers/customer.decider.js'; export const r = rule;",
  ],
  'import-steps-send-commands': [
    'libs/import/steps/leads.ts',
    "import { rule } from '../../customers/customer.decider.js'; export const r = rule;",
  ],
  'queries-never-decide': [
    'libs/tasks/queries.ts',
    "import { Streams } from '../event-store/streams.js'; export const s = Streams;",
  ],
  'controllers-only-translate': [
    'libs/tasks/tasks.controller.ts',
    "import { Streams } from '../event-store/streams.js'; export const s = Streams;",
  ],
  'ports-know-no-context': [
    'libs/read-models/knowing.ts',
    "import type { E } from '../customers/events.js'; export type K = E;",
  ],
  'event-store-knows-no-read-model': [
    'libs/event-store/reading.ts',
    "import type { P } from '../read-models/projection.js'; export type R = P;",
  ],
  'read-models-read-the-port': [
    'libs/read-models/peeping.ts',
    "import { open } from '../event-store/sqlite/sqlite.event-store.js'; export const o = open;",
  ],
  'subscriptions-read-the-port': [
    'libs/subscriptions/peeping.ts',
    "import { open } from '../event-store/sqlite/sqlite.event-store.js'; export const o = open;",
  ],
  'subscriptions-speak-the-protocol-only': [
    'libs/subscriptions/calling.ts',
    "import { Client } from '@eventstore/db-client'; export const c = Client;",
  ],
  'the-protocol-is-spoken-in-one-folder': [
    'libs/http/calling.ts',
    "import { Server } from '@grpc/grpc-js'; export const s = Server;",
  ],
  'observability-is-wired-by-apps': [
    'libs/customers/counting.ts',
    "import { count } from '../observability/metrics.js'; export const c = count;",
  ],
  'libs-know-no-app': [
    'libs/http/upwards.ts',
    "import { start } from '../../apps/api/main.js'; export const s = start;",
  ],
  'only-apps-know-the-contexts': [
    'libs/audit/all.ts',
    "import { customers } from '../customers/context.js'; export const a = customers;",
  ],
  'a-context-lists-what-is-its-own': [
    'libs/opportunities/context.ts',
    "import { customers } from '../customers/context.js'; export const c = customers;",
  ],
  'shipped-code-knows-no-test': [
    'apps/cli/testing.ts',
    "import { given } from '../../test/given.js'; export const g = given;",
  ],
  'shipped-code-needs-no-dev-dependency': [
    'apps/cli/bench.ts',
    "import autocannon from 'autocannon'; export const a = autocannon;",
  ],
  'sqlite-stays-in-its-adapters': [
    'apps/cli/peek.ts',
    "import { DatabaseSync } from 'node:sqlite'; export const d = DatabaseSync;",
  ],
  'drivers-stay-in-adapters': [
    'apps/cli/mongo.ts',
    "import { MongoClient } from 'mongodb'; export const m = MongoClient;",
  ],
};

/** What the table allows, and the targets of the faults: nothing of this may be reported. */
const sound: Record<string, string> = {
  'libs/errors.ts': 'export class Refusal extends Error {}',
  'libs/money.ts':
    "import { Refusal } from './errors.js'; export type Money = { amount: number }; export const no = Refusal;",
  'libs/time.ts': "import { DateTime } from 'luxon'; export const at = DateTime.fromISO;",
  'libs/ids.ts': "import { v7 } from 'uuid'; export const newId = v7;",
  'libs/clock.ts': 'export class Clock {}',
  'libs/sqlite/sqlite.ts': "import { DatabaseSync } from 'node:sqlite'; export const open = DatabaseSync;",
  'libs/event-store/event-store.ts': 'export interface Appended { revision: number }',
  'libs/event-store/decider.ts': 'export const decider = (of: object) => of;',
  'libs/event-store/streams.ts': "import { Clock } from '../clock.js'; export class Streams extends Clock {}",
  'libs/event-store/sqlite/sqlite.event-store.ts': "export { open } from '../../sqlite/sqlite.js';",
  'libs/event-store/open-event-store.ts': "export { open } from './sqlite/sqlite.event-store.js';",
  'libs/read-models/sqlite/sqlite.read-models.ts': "export { open } from '../../sqlite/sqlite.js';",
  'libs/read-models/open-read-models.ts': "export { open } from './sqlite/sqlite.read-models.js';",
  'libs/processes/memory/sqlite.process-memory.ts':
    "import { DatabaseSync } from 'node:sqlite'; export const open = DatabaseSync;",
  'libs/commands/command.ts': 'export const command = (of: object) => of;',
  'libs/import/events.ts': 'export type I = 1;',
  'libs/leads/events.ts': 'export type L = 1;',
  'libs/tasks/events.ts': 'export type T = 1;',
  'libs/read-models/projection.ts':
    "import type { Appended } from '../event-store/event-store.js'; export type P = Appended;",
  'libs/read-models/rollup.ts': 'export const rollup = (of: object) => of;',
  'libs/subscriptions/serving.ts':
    "import { Server } from '@grpc/grpc-js'; import type { Appended } from '../event-store/event-store.js'; export type S = [typeof Server, Appended];",
  'libs/observability/metrics.ts': 'export const count = 0;',
  'libs/security/guard.ts': 'export const guard = 0;',
  'libs/http/loop-b.ts': "import type { A } from './loop-a.js'; export type B = A | 2;",
  'libs/opportunities/events.ts': "import type { Money } from '../money.js'; export type Won = Money;",
  'libs/opportunities/commands.ts':
    "import { command } from '../commands/command.js'; import type { Appended } from '../event-store/event-store.js'; export class Win { made = command as unknown as Appended }",
  'libs/opportunities/pipeline.commands.ts':
    "import type { Won } from './events.js'; import { Win } from './commands.js'; export class Draft extends Win { won?: Won }",
  'libs/customers/events.ts': "import type { Won } from '../opportunities/events.js'; export type E = Won;",
  'libs/customers/customer.decider.ts':
    "import { decider } from '../event-store/decider.js'; import { Refusal } from '../errors.js'; import type { E } from './events.js'; import type { Tag } from './tag.commands.js'; import { at } from '../time.js'; export const rule = decider({ Refusal, at } as unknown as E & Tag);",
  'libs/customers/tag.commands.ts':
    "import { command } from '../commands/command.js'; export class Tag { made = command }",
  'libs/customers/customers.module.ts':
    "import { Streams } from '../event-store/streams.js'; import { Win } from '../opportunities/commands.js'; import { Draft } from '../opportunities/pipeline.commands.js'; import { rule } from './customer.decider.js'; export const m = [Streams, Win, Draft, rule];",
  'libs/customers/queries.ts': "import { board } from '../../projections/board.js'; export const q = board;",
  'processes/follow-up.ts':
    "import { Win } from '../libs/opportunities/commands.js'; import type { E } from '../libs/customers/events.js'; import { newId } from '../libs/ids.js'; export const react = (e: E) => [Win, e, newId()];",
  'libs/processes/process-runner.ts': "import { Clock } from '../clock.js'; export const run = Clock;",
  'projections/board.ts':
    "import { rollup } from '../libs/read-models/rollup.js'; import type { E } from '../libs/customers/events.js'; export const board = rollup({} as E);",
  'libs/read-models/asking/reading.ts': "import { Clock } from '../../clock.js'; export const Reading = Clock;",
  'libs/reports/report.ts':
    "import type { P } from '../read-models/projection.js'; export const report = (of: object) => of as P;",
  'reports/deals.ts':
    "import { report } from '../libs/reports/report.js'; import { rollup } from '../libs/read-models/rollup.js'; import type { E } from '../libs/customers/events.js'; import { at } from '../libs/time.js'; import { board } from '../projections/board.js'; export const deals = report([rollup, board, at] as unknown as E);",
  'libs/import/steps/customers.ts':
    "import { Tag } from '../../customers/tag.commands.js'; export const steps = [Tag];",
  'libs/customers/context.ts':
    "import { deals } from '../../reports/deals.js'; import { board } from '../../projections/board.js'; import { react } from '../../processes/follow-up.js'; import { steps } from '../import/steps/customers.js'; import { m } from './customers.module.js'; export const customers = [board, deals, react, steps, m];",
  'apps/api/main.ts':
    "import { customers } from '../../libs/customers/context.js'; import { count } from '../../libs/observability/metrics.js'; export const start = [customers, count];",
  'test/given.ts': 'export const given = 0;',
};

/** Packages the trees above import; empty ones do, since only their names matter. */
const packages = ['@eventstore/db-client', '@grpc/grpc-js', 'autocannon', 'luxon', 'mongodb', 'uuid'];

interface Cruise {
  summary: { violations: { rule: { name: string }; from: string }[] };
}

const planted = new Planted();

describe('the table of who may import whom', () => {
  let reported: string[];

  beforeAll(() => {
    const stubs = packages.flatMap((name) => [
      [`node_modules/${name}/package.json`, `{ "name": "${name}", "version": "1.0.0", "main": "index.js" }`],
      [`node_modules/${name}/index.js`, ''],
    ]);
    planted.plant({
      ...sound,
      ...Object.fromEntries(stubs),
      ...Object.fromEntries(Object.values(faults)),
    });
    const options = [
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      'apps',
      'libs',
      'processes',
      'projections',
      'reports',
    ];
    const { summary } = planted.run<Cruise>('depcruise', ...options);
    reported = summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
  });

  it.each(rules.map(({ name }) => name))('%s is reported when broken', (name) => {
    expect(faults).toHaveProperty([name]);
    expect(reported).toContain(`${name}: ${faults[name]![0]}`);
  });

  it('knows every rule that has a fault here', () => {
    expect(rules.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(faults)));
  });

  it('reports nothing of what it allows', () => {
    expect(reported.filter((line) => line.split(': ')[1]! in sound)).toEqual([]);
  });
});
