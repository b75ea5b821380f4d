import { afterEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventStore } from '../../libs/event-store/event-store.js';
import { Processes } from '../../libs/processes/processes.js';
import { overtakenDecisions } from '../../processes/overtaken-decisions.js';
import { TestApp } from '../support/app.js';
import { wholeLog } from '../support/events.js';
import { property } from '../support/property.js';
import { until } from '../support/until.js';
import { Invariants, randomOf } from './callers.js';
import type { Pick, Sent } from './callers.js';

const CALLERS = 64;
const COMMANDS = 2_500;
const CAP = 2;
const CUSTOMERS = 8;

/** What there is to call about: few of everything, so that callers meet. */
interface World {
  readonly employees: string[];
  readonly pipelines: string[];
  readonly customers: string[];
  readonly seat: string;
}

let app: TestApp | undefined;
afterEach(() => app?.stop());

const STAGES = [
  { id: 'first', name: 'First', kind: 'open', probability: 10, forecastCategory: 'pipeline' },
  { id: 'won', name: 'Won', kind: 'won', probability: 100, forecastCategory: 'closed' },
  { id: 'lost', name: 'Lost', kind: 'lost', probability: 0, forecastCategory: 'omitted' },
];

async function peopled(on: TestApp): Promise<World> {
  const { id: unit } = await on.done('/org-units', { name: 'Company', kind: 'company', level: 'senior' });
  const { id: seat } = await on.done('/positions', { title: 'Seller', orgUnitId: unit, headcount: 100 });
  await on.done(`/positions/${seat}/customer-cap`, { cap: { max: CAP } });
  const world: World = { employees: [], pipelines: [], customers: [], seat };
  for (let index = 0; index < 3; index += 1) {
    world.employees.push((await on.done('/employees', { name: `Person ${index}`, positionId: seat })).id);
    world.pipelines.push((await on.done('/pipelines', { name: `Pipeline ${index}`, stages: STAGES })).id);
  }
  for (let index = 0; index < CUSTOMERS; index += 1) {
    world.customers.push((await on.done('/customers', { kind: 'org', name: `Customer ${index}` })).id);
  }
  // One that is archived from the beginning, so that something is asked of it for certain.
  await on.done(`/customers/${world.customers.at(-1)}/archive`, { reason: 'by mistake' });
  return world;
}

type Call = (world: World, pick: Pick) => [url: string, body: object, made?: string[]];

const due = '2100-01-01T00:00:00.000Z';
const of = (list: readonly string[], pick: Pick): string => list[pick(list.length)]!;
const taxId = (pick: Pick) => `TAX-${pick(4)}`;

/** What is called for, and how often compared with the others. */
const calls: [weight: number, call: Call][] = [
  [3, ({ customers }, pick) => ['/customers', { kind: 'org', name: `Name ${pick(3)}`, taxId: taxId(pick) }, customers]],
  [4, ({ customers }, pick) => [`/customers/${of(customers, pick)}/details`, { taxId: taxId(pick) }]],
  [1, ({ customers }, pick) => [`/customers/${of(customers, pick)}/details`, { taxId: null }]],
  [
    5,
    ({ customers, employees }, pick) => [`/customers/${of(customers, pick)}/owner`, { ownerId: of(employees, pick) }],
  ],
  [
    5,
    ({ customers }, pick) => [
      `/customers/${of(customers, pick)}/parent`,
      { parentCustomerId: pick(3) === 0 ? null : of(customers, pick) },
    ],
  ],
  [2, ({ customers }, pick) => [`/customers/${of(customers, pick)}/archive`, { reason: 'by mistake' }]],
  [
    4,
    ({ customers, employees, pipelines }, pick) => [
      '/opportunities',
      {
        name: 'Deal',
        pipelineId: of(pipelines, pick),
        ownerId: of(employees, pick),
        customerId: of(customers, pick),
      },
    ],
  ],
  [
    3,
    ({ customers, employees }, pick) => [
      '/tasks',
      {
        title: 'Call',
        kind: 'follow_up',
        dueAt: due,
        assigneeId: of(employees, pick),
        subject: { customerId: of(customers, pick) },
      },
    ],
  ],
  [1, ({ employees }, pick) => [`/employees/${of(employees, pick)}/offboarding`, {}]],
  [1, ({ employees }, pick) => [`/employees/${of(employees, pick)}/leave`, {}]],
  [1, ({ employees, seat }, pick) => ['/employees', { name: `Person ${pick(9)}`, positionId: seat }, employees]],
  [1, ({ pipelines }, pick) => [`/pipelines/${of(pipelines, pick)}/retire`, { reason: null }]],
  [1, ({ pipelines }, pick) => ['/pipelines', { name: `New ${pick(1_000_000)}`, stages: STAGES }, pipelines]],
];
const weighted = calls.flatMap(([weight, call]) => Array.from({ length: weight }, () => call));

/** Sends what is called for over as many connections as there are callers. What is new takes the place of what is oldest. */
async function called(base: string, world: World, pick: Pick, run: string): Promise<Sent[]> {
  const sent: Sent[] = [];
  let next = 0;
  const caller = async () => {
    while (next < COMMANDS) {
      const key = `${run}-${next}`;
      next += 1;
      const [url, body, made] = weighted[pick(weighted.length)]!(world, pick);
      const response = await fetch(base + url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      });
      const { id, code } = (await response.json()) as { id: string; code?: string };
      sent.push({ key, status: response.status, code });
      if (made && response.ok) {
        made.push(id);
        made.shift();
      }
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return sent;
}

const counted = (sent: readonly Sent[]) =>
  Object.fromEntries(
    Object.entries(Object.groupBy(sent, ({ status, code = '' }) => `${status} ${code}`.trim())).map(([what, all]) => [
      what,
      all!.length,
    ]),
  );

it('keeps what its rules promise at every position, however many call for it at once', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      app = await TestApp.start();
      await app.http.listen(0, '127.0.0.1');
      const world = await peopled(app);
      run += 1;
      const sent = await called(await app.http.getUrl(), world, randomOf(seed), `run${run}`);
      const store = app.http.get(EventStore);
      const head = await store.head();
      const processes = app.http.get(Processes);
      await until(async () => (await processes.status()).processes.every(({ position }) => position >= head));

      const log = await wholeLog(store);
      const invariants = new Invariants(CAP);
      for (const event of log) invariants.see(event);
      expect(invariants.faults).toEqual([]);
      // One stays archived where its tax number or its place has gone to another one by then: that refusal is counted.
      const { refused } = (await processes.status()).processes.find(({ name }) => name === overtakenDecisions.name)!;
      const referring = invariants.referringToArchived();
      const archived = new Set(referring.map(([, customerId]) => customerId));
      expect(archived.size <= refused ? [] : [refused, ...referring]).toEqual([]);
      const recorded = new Set(log.map(({ metadata }) => metadata.commandId));
      expect(sent.filter(({ key, status }) => status >= 400 && recorded.has(key))).toEqual([]);
      expect(sent.filter(({ status }) => status >= 500)).toEqual([]);
      // All that is forbidden was tried, and not all of it was refused.
      const outcomes = counted(sent);
      for (const code of ['tax-id-taken', 'holding-limit-exceeded', 'parent-cycle', 'customer-archived']) {
        expect(outcomes).toHaveProperty(code === 'tax-id-taken' ? `409 ${code}` : `422 ${code}`);
      }
      await app.stop();
      app = undefined;
    }),
    { ...property<[number]>(3), endOnFailure: true },
  );
});
