import type { Money } from '../money.js';
import type { Harmless, Personal } from '../personal.js';
import { shiftDay } from '../time.js';

/** The one organisation there is: units, positions and employees lie on its stream, so that a rule sees all of them. */
export const organisationId = 'main';

/**
 * Everything that can happen to the organisation. Stored for ever: add, never rename or remove. A change that took effect
 * before it was recorded has that moment as its business time.
 */
export type OrganisationEvents = OrgUnitEvents & PositionEvents & EmployeeEvents;

export type OrgUnitEvents = {
  /** A unit was set up; the one without a parent is the root of the chart. */
  OrgUnitCreated: { orgUnitId: string; name: string; kind: UnitKind; level: Level; parentId: string | null };

  /** The unit goes by another name. */
  OrgUnitRenamed: { orgUnitId: string; from: string; to: string };

  /** The unit, with everything below it, came under another unit. */
  OrgUnitMoved: { orgUnitId: string; from: string | null; to: string };

  /** What the unit answers for in customer management was laid down; replaces what was said before. */
  OrgUnitResponsibilitiesDefined: { orgUnitId: string; responsibilities: string[] };

  /** The unit runs this customer-management process from now on. */
  OrgUnitProcessAssigned: { orgUnitId: string; process: string };

  /** The unit no longer runs this process. */
  OrgUnitProcessUnassigned: { orgUnitId: string; process: string };

  /** Another position leads the unit, or none. Whoever holds the position is the head. */
  OrgUnitHeadAppointed: { orgUnitId: string; from: string | null; to: string | null };

  /** The unit ceased to work; it had neither open units below it nor people. */
  OrgUnitClosed: { orgUnitId: string };

  /** A closed unit works again, under the parent it had. */
  OrgUnitReopened: { orgUnitId: string };
};

export type PositionEvents = {
  /** A post with its duties was created; `headcount` is how many people it takes. */
  PositionDefined: {
    positionId: string;
    orgUnitId: string;
    title: string;
    reportsToPositionId: string | null;
    duties: string[];
    processSteps: string[];
    headcount: number;
  };

  /** What the post does, and which steps of processes it runs; replaces what was said before. */
  PositionDutiesChanged: { positionId: string; duties: string[]; processSteps: string[] };

  /** The post answers to another one, or to the head of its unit when it names none. */
  PositionReportingLineChanged: { positionId: string; from: string | null; to: string | null };

  /** Up to which amount the post approves; `null` means it approves nothing by amount. */
  PositionApprovalLimitSet: { positionId: string; from: Money | null; to: Money | null };

  /** How many customers a holder of the post may own; `null` means any number. A lower cap blocks new ones, it takes none away. */
  PositionCustomerCapSet: { positionId: string; from: CustomerCap | null; to: CustomerCap | null };

  /** The post takes another number of people. */
  PositionHeadcountSet: { positionId: string; from: number; to: number };

  /** The post went to another unit and took along `employeeIds`, the people whose primary position it is. */
  PositionMoved: { positionId: string; from: string; to: string; employeeIds: string[] };

  /** The post exists no longer. */
  PositionRetired: { positionId: string };
};

export type EmployeeEvents = {
  /** A person joined; their first position follows in the same decision. */
  EmployeeHired: { employeeId: string; name: string };

  /** A person took up a position. `until` is the end foreseen, for secondary positions only; it comes without another event. */
  EmployeeAssignedToPosition: {
    employeeId: string;
    positionId: string;
    positionTitle: string;
    orgUnitId: string;
    primary: boolean;
    until: string | null;
  };

  /** A person gave up a position, before its foreseen end if it had one. */
  EmployeeAssignmentEnded: { employeeId: string; positionId: string; orgUnitId: string; primary: boolean };

  /** A person is away from the first day to the last, both included; without a last day until they return. */
  EmployeeAbsenceRecorded: { employeeId: string; from: string; to: string | null; deputyId: string | null };

  /** The absence that began on `from` ends early: `on` is the first day back, and the same day when it never came to be. */
  EmployeeReturned: { employeeId: string; from: string; on: string };

  /** A person may not act and is given no work, but keeps their positions. */
  EmployeeSuspended: { employeeId: string; reason: string };

  /** A suspended person acts again. */
  EmployeeReinstated: { employeeId: string };

  /** What a person can do and which languages they speak; replaces what was said before. */
  EmployeeSkillsSet: { employeeId: string; skills: string[]; languages: string[] };

  /**
   * A person is going to leave: from now on nothing comes to them, and what they have is handed over. They may work until they have left.
   * `inventory` counts what they had at that moment, by kind; it is empty where no read model was asked.
   */
  OffboardingStarted: {
    employeeId: string;
    /** Who is to have what they have, where nothing else is said when it is handed over. */
    handOverTo: string | null;
    inventory: Readonly<Record<string, number>>;
  };

  /** A person left for good; their positions ended in the same decision. */
  EmployeeLeft: { employeeId: string };
};

/** Personal values, and whose they are. */
export const personal = {
  EmployeeHired: [{ of: 'employeeId', paths: ['name'] }],
  EmployeeSuspended: [{ of: 'employeeId', paths: ['reason'] }],
  EmployeeSkillsSet: [{ of: 'employeeId', paths: ['skills[]', 'languages[]'] }],
} as const satisfies Personal<OrganisationEvents>;

/** Units, posts, and what is done there: they are there whoever holds them. */
export const harmless = {
  OrgUnitCreated: ['name'],
  OrgUnitRenamed: ['from', 'to'],
  OrgUnitResponsibilitiesDefined: ['responsibilities[]'],
  OrgUnitProcessAssigned: ['process'],
  OrgUnitProcessUnassigned: ['process'],
  PositionDefined: ['title', 'duties[]', 'processSteps[]'],
  PositionDutiesChanged: ['duties[]', 'processSteps[]'],
  EmployeeAssignedToPosition: ['positionTitle'],
} as const satisfies Harmless<OrganisationEvents>;

export const unitKinds = ['company', 'division', 'department', 'team'] as const;
export type UnitKind = (typeof unitKinds)[number];

/** From the highest to the lowest. */
export const levels = ['senior', 'middle', 'front_line'] as const;
export type Level = (typeof levels)[number];

export const employeeStatuses = ['active', 'suspended', 'leaving', 'left'] as const;
/** Absence is no status of its own: it is a matter of the day that is asked about. */
export type EmployeeStatus = (typeof employeeStatuses)[number];

/** How many customers one holder of a position may own, and whether customers that bought count. */
export interface CustomerCap {
  max: number;
  excludeWon: boolean;
}

/** Days, both included; `to` is null while nobody knows. The absences of a person do not overlap. */
export interface Absence {
  readonly from: string;
  readonly to: string | null;
  readonly deputyId: string | null;
}

export const isAway = ({ from, to }: Absence, day: string): boolean => from <= day && (to === null || day <= to);

/** The absences that are left when the one that began on `from` ends with `on`, the first day back. */
export const afterReturn = (absences: readonly Absence[], from: string, on: string): readonly Absence[] =>
  absences
    .map((absence) => (absence.from === from ? { ...absence, to: shiftDay(on, -1) } : absence))
    .filter((absence) => absence.to === null || absence.from <= absence.to);
