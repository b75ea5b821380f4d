import { afterEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { join } from 'node:path';
import type { ProcessStatus } from '../../libs/processes/process-status.js';
import { answerOf, Program, run as exited } from '../cli/program.js';
import { TestClock } from '../support/clock.js';
import { wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { property } from '../support/property.js';
import { sqliteStore } from '../support/stores.js';
import { until } from '../support/until.js';
import { randomOf } from './callers.js';
import type { Pick, Sent } from './callers.js';
import { Ownership } from './ownership.js';

const CALLERS = 32;
const COMMANDS = 2_000;
const CAP = 6;
const DAILY = 5;
const LOCKS = 2;
const SELLERS = 4;
const CUSTOMERS = 20;

/** A server that is killed and started again on the same data; callers send again what was not answered. */
class Server {
  #program: Program | undefined;
  #url: Promise<string>;
  kills = 0;

  constructor(readonly place: string) {
    this.#url = this.#start();
  }

  async #start(): Promise<string> {
    this.#program = Program.start('start', '--port', '0', '--json', '--data', this.place);
    const [document] = await this.#program.said(/\{[^]*\}\n/);
    const { url } = JSON.parse(document) as { url: string };
    await until(async () => (await fetch(`${url}/health/ready`)).ok);
    return url;
  }

  async kill(): Promise<void> {
    await this.#url;
    this.kills += 1;
    this.#url = this.#program!.kill().then(() => this.#start());
    await this.#url;
  }

  stop() {
    return this.#program?.kill();
  }

  async get<Answer>(path: string): Promise<Answer> {
    return (await this.#asked<Answer>(path)).body;
  }

  post(path: string, body: object, key: string) {
    return this.#asked<{ readonly id: string; readonly code?: string }>(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
  }

  /** Until it is answered: the key makes one command of all attempts. */
  async #asked<Answer>(path: string, request: RequestInit = {}): Promise<{ status: number; body: Answer }> {
    for (;;) {
      const url = await this.#url;
      try {
        const response = await fetch(url + path, request);
        const body = (await response.json()) as Answer;
        if (response.status !== 503) return { status: response.status, body };
      } catch (error) {
        // It was killed before it answered.
        if ((error as Error).name !== 'TypeError') throw error;
      }
      await new Promise((settle) => setTimeout(settle, 20));
    }
  }

  async done(path: string, body: object = {}): Promise<string> {
    const { status, body: answer } = await this.post(path, body, crypto.randomUUID());
    if (status >= 300) throw new Error(`${path} answered ${status}: ${JSON.stringify(answer)}`);
    return answer.id;
  }
}

let server: Server | undefined;
afterEach(() => server?.stop());

/** Few of everything, so that people meet. */
interface World {
  readonly sellers: string[];
  readonly lead: string;
  readonly poolId: string;
  readonly pipelineId: string;
  readonly customers: string[];
  readonly transfers: string[];
}

const STAGES = [
  { id: 'first', name: 'First', probability: 10 },
  { id: 'won', name: 'Won', kind: 'won' },
  { id: 'lost', name: 'Lost', kind: 'lost' },
];

async function peopled(on: Server): Promise<World> {
  const unit = await on.done('/org-units', { name: 'Company', kind: 'company', level: 'senior' });
  const head = await on.done('/positions', { title: 'Lead', orgUnitId: unit });
  const lead = await on.done('/employees', { name: 'Lead', positionId: head });
  await on.done(`/org-units/${unit}/head`, { positionId: head });
  const seat = await on.done('/positions', { title: 'Seller', orgUnitId: unit, headcount: 100 });
  await on.done(`/positions/${seat}/customer-cap`, { cap: { max: CAP } });
  const sellers: string[] = [];
  for (let index = 0; index < SELLERS; index += 1) {
    sellers.push(await on.done('/employees', { name: `Seller ${index}`, positionId: seat }));
  }
  const poolId = await on.done('/pools', { name: 'Pool', kind: 'customer' });
  await on.done(`/pools/${poolId}/members`, { members: { orgUnitIds: [unit] } });
  await on.done(`/pools/${poolId}/rules`, { claim: { dailyLimit: DAILY }, holding: { locks: LOCKS } });
  const pipelineId = await on.done('/pipelines', { name: 'Deals', stages: STAGES });
  const when = { amountAtLeast: null, tiers: [], crossesDepartments: null };
  const step = { name: 'lead', approvers: [{ by: 'person', id: lead }], mode: 'any', when };
  const answers = { vacant: 'refuse', absent: 'wait', submitter: 'ask', beneficiary: 'ask', repeated: 'ask' };
  const flowId = await on.done('/approval-flows', { name: 'Transfers', steps: [step], answers });
  await on.done('/transfer-policies', { flowId });
  const customers: string[] = [];
  for (let index = 0; index < CUSTOMERS; index += 1) {
    customers.push(await on.done('/customers', { kind: 'org', name: `Customer ${index}` }));
  }
  return { sellers, lead, poolId, pipelineId, customers, transfers: [] };
}

type Call = (world: World, pick: Pick) => [path: string, body: object, made?: string[]];

const of = (list: readonly string[], pick: Pick): string => list[pick(list.length)] ?? list[0]!;
const about = (does: string, body: (world: World, pick: Pick) => object): Call => {
  return (world, pick) => [`/customers/${of(world.customers, pick)}/${does}`, body(world, pick)];
};

const calls: [weight: number, call: Call][] = [
  [8, about('claim', ({ sellers }, pick) => ({ employeeId: of(sellers, pick) }))],
  [5, about('release', ({ poolId }) => ({ poolId, reason: 'quiet' }))],
  [4, about('owner', ({ sellers }, pick) => ({ ownerId: of(sellers, pick) }))],
  [3, about('lock', () => ({}))],
  [2, about('unlock', () => ({}))],
  [1, about('merge-into', ({ customers }, pick) => ({ survivorId: of(customers, pick), reason: 'the same' }))],
  [6, about('unmerge', () => ({ reason: 'two after all' }))],
  [
    3,
    ({ customers, sellers, pipelineId }, pick) => [
      '/opportunities',
      { name: 'Deal', pipelineId, ownerId: of(sellers, pick), customerId: of(customers, pick) },
    ],
  ],
  [
    5,
    ({ customers, sellers, lead, transfers }, pick) => [
      '/transfers',
      {
        by: lead,
        toOwnerId: of(sellers, pick),
        subjects: [{ kind: 'customer', id: of(customers, pick) }],
        include: { opportunities: 'all', ofOthers: pick(2) === 0 },
        reason: 'moves',
      },
      transfers,
    ],
  ],
  [6, ({ transfers, customers }, pick) => [`/transfers/${of([...transfers, ...customers], pick)}/submit`, {}]],
  [1, ({ transfers, customers }, pick) => [`/transfers/${of([...transfers, ...customers], pick)}/withdraw`, {}]],
];
const weighted = calls.flatMap(([weight, call]) => Array.from({ length: weight }, () => call));

/** Decides about an approval that waits: by who may, or by another who may not. */
async function decide(on: Server, { lead, sellers }: World, pick: Pick, key: string): Promise<Sent | undefined> {
  const { items } = await on.get<{ items: { approvalId: string }[] }>('/approvals?status=pending&limit=20');
  const approval = items[pick(items.length)];
  if (!approval) return undefined;
  const does = pick(4) === 0 ? 'reject' : 'approve';
  const by = pick(3) === 0 ? of(sellers, pick) : lead;
  const path = `/approvals/${approval.approvalId}/${does}`;
  const { status, body } = await on.post(path, { by, ...(does === 'reject' && { reason: 'no' }) }, key);
  return { key, status, code: body.code };
}

async function called(on: Server, world: World, pick: Pick, run: string): Promise<Sent[]> {
  const sent: Sent[] = [];
  let next = 0;
  const caller = async () => {
    while (next < COMMANDS) {
      const key = `${run}-${next}`;
      next += 1;
      if (next % 8 === 0) {
        const decided = await decide(on, world, pick, key);
        if (decided) sent.push(decided);
        continue;
      }
      const [path, body, made] = weighted[pick(weighted.length)]!(world, pick);
      const { status, body: answer } = await on.post(path, body, key);
      sent.push({ key, status, code: answer.code });
      if (made && status < 300) {
        made.push(answer.id);
        if (made.length > 12) made.shift();
      }
    }
  };
  const killer = async () => {
    for (const at of [0.3, 0.6]) {
      await until(() => next >= COMMANDS * at);
      await on.kill();
    }
  };
  await Promise.all([killer(), ...Array.from({ length: CALLERS }, caller)]);
  return sent;
}

const exit = async (...args: string[]) => (await exited(...args)).code;

/** Everything was reacted to that there is. */
async function settled(on: Server): Promise<void> {
  await until(async () => {
    const { head, processes } = await on
      .get<{ head: number; processes: ProcessStatus[] }>('/processes')
      .then(async ({ processes }) => ({ processes, head: await headOf(on) }));
    return processes.every(({ position }) => position >= head) && head === (await headOf(on));
  });
}
const headOf = async (on: Server): Promise<number> => (await on.get<{ head: number }[]>('/projections'))[0]!.head;

it('a customer has one owner or one pool, and every limit holds, whoever calls at once and whatever is killed', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const place = join(folder(), 'owners');
      server = new Server(place);
      const world = await peopled(server);
      run += 1;
      const sent = await called(server, world, randomOf(seed), `run${run}`);
      await settled(server);
      expect(server.kills).toBe(2);
      await server.stop();

      const store = sqliteStore({ path: join(place, 'events.db'), clock: new TestClock(), durability: 'normal' });
      const log = await wholeLog(store);
      await store.close();
      const approvers = new Set([world.lead]);
      const ownership = new Ownership({ cap: CAP, dailyLimit: DAILY, locks: LOCKS, approvers });
      for (const event of log) ownership.see(event);
      expect(ownership.faults).toEqual([]);
      expect(ownership.unaccounted).toEqual([]);
      expect(ownership.unmerged).toEqual([]);
      const recorded = new Set(log.map(({ metadata }) => metadata.commandId));
      expect(sent.filter(({ key, status }) => status >= 400 && recorded.has(key))).toEqual([]);
      expect(sent.filter(({ key, status }) => status < 300 && !recorded.has(key)).length).toBeLessThan(sent.length);
      expect(sent.filter(({ status }) => status >= 500)).toEqual([]);
      // Every command that processes sent was done once.
      const ids = log.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      // All that is forbidden was tried.
      const codes = new Set(sent.map(({ code }) => code));
      const forbidden = [
        'holding-limit-exceeded',
        'daily-claim-limit',
        'customer-locked',
        'transfer-pending',
        'lock-limit-exceeded',
        'approval-not-yours',
        'customer-merged',
        'merge-blocked',
      ];
      expect(forbidden.filter((code) => !codes.has(code))).toEqual([]);
      const types = new Set(log.map(({ type }) => type));
      const story = [
        'CustomerClaimed',
        'TransferItemMoved',
        'TransferCompleted',
        'TransferRejected',
        'CustomerLocked',
        'CustomerAbsorbed',
        'CustomerSeparated',
        'OpportunityCustomerChanged',
      ];
      expect(story.filter((type) => !types.has(type))).toEqual([]);
      // What was built beside it is what a rebuild comes to.
      for (const name of ['customer-list', 'transfer-list', 'approval-list']) {
        expect(await exit('rebuild', name, '--data', place)).toBe(0);
        const same = { differ: 0, onlyInActive: 0, onlyInOther: 0 };
        expect(await answerOf<object>('projections', 'diff', name, '--data', place)).toMatchObject(same);
      }
    }),
    { ...property<[number]>(2), endOnFailure: true },
  );
});
