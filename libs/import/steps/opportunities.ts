import { jsonSchemaOf } from '../../commands/json-schema.js';
import * as commands from '../../opportunities/commands.js';
import { CreatePipeline } from '../../opportunities/pipeline.commands.js';
import { asked } from '../asked.js';
import { required, step } from './step.js';
import type { Target } from './step.js';

/** The stages of a pipeline, which a mapping writes out as the API has them. */
const stages = jsonSchemaOf(CreatePipeline.definition.fields.stages);

export const opportunityTargets: Readonly<Record<string, Target>> = {
  pipeline: {
    ...step(CreatePipeline, {
      says: 'A pipeline with its stages, published; the step needs no file.',
      fields: { stages: required({ is: 'given', schema: { ...stages.schema, items: stages.parts['StageBody'] } }) },
    }),
    command(id, values) {
      asked(CreatePipeline, id, values);
      // The id of the command is made of the stages as the mapping writes them, with their fields in its order.
      return new CreatePipeline(id, values as never);
    },
  },
  opportunity: step(commands.ImportOpportunity, {
    says: 'A chance to sell. It begins in the first stage of its pipeline unless `stageId` names a later one; `also` says how it went on.',
  }),
  opportunityStage: step(commands.ChangeOpportunityStage, {
    says: 'It moved to another open stage, at the business time.',
  }),
  opportunityWon: step(commands.WinOpportunity, {
    says: 'It was won, at this amount or at the one it has; at none, where the source does not know it.',
  }),
  opportunityLost: step(commands.LoseOpportunity, { says: 'It was lost; the reason `other` needs a note.' }),
  opportunityVoided: step(commands.VoidOpportunity, { says: 'It ended as neither won nor lost.' }),
  opportunityReopened: step(commands.ReopenOpportunity, { says: 'It was closed too early and went on.' }),
  opportunityAmount: step(commands.ChangeOpportunityAmount, { says: 'It is worth another amount.' }),
  opportunityExpectedClose: step(commands.ChangeOpportunityCloseDate, {
    says: 'It is expected to close on another day.',
  }),
  opportunityQualified: step(commands.QualifyOpportunity, { says: 'Somebody found a real chance.' }),
  opportunityGrade: step(commands.GradeOpportunity, { says: 'How good the chance is.' }),
  opportunityCustomer: step(commands.LinkOpportunityCustomer, { says: 'It became known which customer it is about.' }),
  opportunityContact: step(commands.LinkOpportunityContact, {
    says: 'A contact of its customer has this role in the deal.',
  }),
  opportunityOwner: step(commands.AssignOpportunity, {
    says: 'Somebody else answers for it.',
    fields: { fromOwnerId: null },
  }),
  opportunityTeamMember: step(commands.AddOpportunityTeamMember, { says: 'Somebody works on it beside the owner.' }),
};
