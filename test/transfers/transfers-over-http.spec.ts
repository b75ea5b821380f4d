import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { until } from '../support/until.js';

const clock = new TestClock('2026-01-05T09:00:00.000Z');
let app: TestApp;
let pipelineId: string;
const people: Record<string, string> = {};

type Transfer = {
  readonly status: string;
  readonly approvalId: string;
  readonly moved: number;
  readonly skipped: number;
  readonly items: readonly { kind: string; id: string; outcome: string | null; code: string | null }[];
  readonly revertedBy: string | null;
};

beforeAll(async () => {
  app = await TestApp.start({ clock });
  const { id: company } = await app.done('/org-units', { name: 'Company', kind: 'company', level: 'senior' });
  for (const team of ['North', 'South']) {
    const unit = { name: team, kind: 'department', level: 'middle', parentId: company };
    const { id: orgUnitId } = await app.done('/org-units', unit);
    const { id: lead } = await app.done('/positions', { title: `Lead ${team}`, orgUnitId });
    people[`${team} lead`] = (await app.done('/employees', { name: `Lead of ${team}`, positionId: lead })).id;
    await app.done(`/org-units/${orgUnitId}/head`, { positionId: lead });
    const seat = { title: `Seller ${team}`, orgUnitId, headcount: 5 };
    const { id: positionId } = await app.done('/positions', seat);
    if (team === 'South') await app.done(`/positions/${positionId}/customer-cap`, { cap: { max: 3 } });
    for (const name of ['Ada', 'Lin']) {
      people[`${name} ${team}`] = (await app.done('/employees', { name: `${name} of ${team}`, positionId })).id;
    }
  }
  const stages = [
    { id: 'talk', name: 'Talk', probability: 10 },
    { id: 'won', name: 'Won', kind: 'won' },
    { id: 'lost', name: 'Lost', kind: 'lost' },
  ];
  pipelineId = (await app.done('/pipelines', { name: 'Deals', stages })).id;
  const superior = { by: 'superior', id: null, levels: 1 };
  const when = { amountAtLeast: null, tiers: [], crossesDepartments: null };
  const ask = { vacant: 'superior', absent: 'deputy', submitter: 'ask', beneficiary: 'superior', repeated: 'skip' };
  const flow = {
    name: 'Transfers',
    steps: [{ name: 'supervisor', approvers: [superior], mode: 'any', when }],
    answers: ask,
  };
  const { id: flowId } = await app.done('/approval-flows', { ...flow, expireAfterHours: 48 });
  expect((await app.post('/transfer-policies', { flowId: pipelineId })).body).toMatchObject({
    code: 'approval-flow-unusable',
  });
  await app.done('/transfer-policies', { flowId, revertDays: 10 });
});
afterAll(() => app.stop());

let count = 0;
const customer = async (owner: string): Promise<string> =>
  (await app.done('/customers', { name: `Customer ${(count += 1)}`, kind: 'org', ownerId: people[owner] })).id;
const deal = async (customerId: string, owner: string): Promise<string> =>
  (await app.done('/opportunities', { name: `Deal ${(count += 1)}`, pipelineId, customerId, ownerId: people[owner] }))
    .id;
const task = async (customerId: string, assignee: string): Promise<string> =>
  (
    await app.done('/tasks', {
      kind: 'care',
      title: 'Call',
      dueAt: '2027-01-01T00:00:00.000Z',
      subject: { customerId },
      assigneeId: people[assignee],
    })
  ).id;

const form = (subjects: readonly string[], more: object = {}) => ({
  by: people['Ada North'],
  toOwnerId: people['Lin North'],
  subjects: subjects.map((id) => ({ kind: 'customer', id })),
  reason: 'moves away',
  ...more,
});
const read = async (id: string) => (await app.get(`/transfers/${id}`)).body as unknown as Transfer;
async function submitted(body: object): Promise<string> {
  const { id } = await app.done('/transfers', body);
  await app.done(`/transfers/${id}/submit`);
  return id;
}
async function approvalOf(id: string): Promise<string> {
  await until(async () => {
    const { approvalId } = await read(id);
    return approvalId !== null && (await app.get(`/approvals/${approvalId}`)).status === 200;
  });
  return (await read(id)).approvalId;
}
const over = new Set(['completed', 'partially-completed', 'failed', 'rejected', 'expired', 'withdrawn']);
async function approved(id: string, by = 'North lead'): Promise<Transfer> {
  await app.done(`/approvals/${await approvalOf(id)}/approve`, { by: people[by] });
  await until(async () => over.has((await read(id)).status));
  return read(id);
}
const ownerOf = async (kind: 'customers' | 'opportunities', id: string): Promise<string> => {
  const body = (await app.get(`/${kind}/${id}`)).body as unknown as { owner: { employeeId: string } };
  return body.owner.employeeId;
};
const assigneeOf = async (id: string) =>
  ((await app.get(`/tasks/${id}`)).body as unknown as { assigneeId: string }).assigneeId;

