import type { Owner } from '../customers/events.js';
import { Missing, Refusal } from '../errors.js';
import { mergedInto, moveByMerge } from '../merged.js';
import type { MergePath } from '../merged.js';
import { evolve } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type {
  AddOpportunityTeamMember,
  AssignOpportunity,
  LinkOpportunityContact,
  LinkOpportunityCustomer,
  ImportOpportunity,
  MoveOpportunityByMerge,
  RemoveOpportunityTeamMember,
  TransferOpportunity,
  UnlinkOpportunityContact,
} from './commands.js';
import type { CustomerSnapshot, OpportunityEvents, Stage } from './events.js';
import { checkOwner } from '../owner-changed.js';
import { passGates } from './opportunity-gates.rules.js';
import type { CustomerFact } from './opportunity-gates.rules.js';
import { openStage } from './opportunity-stages.rules.js';
import { checkAmount, checkCloseDay } from './opportunity-terms.rules.js';
import { open, opportunity, registered } from './opportunity.decider.js';
import type { KnownOpportunity, Opportunity } from './opportunity.decider.js';

type Event = EventOf<OpportunityEvents>;

export const MOST_TEAM_MEMBERS = 50;

/** What the rules must know of an employee. */
export interface EmployeeFact extends Owner {
  readonly status: string;
}

export interface RegistrationFacts {
  readonly pipeline:
    { readonly retired: boolean; readonly version: number; readonly stages: readonly Stage[] } | undefined;
  readonly owner: EmployeeFact | undefined;
  readonly customer: CustomerFact | undefined;
}

/** Registering the same opportunity in the same pipeline again changes nothing. */
export function registerOpportunity(
  state: Opportunity,
  { opportunityId, details }: Pick<ImportOpportunity, 'opportunityId' | 'details'>,
  now: string,
  facts: RegistrationFacts,
): Event[] {
  const { name, pipelineId, ownerId, customerId = null, source = null, product = null } = details;
  const { grade = null, amount = null, expectedCloseOn = null, nextStep = null } = details;
  if (state.status !== 'unknown') {
    if (state.details.name === name && state.pipelineId === pipelineId) return [];
    throw new Refusal('opportunity-exists', 'An opportunity of this id is registered as another one.', {}, 409);
  }
  const { version, stage, isFirst } = beginning(pipelineId, facts.pipeline, details.stageId ?? null);
  const customer = customerId === null ? null : snapshot(customerId, facts.customer);
  const owner = working(ownerId, facts.owner, 'ownerId');
  if (amount !== null) checkAmount({ moved: false, amount: null }, amount);
  if (expectedCloseOn !== null) checkCloseDay(expectedCloseOn, now);
  const event: Event = {
    type: 'OpportunityRegistered',
    data: {
      opportunityId,
      customerId,
      name,
      pipelineId,
      pipelineVersion: version,
      stageId: stage.id,
      probability: stage.probability,
      forecastCategory: stage.forecastCategory,
      source,
      product,
      grade,
      amount,
      expectedCloseOn,
      nextStep,
      owner,
      customer,
    },
  };
  if (!isFirst) {
    const begun = evolve(opportunity, state, { ...event, occurredAt: now }) as KnownOpportunity;
    const { stages } = facts.pipeline!;
    passGates(begun, stage, [{ gate: 'entry', stage }], { stages, customer: facts.customer });
  }
  return [event];
}

/** The stage it begins in: the first, or a later one that is open. */
function beginning(pipelineId: string, pipeline: RegistrationFacts['pipeline'], stageId: string | null) {
  if (!pipeline) throw new Missing('pipeline', pipelineId);
  if (pipeline.retired) throw new Refusal('pipeline-retired', 'Nothing new is registered in this pipeline.');
  const [first] = pipeline.stages;
  if (!first) throw new Refusal('pipeline-not-published', 'The pipeline has no published version yet.');
  const stage = stageId === null ? first : openStage(pipeline.stages, stageId);
  return { version: pipeline.version, stage, isFirst: stage === first };
}

/** @throws Missing `employee-unknown` · Refusal `owner-inactive` */
function working(employeeId: string, facts: EmployeeFact | undefined, field: string): Owner {
  if (!facts) throw new Missing('employee', employeeId);
  const { name, status, orgUnitId, managerId } = facts;
  if (status === 'active' || status === 'absent') return { employeeId, name, orgUnitId, managerId };
  throw new Refusal('owner-inactive', `The employee is ${status} and cannot take it on.`, { field, state: status });
}

/** A lost customer may be won back; one that was put away may not. @throws Missing · Refusal `customer-archived` · `customer-merged` */
function snapshot(customerId: string, facts: CustomerFact | undefined): CustomerSnapshot {
  if (!facts) throw new Missing('customer', customerId);
  const { status, survivorId, tier, sector, region } = facts;
  if (survivorId !== null) throw mergedInto(survivorId, { field: 'customerId' });
  if (status !== 'archived') return { tier, sector, region };
  throw new Refusal('customer-archived', 'The customer was registered by mistake and put away.', {
    field: 'customerId',
  });
}

