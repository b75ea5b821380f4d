import { Command } from '@nestjs/cqrs';
import type { ContactRole } from '../customers/events.js';
import type { Decided } from '../event-store/streams.js';
import type { Money } from '../money.js';
import type {
  ForecastCategory,
  OpportunityGrade,
  OpportunityLossReason,
  OpportunitySource,
  Requirement,
  Stage,
  VisitOutcome,
} from './events.js';

/** A command to one pipeline: its id, and what is wanted of it. */
abstract class PipelineCommand<Details> extends Command<Decided> {
  constructor(
    readonly pipelineId: string,
    readonly details: Details,
  ) {
    super();
  }
}

/** A command to one opportunity: its id, and what is wanted of it. */
abstract class OpportunityCommand<Details> extends Command<Decided> {
  constructor(
    readonly opportunityId: string,
    readonly details: Details,
  ) {
    super();
  }
}

/** A stage as one describes it; what is left out follows from its kind. */
export type StageDetails = Pick<Stage, 'id' | 'name'> & {
  readonly [Field in keyof Omit<Stage, 'id' | 'name'>]?: Stage[Field] | undefined;
};

/** Begin a pipeline. */
export class DraftPipeline extends PipelineCommand<{ readonly name: string }> {}

/** Add a stage to the next version of a pipeline, in front of another one or at the end. */
export class AddPipelineStage extends PipelineCommand<{
  readonly stage: StageDetails;
  readonly before?: string | null | undefined;
}> {}

/** Change a stage in the next version of a pipeline; fields that are left out stay as they are. */
export class ChangePipelineStage extends PipelineCommand<{
  readonly stageId: string;
  readonly changes: Partial<Omit<StageDetails, 'id'>>;
}> {}

/** Put the stages of the next version in order: all of them, by id. */
export class ReorderPipelineStages extends PipelineCommand<{ readonly stageIds: readonly string[] }> {}

/** Leave a stage out of the next version of a pipeline. */
export class RemovePipelineStage extends PipelineCommand<{ readonly stageId: string }> {}

/** Make the draft a version that opportunities are registered under from now on. */
export class PublishPipeline extends Command<Decided> {
  constructor(readonly pipelineId: string) {
    super();
  }
}

/** Register nothing new in a pipeline. */
export class RetirePipeline extends PipelineCommand<{ readonly reason?: string | null | undefined }> {}

/** Have a pipeline with exactly these stages, published: drafts, changes and publishes whatever is needed for that. */
export class DefinePipeline extends PipelineCommand<{
  readonly name: string;
  readonly stages: readonly StageDetails[];
}> {}

export interface OpportunityRegistration {
  readonly name: string;
  readonly pipelineId: string;
  readonly ownerId: string;
  readonly customerId?: string | null | undefined;
  readonly source?: OpportunitySource | null | undefined;
  readonly product?: string | null | undefined;
  readonly grade?: OpportunityGrade | null | undefined;
  readonly amount?: Money | null | undefined;
  /** `YYYY-MM-DD` */
  readonly expectedCloseOn?: string | null | undefined;
  readonly nextStep?: string | null | undefined;
  /** The open stage it begins in, where that is not the first: what came before was not recorded. */
  readonly stageId?: string | null | undefined;
}

/** Report a chance to sell. It begins in the first stage of the version of the pipeline that is published now. */
export class RegisterOpportunity extends OpportunityCommand<OpportunityRegistration> {}

/** Say which customer an opportunity is about. */
export class LinkCustomer extends OpportunityCommand<{ readonly customerId: string }> {}

/** Give a contact of the customer a role in the deal. */
export class LinkContact extends OpportunityCommand<{
  readonly contactId: string;
  readonly role: ContactRole;
  readonly isPrimary?: boolean | undefined;
}> {}

/** Take a contact out of the deal. */
export class UnlinkContact extends OpportunityCommand<{ readonly contactId: string }> {}

