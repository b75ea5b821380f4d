import { IsIn, Matches } from 'class-validator';
import { IsId, IsMoney, IsPart, IsText, MayBeLeftOut, MoneyBody } from '../http/validation.js';
import { PageQuery } from '../http/when.dto.js';
import { kpis, PERIOD, targetSubjectKinds } from './events.js';
import type { Kpi, TargetSubjectKind } from './events.js';

const IsPeriod = (): PropertyDecorator =>
  Matches(PERIOD, { message: '$property must be a year 2026, a quarter 2026-Q1 or a month 2026-01' });

/** Whose target it is. */
export class TargetSubjectBody {
  @IsIn(targetSubjectKinds)
  kind: TargetSubjectKind;

  /** Id of the employee or the unit. */
  @IsId()
  id: string;
}

export class SetTargetBody {
  /** The figure that it is for. */
  @IsIn(kpis)
  kpi: Kpi;

  @IsPart(() => TargetSubjectBody)
  subject: TargetSubjectBody;

  /** A calendar year `2026`, a quarter `2026-Q1` or a month `2026-01`. */
  @IsPeriod()
  period: string;

  /** What the figure is to come to, above zero. Each currency has a target of its own. */
  @IsMoney()
  value: MoneyBody;
}

export class ReviseTargetBody {
  /** Above zero, in the currency of the target. */
  @IsMoney()
  value: MoneyBody;

  /** Shown beside the target: why it is another one. */
  @IsText(1_000)
  reason: string;
}

export class WithdrawTargetBody {
  @IsText(1_000)
  reason: string;
}

export const targetStatuses = ['set', 'withdrawn'] as const;

export class TargetListQuery extends PageQuery {
  /** Id of an employee or a unit. */
  @MayBeLeftOut()
  @IsId()
  subject?: string;

  /** Exactly this year, quarter or month. */
  @MayBeLeftOut()
  @IsPeriod()
  period?: string;

  @MayBeLeftOut()
  @IsIn(kpis)
  kpi?: Kpi;

  @MayBeLeftOut()
  @IsIn(targetStatuses)
  status?: (typeof targetStatuses)[number];
}
