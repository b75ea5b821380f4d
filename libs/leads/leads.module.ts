import { Module } from '@nestjs/common';
import { decidedFacts } from '../assignment/facts.js';
import { calendarFacts } from '../calendars/facts.js';
import { Config } from '../config.js';
import { customerFacts, mergePath, ownerFacts } from '../customers/facts.js';
import type { StateReader } from '../event-store/decider.js';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import { Missing } from '../errors.js';
import { idFrom } from '../ids.js';
import { pipelineFacts } from '../opportunities/facts.js';
import { commonPools } from '../pools/events.js';
import { claimFacts, poolFacts, poolsOf } from '../pools/facts.js';
import { openTransferOf } from '../transfers/facts.js';
import { AskLeadModelHandler } from './asking-model.js';
import * as commands from './commands.js';
import { convertLead, failLeadConversion, moveLeadByMerge } from './lead-conversion.rules.js';
import type { ConversionFacts } from './lead-conversion.rules.js';
import { HttpLeadModel } from './http.lead-model.js';
import { LeadModel } from './lead-model.js';
import * as pooling from './lead-pool.rules.js';
import { leadPolicyId } from './lead-policy-id.js';
import { leadPolicy, publishLeadPolicy } from './lead-policy.decider.js';
import type { LeadPolicy } from './lead-policy.decider.js';
import { lead, open, present } from './lead.decider.js';
import type { Lead } from './lead.decider.js';
import * as rules from './lead.rules.js';
import * as scores from './lead-score.rules.js';
import { contactsLike, LeadMatches } from './facts.js';
import {
  GetLeadHandler,
  GetLeadCandidatesHandler,
  GetLeadPolicyHandler,
  ListLeadPoliciesHandler,
  ListLeadsHandler,
} from './queries.js';

/** The policy in force, and the calendars that it names. */
async function judging(streams: StateReader): Promise<scores.Judging> {
  const { state: policy } = await streams.load(leadPolicy, leadPolicyId());
  const ids = [...new Set(policy?.responses.map(({ calendarId }) => calendarId))];
  const read = await Promise.all(ids.map(async (id) => [id, await calendarFacts(streams, id)] as const));
  return { policy, calendars: new Map(read.flatMap(([id, facts]) => (facts ? [[id, facts] as const] : []))) };
}

const capturing = async ({ command, state, streams, envelope }: Question<commands.CaptureLead, Lead>) => {
  if (state.status === 'unknown' && command.ownerId !== null) await ownerFacts(streams, command.ownerId);
  return { ...(await judging(streams)), imported: envelope.importId !== undefined };
};

/** A lead that takes nothing is refused before anything else is looked at. */
const judged = async ({ command, state, streams, envelope }: Question<{ readonly leadId: string }, Lead>) => {
  open(state, command.leadId);
  return { ...(await judging(streams)), imported: envelope.importId !== undefined };
};

const reopening = async ({ streams, envelope }: Question<commands.ReopenLead, Lead>) => ({
  ...(await judging(streams)),
  imported: envelope.importId !== undefined,
});

const inForce = ({ streams }: Question<unknown, Lead>) => judging(streams);

const assigning = async ({ command, state, streams }: Question<commands.AssignLead, Lead>) => {
  open(state, command.leadId);
  await ownerFacts(streams, command.ownerId);
  return { openTransferId: await openTransferOf(streams, command.leadId) };
};

const receiving = async ({ command, state, streams }: Question<commands.TransferLead, Lead>) => {
  open(state, command.leadId);
  return ownerFacts(streams, command.toOwnerId);
};

/** A lead that takes nothing is refused before anything else is looked at; so is a person who can take nothing. */
const carryingOut = async ({ command, state, streams }: Question<commands.AssignLeadAsDecided, Lead>) => {
  open(state, command.leadId);
  const decided = await decidedFacts(streams, 'leads', command.leadId, command.assignmentId);
  if (decided) await ownerFacts(streams, decided.chosen);
  return { decided };
};

/** Nothing is read where the lead lies in no pool. */
const claiming = async ({
  command: { leadId, employeeId },
  state,
  streams,
  now,
}: Question<commands.ClaimLead, Lead>) => {
  const { poolId } = open(state, leadId);
  await ownerFacts(streams, employeeId);
  return { entry: poolId === null ? null : { ...(await claimFacts(streams, poolId, employeeId, now)), held: 0 } };
};

/** The named pool; else the first one of the owner's. */
const returning = async ({ command, state, streams }: Question<commands.ReturnLeadToPool, Lead>) => {
  const { ownerId } = open(state, command.leadId);
  const [first] = ownerId === null ? [] : await poolsOf(streams, 'lead', ownerId);
  const poolId = command.poolId ?? first?.poolId ?? commonPools.lead;
  const pool = await poolFacts(streams, poolId);
  if (!pool) throw new Missing('pool', poolId);
  return { pool, openTransferId: await openTransferOf(streams, command.leadId) };
};

const timing = async ({ state, streams }: Question<unknown, Lead>): Promise<rules.ClockFacts> => {
  const clock = state.status === 'unknown' ? null : state.clock;
  return { counting: clock ? await calendarFacts(streams, clock.calendarId) : undefined };
};

