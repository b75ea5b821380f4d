import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { IsDay, IsId, IsText, IsTime, MayBeLeftOut } from '../http/validation.js';
import { PageQuery } from '../http/when.dto.js';
import { employeeStatuses } from './events.js';
import type { EmployeeStatus } from './events.js';

export class HireEmployeeBody {
  @IsText(255)
  name: string;

  /** The first primary position. */
  @IsId()
  positionId: string;

  /** When the person joined, when that is not now. */
  @MayBeLeftOut()
  @IsTime()
  hiredAt?: string;

  /** When they took up the position, when that was not on joining. */
  @MayBeLeftOut()
  @IsTime()
  assignedFrom?: string;
}

export class AssignmentBody {
  @IsId()
  positionId: string;

  /** A primary position takes the place of the one before; a secondary one comes on top. */
  @IsBoolean()
  primary: boolean;

  /** When it began, when that is not now. */
  @MayBeLeftOut()
  @IsTime()
  from?: string;

  /** When it will end; for secondary positions only. */
  @IsOptional()
  @IsTime()
  until?: string | null;
}

export class AssignmentEndBody {
  /** When it ended, when that is not now. */
  @MayBeLeftOut()
  @IsTime()
  endedAt?: string;
}

export class AbsenceBody {
  /** First day away. */
  @IsDay()
  from: string;

  /** Last day away; left out while nobody knows. */
  @IsOptional()
  @IsDay()
  to?: string | null;

  /** The employee who stands in. */
  @IsOptional()
  @IsId()
  deputyId?: string | null;
}

export class ReturnBody {
  /** First day back, today when left out; the first day of an absence calls it off. */
  @MayBeLeftOut()
  @IsDay()
  on?: string;
}

export class SuspensionBody {
  @IsText(1_000)
  reason: string;
}

export class LeaveBody {
  /** When the person left, when that is not now. */
  @MayBeLeftOut()
  @IsTime()
  leftAt?: string;
}

export class EmployeeListQuery extends PageQuery {
  /** Unit of the primary position. */
  @MayBeLeftOut()
  @IsId()
  orgUnit?: string;

  @MayBeLeftOut()
  @IsIn(employeeStatuses)
  status?: EmployeeStatus;

  /** Only people who work here and answer to nobody, or only those who answer to somebody. */
  @MayBeLeftOut()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  managerless?: boolean;

  /** Words of the name, or how they begin. */
  @MayBeLeftOut()
  @IsText(255)
  text?: string;
}
