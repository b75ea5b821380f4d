import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { IsId, IsMoney, IsPart, IsText, MayBeLeftOut, MoneyBody } from '../http/validation.js';

export class DutiesBody {
  /** What a holder of the position does; replaces what was said before. */
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsText(1_000, { each: true })
  duties: string[];

  /** Steps of processes a holder runs; left out, they stay as they are. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsText(255, { each: true })
  processSteps?: string[];
}

export class HeadcountBody {
  /** How many people the position takes. */
  @IsInt()
  @Min(0)
  @Max(100_000)
  headcount: number;
}

export class DefinePositionBody {
  @IsText(255)
  title: string;

  @IsId()
  orgUnitId: string;

  /** The position it answers to; left out, it answers to the head of its unit. */
  @IsOptional()
  @IsId()
  reportsToPositionId?: string | null;

  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsText(1_000, { each: true })
  duties?: string[];

  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsText(255, { each: true })
  processSteps?: string[];

  /** How many people it takes, one when left out. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(100_000)
  headcount?: number;
}

export class ReportingLineBody {
  /** Null for the head of its unit. */
  @ValidateIf((_, value) => value !== null)
  @IsId()
  reportsToPositionId: string | null;
}

export class ApprovalLimitBody {
  /** Null when the position approves nothing by amount. */
  @ValidateIf((_, value) => value !== null)
  @IsMoney()
  limit: MoneyBody | null;
}

export class CustomerCapValue {
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  max: number;

  /** Whether customers that bought do not count. */
  @MayBeLeftOut()
  @IsBoolean()
  excludeWon?: boolean;
}

export class CustomerCapBody {
  /** Null for any number of customers. */
  @ValidateIf((_, value) => value !== null)
  @IsPart(() => CustomerCapValue)
  cap: CustomerCapValue | null;
}

export class PositionUnitBody {
  @IsId()
  orgUnitId: string;
}