const original = async ({ command: { leadId, of }, state, streams }: Question<commands.MarkLeadDuplicate, Lead>) => {
  open(state, leadId);
  if (of.kind === 'customer') return { there: (await customerFacts(streams, of.id)) !== undefined, isDuplicate: false };
  const { status } = (await streams.load(lead, of.id)).state;
  return { there: status !== 'unknown', isDuplicate: status === 'duplicate' };
};

async function converting(
  { command, state, streams, envelope }: Question<commands.ConvertLead, Lead>,
  matches: LeadMatches,
): Promise<ConversionFacts> {
  const { leadId, customerId, opportunity } = command;
  const { details, ownerId } = present(state, leadId);
  // Who might be the same is a question to a person; imports and automation name the customer themselves.
  const isAsked = envelope.source === 'api' || envelope.source === 'ui';
  // The rule says that it has no owner; one that left meanwhile is told of before the conversion is carried out.
  if (isAsked && ownerId !== null) await ownerFacts(streams, ownerId);
  const customer = customerId === null ? undefined : await customerFacts(streams, customerId);
  const pipeline = opportunity ? await pipelineFacts(streams, opportunity.pipelineId) : undefined;
  return {
    ids: {
      customerId: idFrom('customer of lead', leadId),
      contactId: idFrom('contact of lead', leadId),
      opportunityId: idFrom('opportunity of lead', leadId),
    },
    matched: isAsked ? await matches.now(details) : [],
    contactKnown: customer !== undefined && contactsLike(customer, details).length > 0,
    customer: customer && { archived: customer.status === 'archived', survivorId: customer.survivorId },
    pipeline: pipeline && { usable: !pipeline.retired && pipeline.version > 0 },
  };
}

const following = async ({ command, streams }: Question<commands.MoveLeadByMerge, Lead>) => ({
  path: await mergePath(streams, command),
});

async function publishing(
  { command, streams }: Question<commands.PublishLeadPolicy, LeadPolicy | undefined>,
  model: LeadModel,
) {
  const ids = [...new Set(command.responses.map(({ calendarId }) => calendarId))];
  const read = await Promise.all(ids.map((id) => calendarFacts(streams, id)));
  return { unknown: ids.filter((_, index) => !read[index]), isModelThere: model.isThere };
}

@Module({
  providers: [
    LeadMatches,
    {
      provide: LeadModel,
      // Programs of tests have no settings.
      inject: [{ token: Config, optional: true }],
      useFactory: ({ LEAD_MODEL_URL, LEAD_MODEL_SECONDS } = new Config()) =>
        new HttpLeadModel(LEAD_MODEL_URL, LEAD_MODEL_SECONDS),
    },
    handle(commands.CaptureLead, lead, rules.captureLead, capturing),
    handle(commands.ChangeLeadDetails, lead, rules.changeLeadDetails, judged),
    handle(commands.NoteLead, lead, rules.noteLead),
    handle(commands.ScoreLead, lead, scores.scoreLead, judged),
    AskLeadModelHandler,
    handle(commands.RecordLeadScore, lead, scores.recordLeadScore, inForce),
    handle(commands.RecordLeadModelFailure, lead, scores.recordLeadModelFailure, inForce),
    handle(commands.GradeLead, lead, scores.gradeLead),
    handle(commands.AssignLead, lead, rules.assignLead, assigning),
    handle(commands.TransferLead, lead, rules.transferLead, receiving),
    handle(commands.AssignLeadAsDecided, lead, rules.assignLeadAsDecided, carryingOut),
    handle(commands.ContactLead, lead, rules.contactLead, timing),
    handle(commands.RecordLeadResponseBreach, lead, rules.recordLeadResponseBreach, timing),
    handle(commands.QualifyLead, lead, rules.qualifyLead),
    handle(commands.DisqualifyLead, lead, rules.disqualifyLead),
    handle(commands.RecycleLead, lead, rules.recycleLead),
    handle(commands.ReopenLead, lead, rules.reopenLead, reopening),
    handle(commands.MarkLeadDuplicate, lead, rules.markLeadDuplicate, original),
    handle(commands.ConvertLead, lead, convertLead, {
      facts: converting,
      from: LeadMatches,
      alone: () => ['conversions of leads'],
    }),
    handle(commands.ClaimLead, lead, pooling.claimLead, claiming),
    handle(commands.ReturnLeadToPool, lead, pooling.returnLeadToPool, returning),
    handle(commands.MovePooledLead, lead, pooling.movePooledLead),
    handle(commands.MoveLeadByMerge, lead, moveLeadByMerge, following),
    handle(commands.FailLeadConversion, lead, failLeadConversion),
    handle(commands.PublishLeadPolicy, leadPolicy, publishLeadPolicy, { facts: publishing, from: LeadModel }),
    GetLeadHandler,
    GetLeadCandidatesHandler,
    ListLeadPoliciesHandler,
    GetLeadPolicyHandler,
    ListLeadsHandler,
  ],
})
export class LeadsModule {}
