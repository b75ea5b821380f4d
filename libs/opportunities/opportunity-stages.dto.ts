import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { IsMoney, IsText, MoneyBody } from '../http/validation.js';
import { opportunityLossReasons, requirements } from './events.js';
import type { OpportunityLossReason, Requirement } from './events.js';

export class ChangeStageBody {
  /** An open stage of the version of the pipeline that the opportunity runs under. */
  @IsText(64)
  stageId: string;
}

export class OverrideGateBody {
  /** The stage it is to pass to. */
  @IsText(64)
  stageId: string;

  /** What may be missing. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(requirements.length)
  @ArrayUnique()
  @IsIn(requirements, { each: true })
  requirements: Requirement[];

  /** Shown in the history of the opportunity. */
  @IsText(1_000)
  reason: string;
}

export class WinBody {
  /** What it was won at; without it, at the amount it has. */
  @IsOptional()
  @IsMoney()
  amount?: MoneyBody | null;
}

export class LoseBody {
  @IsIn(opportunityLossReasons)
  reason: OpportunityLossReason;

  /** Who won it instead. */
  @IsOptional()
  @IsText(255)
  competitor?: string | null;

  /** Needed for another reason than those on the list. */
  @IsOptional()
  @IsText(10_000)
  note?: string | null;

  /** Which stage for lost opportunities, when the pipeline has several. */
  @IsOptional()
  @IsText(64)
  stageId?: string | null;
}

export class VoidBody {
  @IsText(1_000)
  reason: string;
}

export class ReopenBody {
  @IsText(1_000)
  reason: string;

  /** The stage it was closed from, which is the default, or one before. */
  @IsOptional()
  @IsText(64)
  stageId?: string | null;
}
