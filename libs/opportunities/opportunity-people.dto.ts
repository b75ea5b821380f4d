import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsNumber, IsOptional, Max, Min } from 'class-validator';
import { contactRoles } from '../customers/events.js';
import type { ContactRole } from '../customers/events.js';
import { IsId, IsText, IsTime, MayBeLeftOut } from '../http/validation.js';
import { visitOutcomes } from './events.js';
import type { VisitOutcome } from './events.js';

export class AssignOpportunityBody {
  @IsId()
  ownerId: string;

  @IsOptional()
  @IsText(1_000)
  reason?: string | null;
}

export class LinkCustomerBody {
  @IsId()
  customerId: string;
}

export class LinkContactBody {
  /** An active contact of its customer. */
  @IsId()
  contactId: string;

  /** Which part the contact has in this deal. */
  @IsIn(contactRoles)
  role: ContactRole;

  @MayBeLeftOut()
  @IsBoolean()
  isPrimary?: boolean;
}

export class TeamMemberBody {
  @IsId()
  employeeId: string;

  /** What the employee does for this deal. */
  @IsText(255)
  role: string;
}

export class PlanVisitBody {
  @IsTime()
  plannedFor: string;

  @IsText(1_000)
  purpose: string;

  /** Employee who goes; without one, the owner. */
  @IsOptional()
  @IsId()
  visitorId?: string | null;

  /** Contacts of the customer who are to be met. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsId({ each: true })
  contactIds?: string[];
}

export class CheckInVisitBody {
  /** Degrees. */
  @IsNumber()
  @Min(-90)
  @Max(90)
  lat: number;

  /** Degrees. */
  @IsNumber()
  @Min(-180)
  @Max(180)
  lng: number;

  /** How exact the position is, in metres. */
  @IsNumber()
  @Min(0)
  @Max(100_000)
  accuracy: number;

  /** When the visitor arrived, when that is not now. */
  @MayBeLeftOut()
  @IsTime()
  occurredAt?: string;

  /** Has to be true when the arrival is more than a day ago. */
  @MayBeLeftOut()
  @IsBoolean()
  late?: boolean;
}

export class ReportVisitBody {
  @IsIn(visitOutcomes)
  outcome: VisitOutcome;

  @IsText(10_000)
  summary: string;

  /** Replaces the next step of the opportunity. */
  @IsOptional()
  @IsText(1_000)
  nextStep?: string | null;

  /** When the visit ended, when that is not now. */
  @MayBeLeftOut()
  @IsTime()
  occurredAt?: string;
}
