import { EventStore } from '../../libs/event-store/event-store.js';
import type { TestApp } from '../support/app.js';
import { until } from '../support/until.js';

/** A small company: a head, two sellers, and the ids that tests ask for. */
export interface Company {
  readonly orgUnitId: string;
  readonly positionId: string;
  readonly head: string;
  readonly leaver: string;
  readonly successor: string;
  readonly pipelineId: string;
}

const stages = [
  { id: 'talk', name: 'Talk', probability: 10 },
  { id: 'won', name: 'Won', kind: 'won' },
  { id: 'lost', name: 'Lost', kind: 'lost' },
];

export async function companyIn(app: TestApp): Promise<Company> {
  const unit = { name: 'Company', kind: 'company', level: 'senior' };
  const { id: orgUnitId } = await app.done('/org-units', unit);
  const { id: headPosition } = await app.done('/positions', { title: 'Head', orgUnitId });
  const { id: positionId } = await app.done('/positions', { title: 'Seller', orgUnitId, headcount: 9 });
  const hire = async (name: string, held: string) => (await app.done('/employees', { name, positionId: held })).id;
  const head = await hire('Hilda', headPosition);
  await app.done(`/org-units/${orgUnitId}/head`, { positionId: headPosition });
  const [leaver, successor] = [await hire('Lea', positionId), await hire('Sue', positionId)];
  const { id: pipelineId } = await app.done('/pipelines', { name: 'Direct', stages });
  return { orgUnitId, positionId, head, leaver, successor, pipelineId };
}

export const register = async (app: TestApp, name: string, ownerId: string) =>
  (await app.done('/customers', { kind: 'org', name, ownerId })).id;

/** One thing of each kind that is handed over, and of each kind one that is over and stays. */
export async function belongingsOf(app: TestApp, { leaver: ownerId, pipelineId }: Company) {
  const customer = await register(app, 'Mill', ownerId);
  const opportunityOf = async (name: string) =>
    (await app.done('/opportunities', { name, pipelineId, customerId: customer, ownerId })).id;
  const [opportunity, won] = [await opportunityOf('Wheel'), await opportunityOf('Won before')];
  await app.done(`/opportunities/${won}/win`, { amount: { amount: 500, currency: 'EUR' } });
  const source = { channel: 'web' };
  const leadOf = async (personName: string) =>
    (await app.done('/leads', { source, details: { personName }, ownerId })).id;
  const [lead, spam] = [await leadOf('Wendelin'), await leadOf('Spam')];
  await app.done(`/leads/${spam}/disqualify`, { reason: 'spam' });
  const subject = { customerId: customer };
  const form = { title: 'Call', kind: 'follow_up', dueAt: '2100-01-01T00:00:00Z', subject };
  const taskOf = async () => (await app.done('/tasks', { ...form, assigneeId: ownerId })).id;
  const [task, cancelled] = [await taskOf(), await taskOf()];
  await app.done(`/tasks/${cancelled}/cancel`, { reason: 'no need' });
  return { customer, opportunity, lead, task, won };
}

export interface Shown {
  readonly status: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly kinds: readonly {
    readonly kind: string;
    readonly items: readonly { id: string; name: string }[];
    next?: string;
  }[];
  readonly headOf: readonly { id: string; name: string }[];
  readonly deputyFor: readonly { id: string; name: string }[];
}

/** As everything that is recorded by now says. */
export async function inventoryOf(app: TestApp, employeeId: string, asked = ''): Promise<Shown> {
  const after = await app.http.get(EventStore).head();
  const { body } = await app.get(`/employees/${employeeId}/inventory?after=${after}${asked}`);
  return body as unknown as Shown;
}

/** A flow of approval with one step. */
export function flowOf(name: string, by: 'person' | 'position', id: string) {
  const when = { amountAtLeast: null, tiers: [], crossesDepartments: null };
  const answers = {
    vacant: 'superior',
    absent: 'wait',
    submitter: 'superior',
    beneficiary: 'superior',
    repeated: 'skip',
  };
  return { name, steps: [{ name, approvers: [{ by, id }], mode: 'all', when }], answers };
}

/** How the off-boarding stands once nothing is under way. */
export async function settled(app: TestApp, employeeId: string, outcomes: number) {
  const view = async () =>
    (await app.get(`/employees/${employeeId}/offboarding`)).body as unknown as {
      underWay: number;
      handedOver: number;
      kept: readonly { kind: string; id: string; code: string }[];
    };
  await until(async () => {
    const { underWay, handedOver, kept } = await view();
    return underWay === 0 && handedOver + kept.length === outcomes;
  });
  return view();
}
