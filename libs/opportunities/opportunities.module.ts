import { Module } from '@nestjs/common';
import { handle } from '../event-store/handle.js';
import * as commands from './commands.js';
import * as facts from './opportunity.facts.js';
import * as closing from './opportunity-closing.rules.js';
import * as people from './opportunity-people.rules.js';
import * as stages from './opportunity-stages.rules.js';
import * as terms from './opportunity-terms.rules.js';
import { opportunity } from './opportunity.decider.js';
import * as pipelineCommands from './pipeline.commands.js';
import * as pipelines from './pipeline.decider.js';
import { pipeline } from './pipeline.decider.js';
import {
  GetOpportunityHandler,
  GetPipelineHandler,
  ListOpportunitiesHandler,
  ListPipelinesHandler,
} from './queries.js';
import * as visits from './visit.rules.js';

@Module({
  providers: [
    handle(pipelineCommands.CreatePipeline, pipeline, pipelines.createPipeline),
    handle(pipelineCommands.AddPipelineStage, pipeline, pipelines.addPipelineStage),
    handle(pipelineCommands.ChangePipelineStage, pipeline, pipelines.changePipelineStage),
    handle(pipelineCommands.ReorderPipelineStages, pipeline, pipelines.reorderPipelineStages),
    handle(pipelineCommands.RemovePipelineStage, pipeline, pipelines.removePipelineStage),
    handle(pipelineCommands.PublishPipeline, pipeline, pipelines.publishPipeline),
    handle(pipelineCommands.RetirePipeline, pipeline, pipelines.retirePipeline),
    handle(pipelineCommands.DefinePipeline, pipeline, pipelines.definePipeline),
    handle(commands.RegisterOpportunity, opportunity, people.registerOpportunity, facts.registration),
    handle(commands.ImportOpportunity, opportunity, people.registerOpportunity, facts.registration),
    handle(commands.LinkOpportunityCustomer, opportunity, people.linkOpportunityCustomer, facts.namedCustomer),
    handle(commands.MoveOpportunityByMerge, opportunity, people.moveOpportunityByMerge, facts.following),
    handle(commands.LinkOpportunityContact, opportunity, people.linkOpportunityContact, facts.linkedCustomer),
    handle(commands.UnlinkOpportunityContact, opportunity, people.unlinkOpportunityContact),
    handle(commands.AddOpportunityTeamMember, opportunity, people.addOpportunityTeamMember, facts.namedEmployee),
    handle(commands.RemoveOpportunityTeamMember, opportunity, people.removeOpportunityTeamMember),
    handle(commands.AssignOpportunity, opportunity, people.assignOpportunity, facts.newOwner),
    handle(commands.TransferOpportunity, opportunity, people.transferOpportunity, facts.receiver),
    handle(commands.ChangeOpportunityDetails, opportunity, terms.changeOpportunityDetails),
    handle(commands.QualifyOpportunity, opportunity, terms.qualifyOpportunity),
    handle(commands.GradeOpportunity, opportunity, terms.gradeOpportunity),
    handle(commands.ChangeOpportunityAmount, opportunity, terms.changeOpportunityAmount),
    handle(commands.ChangeOpportunityCloseDate, opportunity, terms.changeOpportunityCloseDate),
    handle(commands.ChangeOpportunityStage, opportunity, stages.changeOpportunityStage, facts.stages),
    handle(commands.OverrideOpportunityGate, opportunity, stages.overrideOpportunityGate, facts.stages),
    handle(commands.OverrideOpportunityProbability, opportunity, stages.overrideOpportunityProbability),
    handle(commands.ChangeOpportunityForecastCategory, opportunity, stages.changeOpportunityForecastCategory),
    handle(commands.WinOpportunity, opportunity, closing.winOpportunity, facts.closing),
    handle(commands.LoseOpportunity, opportunity, closing.loseOpportunity, facts.closing),
    handle(commands.VoidOpportunity, opportunity, closing.voidOpportunity, facts.closing),
    handle(commands.ReopenOpportunity, opportunity, closing.reopenOpportunity, facts.stages),
    handle(commands.PlanVisit, opportunity, visits.planVisit, facts.visit),
    handle(commands.CheckInVisit, opportunity, visits.checkInVisit),
    handle(commands.ReportVisit, opportunity, visits.reportVisit),
    ListPipelinesHandler,
    GetPipelineHandler,
    ListOpportunitiesHandler,
    GetOpportunityHandler,
  ],
})
export class OpportunitiesModule {}
