import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsText, MayBeLeftOut } from '../http/validation.js';
import { forecastCategories, requirements, stageKinds } from './events.js';
import type { ForecastCategory, Requirement, StageKind } from './events.js';

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MOST_STAGES = 50;

/** What may be said about a stage beside its name; what is left out of a new one follows from its kind. */
class StageTermsBody {
  @MayBeLeftOut()
  @IsIn(stageKinds)
  kind?: StageKind;

  /** Percent: 1 to 99 for an open stage, 100 for what is won, 0 for what is lost or void. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(100)
  probability?: number;

  @MayBeLeftOut()
  @IsIn(forecastCategories)
  forecastCategory?: ForecastCategory;

  /** Asked when an opportunity comes in on its way forward, or is closed into this stage. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(requirements.length)
  @ArrayUnique()
  @IsIn(requirements, { each: true })
  entryGate?: Requirement[];

  /** Asked when an opportunity goes on from here. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(requirements.length)
  @ArrayUnique()
  @IsIn(requirements, { each: true })
  exitGate?: Requirement[];

  /** After so many days an opportunity is overdue here; null for no limit. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3_650)
  maxDays?: number | null;

  /** Whether opportunities may be moved past it. */
  @MayBeLeftOut()
  @IsBoolean()
  allowSkip?: boolean;

  /** Whether opportunities may be moved from it to an earlier stage. */
  @MayBeLeftOut()
  @IsBoolean()
  allowBack?: boolean;

  /** Whether opportunities may be won directly from it. */
  @MayBeLeftOut()
  @IsBoolean()
  allowWin?: boolean;
}

export class StageChangesBody extends StageTermsBody {
  @MayBeLeftOut()
  @IsText(255)
  name?: string;
}

export class StageBody extends StageTermsBody {
  /** A short readable name, such as `needs-analysis`, that stays the same from version to version. */
  @MaxLength(64)
  @Matches(SLUG, { message: '$property must be lower case letters and digits, with single hyphens between' })
  id: string;

  @IsText(255)
  name: string;
}

export class AddStageBody extends StageBody {
  /** The stage it comes in front of; without one it comes last. */
  @IsOptional()
  @IsText(64)
  before?: string | null;
}

export class CreatePipelineBody {
  @IsText(255)
  name: string;

  /** All stages in order, to publish it at once; without them it is a draft. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_STAGES)
  @ValidateNested({ each: true })
  @Type(() => StageBody)
  stages?: StageBody[];
}

export class DefinePipelineBody {
  @IsText(255)
  name: string;

  /** All stages in order. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_STAGES)
  @ValidateNested({ each: true })
  @Type(() => StageBody)
  stages: StageBody[];
}

export class StageOrderBody {
  /** Ids of all stages of the draft. */
  @IsArray()
  @ArrayMaxSize(MOST_STAGES)
  @ArrayUnique()
  @IsText(64, { each: true })
  stageIds: string[];
}

export class RetirePipelineBody {
  @IsOptional()
  @IsText(1_000)
  reason?: string | null;
}
