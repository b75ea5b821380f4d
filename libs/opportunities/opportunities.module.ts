import { Module } from '@nestjs/common';
import { handle } from '../event-store/handle.js';
import * as commands from './commands.js';
import * as lookups from './lookups.js';
import { OpportunitiesController } from './opportunities.controller.js';
import * as closing from './opportunity-closing.rules.js';
import * as people from './opportunity-people.rules.js';
import * as stages from './opportunity-stages.rules.js';
import * as terms from './opportunity-terms.rules.js';
import { opportunity } from './opportunity.decider.js';
import { OpportunityPeopleController } from './opportunity-people.controller.js';
import { OpportunityStagesController } from './opportunity-stages.controller.js';
import * as pipelines from './pipeline.decider.js';
import { pipeline } from './pipeline.decider.js';
import { PipelinesController } from './pipelines.controller.js';
import {
  GetOpportunityHandler,
  GetPipelineHandler,
  ListOpportunitiesHandler,
  ListPipelinesHandler,
} from './queries.js';
import * as visits from './visit.rules.js';

@Module({
  controllers: [PipelinesController, OpportunitiesController, OpportunityStagesController, OpportunityPeopleController],
  providers: [
    handle(commands.DraftPipeline, pipeline, 'pipelineId', pipelines.draftPipeline),
    handle(commands.AddPipelineStage, pipeline, 'pipelineId', pipelines.addPipelineStage),
    handle(commands.ChangePipelineStage, pipeline, 'pipelineId', pipelines.changePipelineStage),
    handle(commands.ReorderPipelineStages, pipeline, 'pipelineId', pipelines.reorderPipelineStages),
    handle(commands.RemovePipelineStage, pipeline, 'pipelineId', pipelines.removePipelineStage),
    handle(commands.PublishPipeline, pipeline, 'pipelineId', pipelines.publishPipeline),
    handle(commands.RetirePipeline, pipeline, 'pipelineId', pipelines.retirePipeline),
    handle(commands.DefinePipeline, pipeline, 'pipelineId', pipelines.definePipeline),
    handle(
      commands.RegisterOpportunity,
      opportunity,
      'opportunityId',
      people.registerOpportunity,
      lookups.registration,
    ),
    handle(commands.LinkCustomer, opportunity, 'opportunityId', people.linkCustomer, lookups.namedCustomer),
    handle(commands.LinkContact, opportunity, 'opportunityId', people.linkContact, lookups.linkedCustomer),
    handle(commands.UnlinkContact, opportunity, 'opportunityId', people.unlinkContact),
    handle(commands.AddTeamMember, opportunity, 'opportunityId', people.addTeamMember, lookups.namedEmployee),
    handle(commands.RemoveTeamMember, opportunity, 'opportunityId', people.removeTeamMember),
    handle(commands.AssignOpportunity, opportunity, 'opportunityId', people.assignOpportunity, lookups.newOwner),
    handle(commands.ChangeOpportunityDetails, opportunity, 'opportunityId', terms.changeOpportunityDetails),
    handle(commands.QualifyOpportunity, opportunity, 'opportunityId', terms.qualifyOpportunity),
    handle(commands.GradeOpportunity, opportunity, 'opportunityId', terms.gradeOpportunity),
    handle(commands.ChangeAmount, opportunity, 'opportunityId', terms.changeAmount),
    handle(commands.ChangeExpectedClose, opportunity, 'opportunityId', terms.changeExpectedClose),
    handle(commands.ChangeStage, opportunity, 'opportunityId', stages.changeStage, lookups.stages),
    handle(commands.OverrideGate, opportunity, 'opportunityId', stages.overrideGate, lookups.stages),
    handle(commands.OverrideProbability, opportunity, 'opportunityId', stages.overrideProbability),
    handle(commands.SetForecastCategory, opportunity, 'opportunityId', stages.setForecastCategory),
    handle(commands.WinOpportunity, opportunity, 'opportunityId', closing.winOpportunity, lookups.closing),
    handle(commands.LoseOpportunity, opportunity, 'opportunityId', closing.loseOpportunity, lookups.closing),
    handle(commands.VoidOpportunity, opportunity, 'opportunityId', closing.voidOpportunity, lookups.closing),
    handle(commands.ReopenOpportunity, opportunity, 'opportunityId', closing.reopenOpportunity, lookups.stages),
    handle(commands.PlanVisit, opportunity, 'opportunityId', visits.planVisit, lookups.visit),
    handle(commands.CheckInVisit, opportunity, 'opportunityId', visits.checkInVisit),
    handle(commands.ReportVisit, opportunity, 'opportunityId', visits.reportVisit),
    ListPipelinesHandler,
    GetPipelineHandler,
    ListOpportunitiesHandler,
    GetOpportunityHandler,
  ],
})
export class OpportunitiesModule {}
