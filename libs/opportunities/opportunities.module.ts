import { Module } from '@nestjs/common';
import { handleKeyed } from '../event-store/handle.js';
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
    handleKeyed(commands.DraftPipeline, pipeline, 'pipelineId', pipelines.draftPipeline),
    handleKeyed(commands.AddPipelineStage, pipeline, 'pipelineId', pipelines.addPipelineStage),
    handleKeyed(commands.ChangePipelineStage, pipeline, 'pipelineId', pipelines.changePipelineStage),
    handleKeyed(commands.ReorderPipelineStages, pipeline, 'pipelineId', pipelines.reorderPipelineStages),
    handleKeyed(commands.RemovePipelineStage, pipeline, 'pipelineId', pipelines.removePipelineStage),
    handleKeyed(commands.PublishPipeline, pipeline, 'pipelineId', pipelines.publishPipeline),
    handleKeyed(commands.RetirePipeline, pipeline, 'pipelineId', pipelines.retirePipeline),
    handleKeyed(commands.DefinePipeline, pipeline, 'pipelineId', pipelines.definePipeline),
    handleKeyed(
      commands.RegisterOpportunity,
      opportunity,
      'opportunityId',
      people.registerOpportunity,
      lookups.registration,
    ),
    handleKeyed(commands.LinkCustomer, opportunity, 'opportunityId', people.linkCustomer, lookups.namedCustomer),
    handleKeyed(commands.LinkContact, opportunity, 'opportunityId', people.linkContact, lookups.linkedCustomer),
    handleKeyed(commands.UnlinkContact, opportunity, 'opportunityId', people.unlinkContact),
    handleKeyed(commands.AddTeamMember, opportunity, 'opportunityId', people.addTeamMember, lookups.namedEmployee),
    handleKeyed(commands.RemoveTeamMember, opportunity, 'opportunityId', people.removeTeamMember),
    handleKeyed(commands.AssignOpportunity, opportunity, 'opportunityId', people.assignOpportunity, lookups.newOwner),
    handleKeyed(commands.ChangeOpportunityDetails, opportunity, 'opportunityId', terms.changeOpportunityDetails),
    handleKeyed(commands.QualifyOpportunity, opportunity, 'opportunityId', terms.qualifyOpportunity),
    handleKeyed(commands.GradeOpportunity, opportunity, 'opportunityId', terms.gradeOpportunity),
    handleKeyed(commands.ChangeAmount, opportunity, 'opportunityId', terms.changeAmount),
    handleKeyed(commands.ChangeExpectedClose, opportunity, 'opportunityId', terms.changeExpectedClose),
    handleKeyed(commands.ChangeStage, opportunity, 'opportunityId', stages.changeStage, lookups.stages),
    handleKeyed(commands.OverrideGate, opportunity, 'opportunityId', stages.overrideGate, lookups.stages),
    handleKeyed(commands.OverrideProbability, opportunity, 'opportunityId', stages.overrideProbability),
    handleKeyed(commands.SetForecastCategory, opportunity, 'opportunityId', stages.setForecastCategory),
    handleKeyed(commands.WinOpportunity, opportunity, 'opportunityId', closing.winOpportunity, lookups.closing),
    handleKeyed(commands.LoseOpportunity, opportunity, 'opportunityId', closing.loseOpportunity, lookups.closing),
    handleKeyed(commands.VoidOpportunity, opportunity, 'opportunityId', closing.voidOpportunity, lookups.closing),
    handleKeyed(commands.ReopenOpportunity, opportunity, 'opportunityId', closing.reopenOpportunity, lookups.stages),
    handleKeyed(commands.PlanVisit, opportunity, 'opportunityId', visits.planVisit, lookups.visit),
    handleKeyed(commands.CheckInVisit, opportunity, 'opportunityId', visits.checkInVisit),
    handleKeyed(commands.ReportVisit, opportunity, 'opportunityId', visits.reportVisit),
    ListPipelinesHandler,
    GetPipelineHandler,
    ListOpportunitiesHandler,
    GetOpportunityHandler,
  ],
})
export class OpportunitiesModule {}