/** The opportunity is about the survivor of a merge, also one that has ended, or about the customer of before again. */
export function moveOpportunityByMerge(
  state: Opportunity,
  command: MoveOpportunityByMerge,
  _now: string,
  { path }: { readonly path: MergePath },
): Event[] {
  const { opportunityId, mergeId } = command;
  const moved = state.status === 'unknown' ? undefined : moveByMerge(state, command, path);
  return moved ? [{ type: 'OpportunityCustomerChanged', data: { opportunityId, mergeId, ...moved } }] : [];
}

/** What an opportunity is about is said once; another customer is another opportunity. */
export function linkOpportunityCustomer(
  state: Opportunity,
  { opportunityId, details: { customerId } }: LinkOpportunityCustomer,
  _now: string,
  { customer }: { readonly customer: CustomerFact | undefined },
): Event[] {
  const { customerId: linked } = open(state, opportunityId);
  if (linked === customerId) return [];
  if (linked !== null)
    throw new Refusal('customer-linked', 'The opportunity is about another customer.', { customerId: linked });
  const data = { opportunityId, customerId, customer: snapshot(customerId, customer) };
  return [{ type: 'OpportunityCustomerLinked', data }];
}

export function linkOpportunityContact(
  state: Opportunity,
  { opportunityId, details }: LinkOpportunityContact,
  _now: string,
  { customer }: { readonly customer: CustomerFact | undefined },
): Event[] {
  const { customerId, contacts, primaryContactId } = open(state, opportunityId);
  const { contactId, role, isPrimary = false } = details;
  checkContacts([contactId], customer);
  if (contacts.get(contactId) === role && (primaryContactId === contactId) === isPrimary) return [];
  return [{ type: 'OpportunityContactLinked', data: { opportunityId, customerId, contactId, role, isPrimary } }];
}

/** @throws Refusal `contact-customer-mismatch` */
export function checkContacts(contactIds: readonly string[], customer: CustomerFact | undefined): void {
  const known = customer?.contacts.filter(({ status }) => status === 'active').map(({ contactId }) => contactId) ?? [];
  const unknown = contactIds.filter((contactId) => !known.includes(contactId));
  if (unknown.length === 0) return;
  throw new Refusal('contact-customer-mismatch', 'Only active contacts of its customer can take part.', { unknown });
}

export function unlinkOpportunityContact(
  state: Opportunity,
  { opportunityId, details: { contactId } }: UnlinkOpportunityContact,
): Event[] {
  const { customerId, contacts } = open(state, opportunityId);
  if (!contacts.has(contactId)) throw new Missing('contact', contactId);
  return [{ type: 'OpportunityContactUnlinked', data: { opportunityId, customerId, contactId } }];
}

export function addOpportunityTeamMember(
  state: Opportunity,
  { opportunityId, details: { employeeId, role } }: AddOpportunityTeamMember,
  _now: string,
  facts: { readonly employee: EmployeeFact | undefined },
): Event[] {
  const { customerId, team } = open(state, opportunityId);
  const { name } = working(employeeId, facts.employee, 'employeeId');
  if (team.get(employeeId) === role) return [];
  if (!team.has(employeeId) && team.size >= MOST_TEAM_MEMBERS) {
    throw new Refusal('team-full', `At most ${MOST_TEAM_MEMBERS} people work on one opportunity.`);
  }
  return [{ type: 'OpportunityTeamMemberAdded', data: { opportunityId, customerId, employeeId, name, role } }];
}

export function removeOpportunityTeamMember(
  state: Opportunity,
  { opportunityId, details: { employeeId } }: RemoveOpportunityTeamMember,
): Event[] {
  const { customerId, team } = open(state, opportunityId);
  if (!team.has(employeeId)) throw new Missing('team-member', employeeId);
  return [{ type: 'OpportunityTeamMemberRemoved', data: { opportunityId, customerId, employeeId } }];
}

export function assignOpportunity(
  state: Opportunity,
  { opportunityId, details: { ownerId, reason = null, fromOwnerId } }: AssignOpportunity,
  _now: string,
  facts: { readonly employee: EmployeeFact | undefined; readonly openTransferId: string | null },
): Event[] {
  const { customerId, owner: from } = open(state, opportunityId);
  if (from.employeeId === ownerId) return [];
  checkOwner(fromOwnerId, from.employeeId);
  const to = working(ownerId, facts.employee, 'ownerId');
  if (facts.openTransferId !== null) {
    const transferId = facts.openTransferId;
    throw new Refusal('transfer-pending', 'A transfer is open for it.', { transferId }, 409);
  }
  return [{ type: 'OpportunityOwnerChanged', data: { opportunityId, customerId, from, to, reason } }];
}

/** Also of one that has ended: whoever won or lost it keeps the credit. */
export function transferOpportunity(
  state: Opportunity,
  { opportunityId, details: { transferId, fromOwnerId, toOwnerId } }: TransferOpportunity,
  _now: string,
  facts: { readonly employee: EmployeeFact | undefined },
): Event[] {
  const { customerId, owner: from } = registered(state, opportunityId);
  const to = working(toOwnerId, facts.employee, 'toOwnerId');
  checkOwner(fromOwnerId, from.employeeId);
  return [{ type: 'OpportunityOwnerChanged', data: { opportunityId, customerId, from, to, reason: null, transferId } }];
}
