import { IsOptional } from 'class-validator';
import { contactRoles } from '../../customers/events.js';
import { IsText } from '../../http/validation.js';
import {
  AddTeamMember,
  AssignOpportunity,
  ChangeAmount,
  ChangeExpectedClose,
  ChangeStage,
  DefinePipeline,
  GradeOpportunity,
  LinkContact,
  LinkCustomer,
  LoseOpportunity,
  QualifyOpportunity,
  RegisterOpportunity,
  ReopenOpportunity,
  VoidOpportunity,
  WinOpportunity,
} from '../../opportunities/commands.js';
import {
  forecastCategories,
  opportunityGrades,
  opportunityLossReasons,
  opportunitySources,
  requirements,
  stageKinds,
} from '../../opportunities/events.js';
import { AmountBody, ExpectedCloseBody, GradeBody, QualifyBody } from '../../opportunities/opportunities.dto.js';
import { RegisterOpportunityBody } from '../../opportunities/opportunities.dto.js';
import {
  AssignOpportunityBody,
  LinkContactBody,
  LinkCustomerBody,
} from '../../opportunities/opportunity-people.dto.js';
import { TeamMemberBody } from '../../opportunities/opportunity-people.dto.js';
import {
  ChangeStageBody,
  LoseBody,
  ReopenBody,
  VoidBody,
  WinBody,
} from '../../opportunities/opportunity-stages.dto.js';
import { DefinePipelineBody, StageBody } from '../../opportunities/pipelines.dto.js';
import { formed } from '../form.js';
import { day, flag, idIn, money, oneOf, ref, required, text } from './step.js';
import type { Field, Target } from './step.js';

const gate = { type: 'array', items: { enum: requirements }, uniqueItems: true };

/** A stage as the API takes it; what is left out follows from its kind. */
const stage = {
  type: 'object',
  required: ['id', 'name'],
  additionalProperties: false,
  properties: {
    id: {
      type: 'string',
      pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
    },
    name: { type: 'string' },
    kind: { enum: stageKinds },
    probability: {
      type: 'integer',
      minimum: 0,
      maximum: 100,
    },
    forecastCategory: { enum: forecastCategories },
    entryGate: gate,
    exitGate: gate,
    maxDays: {
      type: 'integer',
      minimum: 1,
    },
    allowSkip: { type: 'boolean' },
    allowBack: { type: 'boolean' },
    allowWin: { type: 'boolean' },
  },
};

/** An archive may know an opportunity from a later stage on only. */
class ImportedOpportunityBody extends RegisterOpportunityBody {
  @IsOptional()
  @IsText(64)
  stageId?: string | null;
}

/** A command to one opportunity, in the form the API asks of it. */
function toOpportunity<Form extends object>(
  says: string,
  fields: Readonly<Record<string, Field>>,
  form: new () => Form,
  command: new (opportunityId: string, details: Form) => ReturnType<Target['command']>,
): Target {
  return {
    says,
    about: 'opportunityId',
    fields: { opportunityId: required(ref('opportunity')), ...fields },
    stream: (_, values) => `opportunity-${idIn(values, 'opportunityId')}`,
    command: (_, { opportunityId, ...values }) => new command(String(opportunityId), { ...formed(form, values) }),
  };
}

export const opportunityTargets: Readonly<Record<string, Target>> = {
  pipeline: {
    says: 'A pipeline with its stages, published; the step needs no file.',
    makes: 'pipeline',
    fields: {
      name: required(text),
      stages: required({ is: 'given', schema: { type: 'array', minItems: 1, items: stage } }),
    },
    stream: (id) => `pipeline-${id}`,
    command(id, { stages, ...values }) {
      const each = (stages as readonly object[]).map((given) => Object.assign(new StageBody(), given));
      const body = formed(DefinePipelineBody, { ...values, stages: each });
      return new DefinePipeline(id, { name: body.name, stages: body.stages.map((given) => ({ ...given })) });
    },
  },
  opportunity: {
    says: 'A chance to sell. It begins in the first stage of its pipeline unless `stageId` names a later one; `also` says how it went on.',
    makes: 'opportunity',
    fields: {
      name: required(text),
      pipelineId: required(ref('pipeline')),
      ownerId: required(ref('employee')),
      customerId: ref('customer'),
      source: oneOf(opportunitySources),
      product: text,
      grade: oneOf(opportunityGrades),
      amount: money,
      expectedCloseOn: day,
      nextStep: text,
      stageId: text,
    },
    stream: (id) => `opportunity-${id}`,
    command: (id, values) => new RegisterOpportunity(id, { ...formed(ImportedOpportunityBody, values) }),
  },
  opportunityStage: toOpportunity(
    'It moved to another open stage, at the business time.',
    { stageId: required(text) },
    ChangeStageBody,
    ChangeStage,
  ),
  opportunityWon: toOpportunity(
    'It was won, at this amount or at the one it has; at none, where the source does not know it.',
    { amount: money },
    WinBody,
    WinOpportunity,
  ),
  opportunityLost: toOpportunity(
    'It was lost; the reason `other` needs a note.',
    { reason: required(oneOf(opportunityLossReasons)), competitor: text, note: text, stageId: text },
    LoseBody,
    LoseOpportunity,
  ),
  opportunityVoided: toOpportunity(
    'It ended as neither won nor lost.',
    { reason: required(text) },
    VoidBody,
    VoidOpportunity,
  ),
  opportunityReopened: toOpportunity(
    'It was closed too early and went on.',
    { reason: required(text), stageId: text },
    ReopenBody,
    ReopenOpportunity,
  ),
  opportunityAmount: toOpportunity(
    'It is worth another amount.',
    { amount: required(money) },
    AmountBody,
    ChangeAmount,
  ),
  opportunityExpectedClose: toOpportunity(
    'It is expected to close on another day.',
    { expectedCloseOn: required(day) },
    ExpectedCloseBody,
    ChangeExpectedClose,
  ),
  opportunityQualified: toOpportunity('Somebody found a real chance.', { note: text }, QualifyBody, QualifyOpportunity),
  opportunityGrade: toOpportunity(
    'How good the chance is.',
    { grade: required(oneOf(opportunityGrades)), reason: text },
    GradeBody,
    GradeOpportunity,
  ),
  opportunityCustomer: toOpportunity(
    'It became known which customer it is about.',
    { customerId: required(ref('customer')) },
    LinkCustomerBody,
    LinkCustomer,
  ),
  opportunityContact: toOpportunity(
    'A contact of its customer has this role in the deal.',
    { contactId: required(ref('contact')), role: required(oneOf(contactRoles)), isPrimary: flag },
    LinkContactBody,
    LinkContact,
  ),
  opportunityOwner: toOpportunity(
    'Somebody else answers for it.',
    { ownerId: required(ref('employee')), reason: text },
    AssignOpportunityBody,
    AssignOpportunity,
  ),
  opportunityTeamMember: toOpportunity(
    'Somebody works on it beside the owner.',
    { employeeId: required(ref('employee')), role: required(text) },
    TeamMemberBody,
    AddTeamMember,
  ),
};
