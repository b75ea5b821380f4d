import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AssignmentModule } from '../../libs/assignment/assignment.module.js';
import { AssignCustomerByRule, AssignLeadByRule, PublishAssignmentRule } from '../../libs/assignment/commands.js';
import { desk } from '../../libs/assignment/desk.decider.js';
import { deskIdOf } from '../../libs/assignment/desk-id.js';
import { AssignCustomerOwner, RegisterCustomer } from '../../libs/customers/commands.js';
import { CustomersModule } from '../../libs/customers/customers.module.js';
import type { AssignmentRule } from '../../libs/assignment/events.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { Streams } from '../../libs/event-store/streams.js';
import { newId } from '../../libs/ids.js';
import { AssignLead, CaptureLead } from '../../libs/leads/commands.js';
import { LeadsModule } from '../../libs/leads/leads.module.js';
import * as organisation from '../../libs/organisation/commands.js';
import { OrganisationModule } from '../../libs/organisation/organisation.module.js';
import { assignment } from '../../processes/assignment.js';
import { Program } from '../processes/program.js';
import { rule } from './samples.js';

let program: Program;
const [ada, bo] = [newId(), newId()];
const [unitId, positionId] = [newId(), newId()];
/** People are not asked for namesakes, and reasons are not told: as a program that asks. */
const system = { source: 'system' } as const;

beforeEach(async () => {
  program = await Program.open([OrganisationModule, CustomersModule, LeadsModule, AssignmentModule]);
  const { CreateOrgUnit, DefinePosition, HireEmployee, SetPositionCustomerCap } = organisation;
  const unit = { name: 'Sales', kind: 'company', level: 'senior', parentId: null } as const;
  await program.send(new CreateOrgUnit(unitId, unit));
  const position = { title: 'Seller', orgUnitId: unitId, reportsToPositionId: null, duties: [], processSteps: [] };
  await program.send(new DefinePosition(positionId, { ...position, headcount: 2 }));
  await program.send(new SetPositionCustomerCap(positionId, { cap: { max: 1, excludeWon: false } }));
  await program.send(new HireEmployee(ada, { name: 'Ada', positionId }));
  await program.send(new HireEmployee(bo, { name: 'Bo', positionId }));
});
afterEach(() => program.close());

const publish = (deskKind: 'leads' | 'customers', change: Partial<AssignmentRule> = {}) => {
  const { criteria: _, ...content } = rule({
    ...change,
    scope: { orgUnitIds: [], positionIds: [positionId], employeeIds: [] },
  });
  const criteria = { regions: [], sectors: [], tiers: [], grades: [], channels: [] };
  return program.send(new PublishAssignmentRule(deskIdOf(deskKind), { ...content, criteria, deskKind } as never));
};
const register = async (ownerId: string | null = null) => {
  const id = newId();
  await program.send(new RegisterCustomer(id, { name: `Customer ${id}`, kind: 'org', ownerId }), system);
  return id;
};
const capture = async () => {
  const id = newId();
  const source = { channel: 'web', campaign: null, partner: null } as const;
  await program.send(new CaptureLead(id, { source, details: { personName: 'Somebody' }, ownerId: null }), system);
  return id;
};
/** Has the process react to these events, whether it has before or not. */
async function react(...events: readonly RecordedEvent[]): Promise<void> {
  const [handler] = program.handlers(assignment);
  for (const event of events) await handler!.handle([event]);
}
const decided = () => program.events('AssignmentDecided');
const steps = async () =>
  (await program.events('AssignmentDecided', 'AssignmentPassedOver', 'AssignmentFailed', 'AssignmentConfirmed')).map(
    ({ type, data }) => [type, (data as { chosen?: string }).chosen],
  );
const owners = async () =>
  (await program.events('CustomerOwnerAssigned')).map(
    ({ data }) => (data as { to: { employeeId: string } }).to.employeeId,
  );
/** What is still being carried out. */
const pending = async (deskKind: 'leads' | 'customers') =>
  (await program.module.get(Streams).load(desk, deskIdOf(deskKind))).state.pending.size;

