import { customerFacts, mergePath } from '../customers/facts.js';
import type { Question } from '../event-store/handle.js';
import { employeeFacts } from '../organisation/facts.js';
import { openTransferOf } from '../transfers/facts.js';
import type {
  AssignOpportunity,
  MoveOpportunityByMerge,
  PlanVisit,
  RegisterOpportunity,
  TransferOpportunity,
} from './commands.js';
import { pipelineFacts } from './facts.js';
import type { ClosingFacts } from './opportunity-closing.rules.js';
import type { StageFacts } from './opportunity-gates.rules.js';
import type { EmployeeFact, RegistrationFacts } from './opportunity-people.rules.js';
import type { Opportunity } from './opportunity.decider.js';
import type { VisitFacts } from './visit.rules.js';

/*
 * Facts for the rules of an opportunity, read from other streams: its pipeline, its customer, the employees. Employees are as they were
 * at the time of the command, which for an imported row is the time in the row.
 */

type Asked<C = unknown> = Question<C, Opportunity>;

const employee = async ({ streams, now }: Asked, employeeId: string): Promise<EmployeeFact | undefined> =>
  employeeFacts(streams, employeeId, now);

export async function registration(question: Asked<RegisterOpportunity>): Promise<RegistrationFacts> {
  const { command, streams } = question;
  const { pipelineId, ownerId, customerId } = command.details;
  return {
    pipeline: await pipelineFacts(streams, pipelineId),
    owner: await employee(question, ownerId),
    customer: customerId ? await customerFacts(streams, customerId) : undefined,
  };
}

/** The pipeline version it runs under, and its customer. */
export async function stages({ state, streams }: Asked): Promise<StageFacts> {
  if (state.status === 'unknown') return { stages: [], customer: undefined };
  const { pipelineId, pipelineVersion, customerId } = state;
  const pipeline = await pipelineFacts(streams, pipelineId, pipelineVersion);
  const customer = customerId === null ? undefined : await customerFacts(streams, customerId);
  return { stages: pipeline?.stages ?? [], customer };
}

export async function closing(question: Asked): Promise<ClosingFacts> {
  const { state } = question;
  const owner = state.status === 'unknown' ? undefined : await employee(question, state.owner.employeeId);
  return { ...(await stages(question)), owner, imported: question.envelope.importId !== undefined };
}

/** The customer a command names. */
export const namedCustomer = async ({ command, streams }: Asked<{ details: { customerId: string } }>) => ({
  customer: await customerFacts(streams, command.details.customerId),
});

export const following = async ({ command, streams }: Asked<MoveOpportunityByMerge>) => ({
  path: await mergePath(streams, command),
});

/** The customer the opportunity is about. */
export const linkedCustomer = async ({ state, streams }: Asked) => ({
  customer: 'customerId' in state && state.customerId ? await customerFacts(streams, state.customerId) : undefined,
});

export const newOwner = async (question: Asked<AssignOpportunity>) => ({
  employee: await employee(question, question.command.details.ownerId),
  openTransferId: await openTransferOf(question.streams, question.command.opportunityId),
});

export const receiver = async (question: Asked<TransferOpportunity>) => ({
  employee: await employee(question, question.command.details.toOwnerId),
});

export const namedEmployee = async (question: Asked<{ details: { employeeId: string } }>) => ({
  employee: await employee(question, question.command.details.employeeId),
});

export async function visit(question: Asked<PlanVisit>): Promise<VisitFacts> {
  const { command, state } = question;
  const visitorId = command.details.visitorId ?? ('owner' in state ? state.owner.employeeId : undefined);
  return {
    ...(await linkedCustomer(question)),
    visitor: visitorId === undefined ? undefined : await employee(question, visitorId),
  };
}
