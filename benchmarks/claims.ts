import { setTimeout as sleep } from 'node:timers/promises';
import { idFrom } from '../libs/ids.js';
import { Child } from './child.js';
import type { Bench, Figure, Measurement } from './measure.js';
import type { ProcessorTime } from './processor-time.js';

const CALLERS = 64;
const SELLERS = 64;
const ENTRIES = 10_000;
const CHILDREN = 200;

/** A program that is asked over HTTP, with nothing in it but what is told here. */
class Asking {
  constructor(private readonly url: string) {}

  async post(path: string, body: object): Promise<string> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { id: string };
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer.id;
  }

  async get<Answer>(path: string): Promise<Answer> {
    return (await (await fetch(this.url + path)).json()) as Answer;
  }

  /** Many callers at once. @returns commands a second */
  async many(count: number, work: (index: number) => Promise<unknown>): Promise<number> {
    let next = 0;
    const start = performance.now();
    await Promise.all(
      Array.from({ length: CALLERS }, async () => {
        while (next < count) await work((next += 1) - 1);
      }),
    );
    return (count * 1_000) / (performance.now() - start);
  }
}

/** Claims by many people out of one pool against plain commands on the same customers, and a customer that is handed over with all it has. */
export const claims: Measurement = {
  name: 'claims',
  async run({ workspace, rounds, note }: Bench): Promise<Figure[]> {
    const [claimed, plain, moved]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round += 1) {
      const folder = workspace.folder();
      const server = new Child<'time', { url: string } & ProcessorTime>('server', folder, 'projecting');
      const asking = new Asking((await server.answer()).url);
      note(`a pool of ${ENTRIES.toLocaleString('en')} customers`);
      const { sellers, lead, unit } = await people(asking);
      const poolId = await asking.post('/pools', { name: 'Pool', kind: 'customer' });
      await asking.post(`/pools/${poolId}/members`, { members: { orgUnitIds: [unit] } });
      const rules = { claim: { dailyLimit: ENTRIES, cooldownDays: 30, mostHeld: ENTRIES } };
      await asking.post(`/pools/${poolId}/rules`, rules);
      const customers: string[] = [];
      await asking.many(ENTRIES, async (index) => {
        const seller = sellers[index % SELLERS]!;
        const id = await asking.post('/customers', { kind: 'org', name: `Customer ${index}`, ownerId: seller });
        await asking.post(`/customers/${id}/release`, { poolId, reason: 'quiet' });
        customers[index] = id;
      });
      await sleep(1_000);
      plain.push(
        await asking.many(ENTRIES, (index) => asking.post(`/customers/${customers[index]}/tags`, { tag: 'fair' })),
      );
      await sleep(1_000);
      // By another person than had it before, whom the cool-down keeps from it.
      const claim = (index: number) => {
        const employeeId = sellers[(index + 7) % SELLERS];
        return asking.post(`/customers/${customers[index]}/claim`, { employeeId });
      };
      claimed.push(await asking.many(ENTRIES, claim));
      moved.push(await transferred(asking, sellers, lead));
      await server.stop();
      workspace.drop(folder);
    }
    return [
      {
        name: `claims out of one pool of ${ENTRIES.toLocaleString('en')}, ${CALLERS} callers`,
        unit: 'requests/s',
        values: claimed,
        ceiling: { name: 'tags on the same customers', values: plain },
        target: { of: 'ratio', atLeast: 0.5 },
        durability: 'full',
      },
      {
        name: `a customer handed over with ${CHILDREN} opportunities, from the approval on`,
        unit: 'ms',
        values: moved,
        target: { of: 'value', atMost: 1_000 },
        durability: 'full',
      },
    ];
  },
};

async function people(asking: Asking) {
  const unit = await asking.post('/org-units', { name: 'Company', kind: 'company', level: 'senior' });
  const positionId = await asking.post('/positions', { title: 'Seller', orgUnitId: unit, headcount: 1_000 });
  const sellers: string[] = [];
  for (let index = 0; index < SELLERS; index += 1) {
    sellers.push(await asking.post('/employees', { name: `Seller ${index}`, positionId }));
  }
  const head = await asking.post('/positions', { title: 'Lead', orgUnitId: unit });
  return { sellers, unit, lead: await asking.post('/employees', { name: 'Lead', positionId: head }) };
}

/** @returns milliseconds from the approval until everything has its new owner */
async function transferred(asking: Asking, [from, to]: readonly string[], lead: string): Promise<number> {
  const step = { name: 'lead', approvers: [{ by: 'person', id: lead }], mode: 'any', when: {} };
  const answers = { vacant: 'refuse', absent: 'wait', submitter: 'ask', beneficiary: 'ask', repeated: 'ask' };
  const flowId = await asking.post('/approval-flows', { name: 'Transfers', steps: [step], answers });
  await asking.post('/transfer-policies', { flowId });
  const stages = [
    { id: 'first', name: 'First', probability: 10 },
    { id: 'won', name: 'Won', kind: 'won' },
    { id: 'lost', name: 'Lost', kind: 'lost' },
  ];
  const pipelineId = await asking.post('/pipelines', { name: 'Deals', stages });
  const customerId = await asking.post('/customers', { kind: 'org', name: 'With all it has', ownerId: from });
  await asking.many(CHILDREN, (index) =>
    asking.post('/opportunities', { name: `Deal ${index}`, pipelineId, customerId, ownerId: from }),
  );
  const include = { opportunities: 'open' };
  const form = { by: from, toOwnerId: to, subjects: [{ kind: 'customer', id: customerId }], include, reason: 'moves' };
  const transferId = await asking.post('/transfers', form);
  await asking.post(`/transfers/${transferId}/submit`, {});
  const approvalId = idFrom('approval of transfer', transferId, '0');
  const reads = async (path: string, fits: (answer: Record<string, unknown>) => boolean) => {
    while (!fits(await asking.get(path))) await sleep(5);
  };
  await reads(`/approvals/${approvalId}`, ({ status }) => status === 'pending');
  await sleep(500);
  const start = performance.now();
  await asking.post(`/approvals/${approvalId}/approve`, { by: lead });
  await reads(`/transfers/${transferId}`, ({ status, moved }) => status === 'completed' && moved === CHILDREN + 1);
  return performance.now() - start;
}