describe('a transfer', () => {
  it('moves the customer and what goes along once the supervisor agrees; trap 5: the owner’s, not the caller’s', async () => {
    const id = await customer('Ada North');
    const [own, others] = [await deal(id, 'Ada North'), await deal(id, 'Lin North')];
    const call = await task(id, 'Ada North');
    const include = { opportunities: 'open', tasks: 'open' };
    const transferId = await submitted(form([id], { by: people['North lead'], include }));
    expect(await ownerOf('customers', id)).toBe(people['Ada North']);
    const done = await approved(transferId);
    expect(done).toMatchObject({ status: 'completed', moved: 3, skipped: 0 });
    expect(done.items.map((item) => [item.kind, item.id, item.outcome])).toEqual([
      ['customer', id, 'moved'],
      ['opportunity', own, 'moved'],
      ['task', call, 'moved'],
    ]);
    await until(async () => (await ownerOf('opportunities', own)) === people['Lin North']);
    expect([await ownerOf('customers', id), await ownerOf('opportunities', others), await assigneeOf(call)]).toEqual([
      people['Lin North'],
      people['Lin North'],
      people['Lin North'],
    ]);
    const { entries } = (await app.get(`/customers/${id}/history`)).body as unknown as { entries: { type: string }[] };
    const types = entries.map(({ type }) => type);
    const story = [
      'TransferSubmitted',
      'ApprovalSubmitted',
      'ApprovalGranted',
      'TransferExecutionStarted',
      'TransferCompleted',
    ];
    expect(story.filter((type) => !types.includes(type))).toEqual([]);
  });

  it('keeps the customer from being merged, on either side, as long as it is open', async () => {
    const [held, other] = [await customer('Ada North'), await customer('Ada North')];
    const transferId = await submitted(form([held], { by: people['North lead'] }));
    for (const [loser, survivorId] of [
      [held, other],
      [other, held],
    ]) {
      const refused = await app.post(`/customers/${loser}/merge-into`, { survivorId, reason: 'the same' });
      expect(refused).toMatchObject({ status: 409, body: { code: 'merge-blocked', transferIds: [transferId] } });
    }
    await app.done(`/transfers/${transferId}/withdraw`, { reason: 'not now' });
    await until(async () => (await read(transferId)).status === 'withdrawn');
    await app.done(`/customers/${held}/merge-into`, { survivorId: other, reason: 'the same' });
  });

  it('says all that is wrong with its form', async () => {
    const [mine, theirs] = [await customer('Ada North'), await customer('Lin North')];
    const stranger = await deal(await customer('Lin North'), 'Lin North');
    const include = { opportunities: 'none', opportunityIds: [stranger] };
    const wrong = await app.post(
      '/transfers',
      form([mine, theirs], { by: people['Ada South'], toOwnerId: people['Ada North'], include }),
    );
    expect((wrong.body['unmet'] as unknown as { code: string }[]).map(({ code }) => code)).toEqual([
      'owners-differ',
      'not-owner',
      'same-owner',
      'include-mode-differs',
      'not-a-child',
    ]);
    const unknown = '01970000-0000-7000-8000-000000000999';
    expect((await app.post('/transfers', form([unknown]))).status).toBe(404);
    expect((await app.post('/transfers', form([]))).status).toBe(400);
    expect((await app.post('/transfers', form([mine, mine]))).body).toMatchObject({
      code: 'subject-twice',
      ids: [mine],
    });
    expect((await app.get(`/transfers/${unknown}`)).status).toBe(404);
  });

  it('trap 6: is refused, and skipped, where the one who is to have it is full', async () => {
    const held = [await customer('Ada South'), await customer('Ada South')];
    const mine = [await customer('Ada North'), await customer('Ada North')];
    const to = { toOwnerId: people['Ada South'] };
    expect((await app.post('/transfers', form(mine, to))).body).toMatchObject({
      code: 'holding-limit-exceeded',
      cap: 3,
      held: 2,
      remaining: 1,
    });
    const id = await submitted(form([mine[0]!], to));
    held.push(await customer('Ada South'));
    const call = await task(mine[0]!, 'Ada North');
    expect(await approved(id)).toMatchObject({
      status: 'failed',
      moved: 0,
      skipped: 1,
      items: [{ id: mine[0], outcome: 'skipped', code: 'holding-limit-exceeded' }],
    });
    expect([await ownerOf('customers', mine[0]!), await assigneeOf(call)]).toEqual([
      people['Ada North'],
      people['Ada North'],
    ]);
  });

  it('holds its subjects while it is open: nothing else happens to them, and no other transfer', async () => {
    const id = await customer('Ada North');
    const first = await submitted(form([id]));
    const other = await app.done('/transfers', form([id]));
    expect((await app.post(`/transfers/${other.id}/submit`)).body).toMatchObject({
      code: 'transfer-pending',
      status: 409,
    });
    expect((await app.post(`/customers/${id}/owner`, { ownerId: people['Lin South'] })).body).toMatchObject({
      code: 'transfer-pending',
    });
    expect((await app.post(`/customers/${id}/release`, { reason: 'no' })).body).toMatchObject({
      code: 'transfer-pending',
    });
    await app.done(`/transfers/${first}/withdraw`, { reason: 'stays' });
    await app.done(`/transfers/${other.id}/submit`);
    await app.done(`/approvals/${await approvalOf(other.id)}/reject`, { by: people['North lead'], reason: 'no' });
    await until(async () => (await read(other.id)).status === 'rejected');
    await app.done(`/customers/${id}/owner`, { ownerId: people['Lin South'] });
    expect((await app.post(`/transfers/${other.id}/submit`)).body).toMatchObject({ code: 'transfer-already-decided' });
  });

  it('two that are handed in at the same moment: one is open', async () => {
    const id = await customer('Ada North');
    const drafts = [];
    for (let index = 0; index < 6; index += 1) drafts.push((await app.done('/transfers', form([id]))).id);
    const answers = await Promise.all(drafts.map((draft) => app.post(`/transfers/${draft}/submit`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
  });

  it('comes back to be changed, and is handed in again; expires when nobody decides', async () => {
    const id = await customer('Ada North');
    const transferId = await submitted(form([id]));
    const first = await approvalOf(transferId);
    await app.done(`/approvals/${first}/return`, { by: people['North lead'], reason: 'to whom?' });
    await until(async () => (await read(transferId)).status === 'returned');
    await app.done(`/transfers/${transferId}/form`, form([id], { toOwnerId: people['Lin South'] }));
    await app.done(`/transfers/${transferId}/submit`);
    await until(async () => (await read(transferId)).approvalId !== first);
    const second = await approvalOf(transferId);
    clock.time = '2026-01-08T09:00:00.000Z';
    await until(async () => (await read(transferId)).status === 'expired');
    expect(second).not.toBe(first);
    expect(await ownerOf('customers', id)).toBe(people['Ada North']);
  });

  it('gives back what it moved, by a transfer of its own, as far as it is still there', async () => {
    const [one, two] = [await customer('Ada North'), await customer('Ada North')];
    const own = await deal(one, 'Ada North');
    const transferId = await submitted(form([one, two], { include: { opportunities: 'all' } }));
    expect(await approved(transferId)).toMatchObject({ status: 'completed', moved: 3 });
    await app.done(`/customers/${two}/owner`, { ownerId: people['Lin South'] });
    const stranger = { by: people['Ada South'], reason: 'mine' };
    expect((await app.post(`/transfers/${transferId}/revert`, stranger)).body).toMatchObject({ code: 'not-owner' });
    const { id: revert } = await app.done(`/transfers/${transferId}/revert`, {
      by: people['Ada North'],
      reason: 'came back',
    });
    expect(await approved(revert)).toMatchObject({
      status: 'partially-completed',
      moved: 2,
      skipped: 1,
      reverts: transferId,
    });
    expect([
      await ownerOf('customers', one),
      await ownerOf('opportunities', own),
      await ownerOf('customers', two),
    ]).toEqual([people['Ada North'], people['Ada North'], people['Lin South']]);
    await until(async () => (await read(transferId)).revertedBy === revert);
    expect(await read(transferId)).toMatchObject({ reverted: { givenBack: 2, kept: 1 } });
    expect(
      (await app.post(`/transfers/${transferId}/revert`, { by: people['Ada North'], reason: 'again' })).body,
    ).toMatchObject({
      code: 'transfer-reverted',
    });
    expect((await app.post(`/transfers/${revert}/revert`, { by: people['Lin North'], reason: 'again' })).status).toBe(
      201,
    );
  });

  it('can be given back for so many days as the policy says', async () => {
    const id = await customer('Ada North');
    const transferId = await submitted(form([id]));
    await approved(transferId);
    clock.time = '2026-01-19T09:00:00.000Z';
    expect(
      (await app.post(`/transfers/${transferId}/revert`, { by: people['Ada North'], reason: 'late' })).body,
    ).toMatchObject({
      code: 'revert-too-late',
      until: '2026-01-18T09:00:00.000Z',
    });
  });
});