/** Change what an opportunity is called, comes from, sells, or needs next; fields that are left out stay as they are. */
export class ChangeOpportunityDetails extends OpportunityCommand<{
  readonly name?: string | undefined;
  readonly source?: OpportunitySource | null | undefined;
  readonly product?: string | null | undefined;
  readonly nextStep?: string | null | undefined;
}> {}

/** Say that there is a real chance. */
export class QualifyOpportunity extends OpportunityCommand<{ readonly note?: string | null | undefined }> {}

/** Say how good the chance is. */
export class GradeOpportunity extends OpportunityCommand<{
  readonly grade: OpportunityGrade;
  readonly reason?: string | null | undefined;
}> {}

/** Move an opportunity to another open stage of the version of the pipeline it runs under. */
export class ChangeStage extends OpportunityCommand<{ readonly stageId: string }> {}

/** Let an opportunity pass to a stage without meeting some of what the gates ask for. */
export class OverrideGate extends OpportunityCommand<{
  readonly stageId: string;
  readonly requirements: readonly Requirement[];
  readonly reason: string;
}> {}

/** Say what an opportunity is worth. */
export class ChangeAmount extends OpportunityCommand<{ readonly amount: Money }> {}

/** Say when an opportunity is expected to close, `YYYY-MM-DD`. */
export class ChangeExpectedClose extends OpportunityCommand<{ readonly expectedCloseOn: string }> {}

/** Give an opportunity another probability than its stage has. */
export class OverrideProbability extends OpportunityCommand<{
  readonly probability: number;
  readonly reason: string;
}> {}

/** Forecast an opportunity in another category than its stage is in. */
export class SetForecastCategory extends OpportunityCommand<{ readonly forecastCategory: ForecastCategory }> {}

/** Have an employee work on an opportunity beside its owner. */
export class AddTeamMember extends OpportunityCommand<{ readonly employeeId: string; readonly role: string }> {}

/** Take an employee off an opportunity. */
export class RemoveTeamMember extends OpportunityCommand<{ readonly employeeId: string }> {}

/** Make an employee answer for an opportunity. */
export class AssignOpportunity extends OpportunityCommand<{
  readonly ownerId: string;
  readonly reason?: string | null | undefined;
}> {}

/** Plan to go to the customer; without visitor the owner goes. */
export class PlanVisit extends OpportunityCommand<{
  readonly visitId: string;
  readonly plannedFor: string;
  readonly purpose: string;
  readonly visitorId?: string | null | undefined;
  readonly contactIds?: readonly string[] | undefined;
}> {}

/** Say that the visitor arrived, and where. */
export class CheckInVisit extends OpportunityCommand<{
  readonly visitId: string;
  readonly lat: number;
  readonly lng: number;
  /** Metres. */
  readonly accuracy: number;
  /** When that was, when it is not now. */
  readonly occurredAt?: string | undefined;
  /** Admits that it is written down more than a day afterwards. */
  readonly late?: boolean | undefined;
}> {}

/** Say what a visit came to. */
export class ReportVisit extends OpportunityCommand<{
  readonly visitId: string;
  readonly outcome: VisitOutcome;
  readonly summary: string;
  readonly nextStep?: string | null | undefined;
  /** When the visit ended, when that is not now. */
  readonly occurredAt?: string | undefined;
}> {}

/** Close an opportunity as won, at this amount or at the one it has. */
export class WinOpportunity extends OpportunityCommand<{ readonly amount?: Money | null | undefined }> {}

/** Close an opportunity as lost, into the first lost stage of its pipeline or into this one. */
export class LoseOpportunity extends OpportunityCommand<{
  readonly reason: OpportunityLossReason;
  readonly competitor?: string | null | undefined;
  readonly note?: string | null | undefined;
  readonly stageId?: string | null | undefined;
}> {}

/** Close an opportunity as neither won nor lost. */
export class VoidOpportunity extends OpportunityCommand<{ readonly reason: string }> {}

/** Go on with a closed opportunity, in the stage it was closed from or in an earlier one. */
export class ReopenOpportunity extends OpportunityCommand<{
  readonly reason: string;
  readonly stageId?: string | null | undefined;
}> {}
