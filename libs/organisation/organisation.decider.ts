import { Missing, Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { Money } from '../money.js';
import { CLOCK_SKEW, addMilliseconds } from '../time.js';
import { afterReturn } from './events.js';
import type { Absence, CustomerCap, EmployeeStatus, Level, OrganisationEvents, UnitKind } from './events.js';

export type OrganisationEvent = EventOf<OrganisationEvents>;

export interface OrgUnit {
  readonly name: string;
  readonly kind: UnitKind;
  readonly level: Level;
  readonly parentId: string | null;
  readonly responsibilities: readonly string[];
  readonly processes: readonly string[];
  readonly headPositionId: string | null;
  readonly open: boolean;
  readonly createdAt: string;
  /** Since when it is where it is. */
  readonly placedAt: string;
}

export interface Position {
  readonly title: string;
  readonly orgUnitId: string;
  readonly reportsToPositionId: string | null;
  readonly duties: readonly string[];
  readonly processSteps: readonly string[];
  readonly approvalLimit: Money | null;
  readonly customerCap: CustomerCap | null;
  readonly headcount: number;
  readonly retired: boolean;
}

export interface Held {
  readonly positionId: string;
  readonly primary: boolean;
  readonly from: string;
  /** From this moment on it is not held any more, without another event. */
  readonly until: string | null;
}

export interface Employee {
  readonly name: string;
  readonly hiredAt: string;
  readonly status: EmployeeStatus;
  readonly assignments: readonly Held[];
  readonly absences: readonly Absence[];
}

/** Everything by id, since cycles, names, headcounts and heads are matters of the whole. */
export interface Organisation {
  readonly units: ReadonlyMap<string, OrgUnit>;
  readonly positions: ReadonlyMap<string, Position>;
  readonly employees: ReadonlyMap<string, Employee>;
}

export const organisation = decider<Organisation, OrganisationEvents>({
  category: 'organisation',
  initial: { units: new Map(), positions: new Map(), employees: new Map() },
  evolve: {
    OrgUnitCreated: (state, { orgUnitId, name, kind, level, parentId }, at) => {
      const placed = { parentId, headPositionId: null, open: true, createdAt: at, placedAt: at };
      const unit: OrgUnit = { name, kind, level, responsibilities: [], processes: [], ...placed };
      return { ...state, units: new Map(state.units).set(orgUnitId, unit) };
    },
    OrgUnitRenamed: (state, { orgUnitId, to }) => unit(state, orgUnitId, () => ({ name: to })),
    OrgUnitMoved: (state, { orgUnitId, to }, at) => unit(state, orgUnitId, () => ({ parentId: to, placedAt: at })),
    OrgUnitResponsibilitiesDefined: (state, { orgUnitId, responsibilities }) =>
      unit(state, orgUnitId, () => ({ responsibilities })),
    OrgUnitProcessAssigned: (state, { orgUnitId, process }) =>
      unit(state, orgUnitId, ({ processes }) => ({ processes: [...processes, process] })),
    OrgUnitProcessUnassigned: (state, { orgUnitId, process }) =>
      unit(state, orgUnitId, ({ processes }) => ({ processes: processes.filter((each) => each !== process) })),
    OrgUnitHeadAppointed: (state, { orgUnitId, to }) => unit(state, orgUnitId, () => ({ headPositionId: to })),
    OrgUnitClosed: (state, { orgUnitId }) => unit(state, orgUnitId, () => ({ open: false })),
    OrgUnitReopened: (state, { orgUnitId }) => unit(state, orgUnitId, () => ({ open: true })),

    PositionDefined: (state, { positionId, ...defined }) => {
      const added: Position = { ...defined, approvalLimit: null, customerCap: null, retired: false };
      return { ...state, positions: new Map(state.positions).set(positionId, added) };
    },
    PositionDutiesChanged: (state, { positionId, duties, processSteps }) =>
      position(state, positionId, { duties, processSteps }),
    PositionReportingLineChanged: (state, { positionId, to }) =>
      position(state, positionId, { reportsToPositionId: to }),
    PositionApprovalLimitSet: (state, { positionId, to }) => position(state, positionId, { approvalLimit: to }),
    PositionCustomerCapSet: (state, { positionId, to }) => position(state, positionId, { customerCap: to }),
    PositionHeadcountSet: (state, { positionId, to }) => position(state, positionId, { headcount: to }),
    PositionMoved: (state, { positionId, to }) => position(state, positionId, { orgUnitId: to }),
    PositionRetired: (state, { positionId }) => position(state, positionId, { retired: true }),

    EmployeeHired: (state, { employeeId, name }, at) => {
      const hired: Employee = { name, hiredAt: at, status: 'active', assignments: [], absences: [] };
      return { ...state, employees: new Map(state.employees).set(employeeId, hired) };
    },
    EmployeeAssignedToPosition: (state, { employeeId, positionId, primary, until }, at) =>
      employee(state, employeeId, ({ assignments }) => ({
        assignments: [...without(assignments, positionId), { positionId, primary, from: at, until }],
      })),
    EmployeeAssignmentEnded: (state, { employeeId, positionId }) =>
      employee(state, employeeId, ({ assignments }) => ({ assignments: without(assignments, positionId) })),
    EmployeeAbsenceRecorded: (state, { employeeId, from, to, deputyId }) =>
      employee(state, employeeId, ({ absences }) => ({ absences: [...absences, { from, to, deputyId }] })),
    EmployeeReturned: (state, { employeeId, from, on }) =>
      employee(state, employeeId, ({ absences }) => ({ absences: afterReturn(absences, from, on) })),
    EmployeeSuspended: (state, { employeeId }) => employee(state, employeeId, () => ({ status: 'suspended' })),
    EmployeeReinstated: (state, { employeeId }) => employee(state, employeeId, () => ({ status: 'active' })),
    EmployeeLeft: (state, { employeeId }) => employee(state, employeeId, () => ({ status: 'left', assignments: [] })),
  },
});

function unit(state: Organisation, id: string, change: (unit: OrgUnit) => Partial<OrgUnit>): Organisation {
  const before = state.units.get(id);
  return before ? { ...state, units: new Map(state.units).set(id, { ...before, ...change(before) }) } : state;
}

function position(state: Organisation, id: string, change: Partial<Position>): Organisation {
  const before = state.positions.get(id);
  return before ? { ...state, positions: new Map(state.positions).set(id, { ...before, ...change }) } : state;
}

function employee(state: Organisation, id: string, change: (employee: Employee) => Partial<Employee>): Organisation {
  const before = state.employees.get(id);
  return before ? { ...state, employees: new Map(state.employees).set(id, { ...before, ...change(before) }) } : state;
}

const without = (assignments: readonly Held[], positionId: string): readonly Held[] =>
  assignments.filter((held) => held.positionId !== positionId);

/** A unit that works. @throws Refusal `org-unit-unknown` · `org-unit-closed` */
export function openUnit({ units }: Organisation, orgUnitId: string): OrgUnit {
  const found = units.get(orgUnitId);
  if (!found) throw new Missing('org-unit', orgUnitId);
  if (!found.open) throw new Refusal('org-unit-closed', `${found.name} is closed.`, { orgUnitId });
  return found;
}

/** A post that exists still. @throws Refusal `position-unknown` · `position-retired` */
export function livePosition({ positions }: Organisation, positionId: string): Position {
  const found = positions.get(positionId);
  if (!found) throw new Missing('position', positionId);
  if (found.retired) throw new Refusal('position-retired', `The position ${found.title} is retired.`, { positionId });
  return found;
}

/** A person who has not left. @throws Refusal `employee-unknown` · `employee-left` */
export function presentEmployee({ employees }: Organisation, employeeId: string): Employee {
  const found = employees.get(employeeId);
  if (!found) throw new Missing('employee', employeeId);
  if (found.status === 'left') throw new Refusal('employee-left', 'This employee has left.', { employeeId });
  return found;
}

export const ongoing = ({ until }: Held, at: string): boolean => until === null || at < until;

/** Who holds a position, primary before secondary, then the longest-serving first. */
export function incumbentsOf({ employees }: Organisation, positionId: string, at: string): readonly string[] {
  const holders = [...employees].flatMap(([employeeId, { assignments }]) =>
    assignments
      .filter((held) => held.positionId === positionId && ongoing(held, at))
      .map((held) => ({ employeeId, ...held })),
  );
  return holders.sort(bySeniority).map(({ employeeId }) => employeeId);
}

const bySeniority = (one: Held, other: Held): number =>
  Number(other.primary) - Number(one.primary) || (one.from < other.from ? -1 : Number(one.from > other.from));

/** The moment a change took effect: as given, or now. @throws Refusal `in-the-future`: what is planned is not recorded as done */
export function effective(given: string | undefined, now: string, field: string): string {
  if (given === undefined) return now;
  if (given > addMilliseconds(now, CLOCK_SKEW)) {
    throw new Refusal('in-the-future', 'A change is recorded when it takes effect, or later.', { field });
  }
  return given;
}

/** The event with its business time, where that is not the moment of the decision. */
export const dated = (event: OrganisationEvent, at: string, now: string): OrganisationEvent =>
  at === now ? event : { ...event, occurredAt: at };

export const sameTexts = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((text, index) => text === other[index]);