describe('an assignment that is carried out', () => {
  it('records the same event as one by hand, with the rule that decided it', async () => {
    await publish('leads');
    const leadId = await capture();
    await react(...(await program.events('LeadCaptured')));
    await react(...(await decided()));
    const [byRule] = await program.events('LeadAssigned');
    const [choice] = await decided();
    const { assignmentId, chosen, ruleId } = choice!.data as Record<string, string>;
    expect(byRule).toMatchObject({
      stream: `lead-${leadId}`,
      data: { leadId, from: null, to: chosen, basis: 'rule', assignment: { assignmentId, ruleId, ruleVersion: 1 } },
      metadata: { source: 'process', causationId: choice!.id },
    });
    await program.send(new AssignLead(leadId, { ownerId: chosen === ada ? bo! : ada! }));
    const byHand = (await program.events('LeadAssigned'))[1]!;
    // Trap 17 of the vocabulary: automated changes emit the same events as manual ones.
    expect([byHand.type, Object.keys(byHand.data as object)]).toEqual([
      byRule!.type,
      Object.keys(byRule!.data as object).filter((field) => field !== 'assignment'),
    ]);
    await react(byRule!, byHand);
    expect(await pending('leads')).toBe(0);
  });

  it('goes on to the next person where the customer cannot be held, until nobody is left', async () => {
    await publish('customers');
    await register(ada);
    await register(bo);
    const customerId = await register();
    await program.send(new AssignCustomerByRule(customerId));
    for (let round = 0; round < 3; round += 1) await react(...(await decided()));
    const all = await steps();
    expect(all.map(([type]) => type)).toEqual([
      'AssignmentDecided',
      'AssignmentPassedOver',
      'AssignmentDecided',
      'AssignmentPassedOver',
      'AssignmentFailed',
    ]);
    expect(new Set([all[0]![1], all[2]![1]])).toEqual(new Set([ada, bo]));
    const [failed] = await program.events('AssignmentFailed');
    expect((failed!.data as { passedOver: { why: string }[] }).passedOver.map(({ why }) => why)).toEqual([
      'holding-limit-exceeded',
      'holding-limit-exceeded',
    ]);
    expect(await pending('customers')).toBe(0);
  });

  it('ends the same when the program died after it passed a person over, and there is room for them by then', async () => {
    await publish('customers');
    const held = await register(ada);
    const alsoHeld = await register(bo);
    const customerId = await register();
    await program.send(new AssignCustomerByRule(customerId));
    const [first] = await decided();
    await react(first!);
    const { chosen } = first!.data as { chosen: string };
    // The first one has room now: the same step again must not give them what the desk has given to the other one since.
    const other = chosen === ada ? bo! : ada!;
    await program.send(new organisation.SetPositionCustomerCap(positionId, { cap: { max: 5, excludeWon: false } }));
    await react(first!);
    expect(await steps()).toEqual([
      ['AssignmentDecided', chosen],
      ['AssignmentPassedOver', chosen],
      ['AssignmentDecided', other],
    ]);
    await react(...(await decided()));
    await react(...(await program.events('CustomerOwnerAssigned')));
    await react(...(await decided()));
    expect((await steps()).slice(3)).toEqual([['AssignmentConfirmed', other]]);
    expect((await owners()).slice(2)).toEqual([other]);
    expect([held, alsoHeld]).not.toContain(customerId);
  });

  it('is done once, however often the process begins again', async () => {
    await publish('customers');
    const customerId = await register();
    await program.send(new AssignCustomerByRule(customerId));
    for (let round = 0; round < 3; round += 1) {
      await react(...(await decided()), ...(await program.events('CustomerOwnerAssigned')));
    }
    expect((await steps()).map(([type]) => type)).toEqual(['AssignmentDecided', 'AssignmentConfirmed']);
    expect(await owners()).toHaveLength(1);
  });

  it('counts what is being assigned as what people have', async () => {
    await program.send(new organisation.SetPositionCustomerCap(positionId, { cap: { max: 9, excludeWon: false } }));
    await publish('customers', { method: 'least-loaded' });
    await register(ada);
    for (const customerId of [await register(), await register()]) {
      await program.send(new AssignCustomerByRule(customerId));
    }
    // Bo has none and gets one. Then each has one, and Ada waits longer.
    expect((await steps()).map(([, chosen]) => chosen)).toEqual([bo, ada]);
    await react(...(await decided()));
    await program.send(new AssignCustomerByRule(await register()));
    const [, , third] = await decided();
    // What has its owner and is not confirmed yet counts once.
    const { candidates } = third!.data as { candidates: { employeeId: string; load: number }[] };
    expect(Object.fromEntries(candidates.map(({ employeeId, load }) => [employeeId, load]))).toEqual({
      [ada!]: 2,
      [bo!]: 1,
    });
  });

  it('gives way to a supervisor who was quicker', async () => {
    await publish('customers');
    const customerId = await register();
    await program.send(new AssignCustomerByRule(customerId));
    const [choice] = await decided();
    const { chosen } = choice!.data as { chosen: string };
    const other = chosen === ada ? bo! : ada!;
    const byHand = { ownerId: other, basis: 'supervisor', reason: 'knows them' } as const;
    await program.send(new AssignCustomerOwner(customerId, byHand));
    await react(choice!);
    const [passed] = await program.events('AssignmentPassedOver');
    expect(passed!.data).toMatchObject({ code: 'assignment-overtaken' });
    expect(await owners()).toEqual([other]);
    expect(await pending('customers')).toBe(0);
  });

  it('does not begin for leads of an archive, nor for a lead that has an owner', async () => {
    await publish('leads');
    await capture();
    const [captured] = await program.events('LeadCaptured');
    const { type, data, metadata } = captured!;
    expect(assignment.react({ type, data, metadata: { ...metadata, importId: newId() } } as RecordedEvent)).toEqual([]);
    await program.send(new AssignLead((captured!.data as { leadId: string }).leadId, { ownerId: ada! }));
    await react(captured!);
    expect(await decided()).toEqual([]);
  });

  it('takes what somebody had who left', async () => {
    await publish('leads');
    const leadId = await capture();
    await program.send(new AssignLead(leadId, { ownerId: ada! }));
    await program.send(new organisation.OffboardEmployee(ada!), system);
    await program.send(new AssignLeadByRule(leadId));
    await react(...(await decided()));
    expect((await program.events('LeadAssigned'))[1]).toMatchObject({ data: { from: ada, to: bo, basis: 'rule' } });
  });
});
