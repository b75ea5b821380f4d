import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsCurrency, IsDay, IsId, IsIdOrNone, IsMoney, IsText, MayBeLeftOut, MoneyBody } from '../http/validation.js';
import { PageQuery } from '../http/when.dto.js';
import { forecastCategories, opportunityGrades, opportunitySources } from './events.js';
import type { ForecastCategory, OpportunityGrade, OpportunitySource, OpportunityStatus } from './events.js';
import type { OpportunityOrder } from './queries.js';

export class RegisterOpportunityBody {
  @IsText(255)
  name: string;

  @IsId()
  pipelineId: string;

  /** Employee who answers for it. */
  @IsId()
  ownerId: string;

  /** Without one it is a lead that is not tied to a company yet. */
  @IsOptional()
  @IsId()
  customerId?: string | null;

  @IsOptional()
  @IsIn(opportunitySources)
  source?: OpportunitySource | null;

  @IsOptional()
  @IsText(255)
  product?: string | null;

  @IsOptional()
  @IsIn(opportunityGrades)
  grade?: OpportunityGrade | null;

  @IsOptional()
  @IsMoney()
  amount?: MoneyBody | null;

  @IsOptional()
  @IsDay()
  expectedCloseOn?: string | null;

  @IsOptional()
  @IsText(1_000)
  nextStep?: string | null;
}

/** Fields that are left out stay as they are; null says that there is none. */
export class OpportunityDetailsBody {
  @MayBeLeftOut()
  @IsText(255)
  name?: string;

  @IsOptional()
  @IsIn(opportunitySources)
  source?: OpportunitySource | null;

  @IsOptional()
  @IsText(255)
  product?: string | null;

  @IsOptional()
  @IsText(1_000)
  nextStep?: string | null;
}

export class QualifyBody {
  /** What makes it a real chance. */
  @IsOptional()
  @IsText(10_000)
  note?: string | null;
}

export class GradeBody {
  @IsIn(opportunityGrades)
  grade: OpportunityGrade;

  @IsOptional()
  @IsText(1_000)
  reason?: string | null;
}

export class AmountBody {
  @IsMoney()
  amount: MoneyBody;
}

export class ExpectedCloseBody {
  @IsDay()
  expectedCloseOn: string;
}

export class ProbabilityBody {
  /** Percent. */
  @IsInt()
  @Min(1)
  @Max(99)
  probability: number;

  @IsText(1_000)
  reason: string;
}

export class ForecastCategoryBody {
  @IsIn(forecastCategories)
  forecastCategory: ForecastCategory;
}

export const opportunityOrders = [
  'closeOn',
  '-closeOn',
  'amount',
  '-amount',
  'name',
  '-name',
  'registered',
  '-registered',
] as const satisfies readonly OpportunityOrder[];

export class OpportunityListQuery extends PageQuery {
  @MayBeLeftOut()
  @IsId()
  pipeline?: string;

  @MayBeLeftOut()
  @IsText(64)
  stage?: string;

  @MayBeLeftOut()
  @IsIn(['open', 'won', 'lost', 'void'])
  status?: OpportunityStatus;

  @MayBeLeftOut()
  @IsId()
  owner?: string;

  /** A customer, or `none` for those not tied to one. */
  @MayBeLeftOut()
  @IsIdOrNone()
  customer?: string;

  /** Only amounts in this currency, one that is or was. */
  @MayBeLeftOut()
  @IsCurrency({ former: true })
  currency?: string;

  /** Expected to close on this day or later. */
  @MayBeLeftOut()
  @IsDay()
  closeFrom?: string;

  /** Expected to close before this day. */
  @MayBeLeftOut()
  @IsDay()
  closeTo?: string;

  /** By amount means by currency first, what has no amount last. */
  @MayBeLeftOut()
  @IsIn(opportunityOrders)
  sort?: OpportunityOrder;
}
