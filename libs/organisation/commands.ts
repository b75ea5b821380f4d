import { Command } from '@nestjs/cqrs';
import type { Decided } from '../event-store/streams.js';
import type { Money } from '../money.js';
import { organisationId } from './events.js';
import type { CustomerCap, Level, UnitKind } from './events.js';

/** Decided on the stream of the whole organisation, whichever unit, position or employee it is about. */
abstract class OrganisationCommand extends Command<Decided> {
  readonly organisationId = organisationId;
}

export interface NewOrgUnit {
  readonly name: string;
  readonly kind: UnitKind;
  readonly level: Level;
  /** Null for the root of the chart. */
  readonly parentId: string | null;
}

/** Set up a unit under another one. */
export class CreateOrgUnit extends OrganisationCommand {
  constructor(
    readonly orgUnitId: string,
    readonly unit: NewOrgUnit,
  ) {
    super();
  }
}

/** Give a unit another name. */
export class RenameOrgUnit extends OrganisationCommand {
  constructor(
    readonly orgUnitId: string,
    readonly name: string,
  ) {
    super();
  }
}

/** Put a unit, with everything below it, under another one; since a past moment when one is given. */
export class MoveOrgUnit extends OrganisationCommand {
  constructor(
    readonly orgUnitId: string,
    readonly parentId: string,
    readonly effectiveFrom?: string,
  ) {
    super();
  }
}

/** Say what a unit answers for in customer management. */
export class SetResponsibilities extends OrganisationCommand {
  constructor(
    readonly orgUnitId: string,
    readonly responsibilities: readonly string[],
  ) {
    super();
  }
}

/** Let a unit run a customer-management process. */
export class AssignProcess extends OrganisationCommand {
  constructor(
    readonly orgUnitId: string,
    readonly process: string,
  ) {
    super();
  }
}

/** Take a process from a unit. */
export class UnassignProcess extends OrganisationCommand {
  constructor(
    readonly orgUnitId: string,
    readonly process: string,
  ) {
    super();
  }
}

/** Say which position leads a unit; null for none. */
export class AppointHead extends OrganisationCommand {
  constructor(
    readonly orgUnitId: string,
    readonly positionId: string | null,
  ) {
    super();
  }
}

/** Let an empty unit cease to work. */
export class CloseOrgUnit extends OrganisationCommand {
  constructor(readonly orgUnitId: string) {
    super();
  }
}

/** Let a closed unit work again. */
export class ReopenOrgUnit extends OrganisationCommand {
  constructor(readonly orgUnitId: string) {
    super();
  }
}

export interface NewPosition {
  readonly orgUnitId: string;
  readonly title: string;
  /** Null when it answers to the head of its unit. */
  readonly reportsToPositionId: string | null;
  readonly duties: readonly string[];
  readonly processSteps: readonly string[];
  /** How many people it takes. */
  readonly headcount: number;
}

/** Create a post in a unit. */
export class DefinePosition extends OrganisationCommand {
  constructor(
    readonly positionId: string,
    readonly position: NewPosition,
  ) {
    super();
  }
}

/** Say what a post does, and which steps of processes it runs; steps that are left out stay as they are. */
export class ChangeDuties extends OrganisationCommand {
  constructor(
    readonly positionId: string,
    readonly duties: readonly string[],
    readonly processSteps?: readonly string[],
  ) {
    super();
  }
}

/** Say which post a post answers to; null for the head of its unit. */
export class ChangeReportingLine extends OrganisationCommand {
  constructor(
    readonly positionId: string,
    readonly reportsToPositionId: string | null,
  ) {
    super();
  }
}

/** Say up to which amount a post approves; null for nothing. */
export class SetApprovalLimit extends OrganisationCommand {
  constructor(
    readonly positionId: string,
    readonly limit: Money | null,
  ) {
    super();
  }
}

/** Say how many customers each holder of a post may own; null for any number. */
export class SetCustomerCap extends OrganisationCommand {
  constructor(
    readonly positionId: string,
    readonly cap: CustomerCap | null,
  ) {
    super();
  }
}

/** Say how many people a post takes. */
export class SetHeadcount extends OrganisationCommand {
  constructor(
    readonly positionId: string,
    readonly headcount: number,
  ) {
    super();
  }
}

/** Put a post, with the people on it, into another unit. */
export class MovePosition extends OrganisationCommand {
  constructor(
    readonly positionId: string,
    readonly orgUnitId: string,
  ) {
    super();
  }
}

/** Do away with a post nobody holds. */
export class RetirePosition extends OrganisationCommand {
  constructor(readonly positionId: string) {
    super();
  }
}

export interface Hiring {
  readonly name: string;
  /** The first primary position. */
  readonly positionId: string;
  /** When the person joined, when that is not now. */
  readonly hiredAt?: string | undefined;
  /** When they took up the position, when that was not on joining. */
  readonly assignedFrom?: string | undefined;
}

/** Take a person on, in their first position. */
export class HireEmployee extends OrganisationCommand {
  constructor(
    readonly employeeId: string,
    readonly hiring: Hiring,
  ) {
    super();
  }
}

export interface Assignment {
  readonly positionId: string;
  /** A primary position takes the place of the one before. */
  readonly primary: boolean;
  /** When it began, when that is not now. */
  readonly from?: string | undefined;
  /** When it will end; for secondary positions only. */
  readonly until?: string | null | undefined;
}

/** Give a person a position. */
export class AssignToPosition extends OrganisationCommand {
  constructor(
    readonly employeeId: string,
    readonly assignment: Assignment,
  ) {
    super();
  }
}

/** Take a secondary position from a person. */
export class EndAssignment extends OrganisationCommand {
  constructor(
    readonly employeeId: string,
    readonly positionId: string,
    readonly endedAt?: string,
  ) {
    super();
  }
}

/** Say when a person is away, first and last day included, and who stands in. */
export class RecordAbsence extends OrganisationCommand {
  constructor(
    readonly employeeId: string,
    readonly from: string,
    readonly to: string | null,
    readonly deputyId: string | null,
  ) {
    super();
  }
}

/** Say that a person is back; `on` is the first day, today when it is left out. */
export class EndAbsence extends OrganisationCommand {
  constructor(
    readonly employeeId: string,
    readonly on?: string,
  ) {
    super();
  }
}

/** Let a person not act for the time being. */
export class SuspendEmployee extends OrganisationCommand {
  constructor(
    readonly employeeId: string,
    readonly reason: string,
  ) {
    super();
  }
}

/** Let a suspended person act again. */
export class ReinstateEmployee extends OrganisationCommand {
  constructor(readonly employeeId: string) {
    super();
  }
}

/** Let a person go for good. */
export class CompleteOffboarding extends OrganisationCommand {
  constructor(
    readonly employeeId: string,
    readonly leftAt?: string,
  ) {
    super();
  }
}
