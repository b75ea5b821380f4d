import { OrderedMap, OrderedSet } from 'immutable';
import { Missing, Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { Money } from '../money.js';
import { CLOCK_SKEW, addMilliseconds, shiftDay } from '../time.js';
import type { Absence, CustomerCap, EmployeeStatus, Level, OrganisationEvents, UnitKind } from './events.js';
import { by, emptyLookup, found, refiled } from './lookup.decider.js';
import type { Lookup } from './lookup.decider.js';

export type OrganisationEvent = EventOf<OrganisationEvents>;

export interface OrgUnit {
  readonly name: string;
  readonly kind: UnitKind;
  readonly level: Level;
  readonly parentId: string | null;
  readonly responsibilities: readonly string[];
  readonly processes: OrderedSet<string>;
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
  /** Of somebody who is going to leave, also while suspended; null otherwise. */
  readonly offboarding: { readonly handOverTo: string | null } | null;
  /** How many were hired before: of people who came to a position at the same time, the first one hired is named first. */
  readonly number: number;
  readonly assignments: readonly Held[];
  readonly skills: readonly string[];
  readonly languages: readonly string[];
  /** By their first day; no two of them overlap. */
  readonly absences: OrderedMap<string, Absence>;
}

/** Everything by id, since cycles, names, headcounts and heads are matters of the whole. */
export interface Organisation {
  readonly units: OrderedMap<string, OrgUnit>;
  readonly positions: OrderedMap<string, Position>;
  readonly employees: OrderedMap<string, Employee>;
  readonly lookup: Lookup;
}

export const organisation = decider<Organisation, OrganisationEvents>({
  category: 'organisation',
  initial: { units: OrderedMap(), positions: OrderedMap(), employees: OrderedMap(), lookup: emptyLookup },
  evolve: {
    OrgUnitCreated: (state, { orgUnitId, name, kind, level, parentId }, at) => {
      const placed = { parentId, headPositionId: null, open: true, createdAt: at, placedAt: at };
      return withUnit(state, orgUnitId, {
        name,
        kind,
        level,
        responsibilities: [],
        processes: OrderedSet(),
        ...placed,
      });
    },
    OrgUnitRenamed: (state, { orgUnitId, to }) => unit(state, orgUnitId, () => ({ name: to })),
    OrgUnitMoved: (state, { orgUnitId, to }, at) => unit(state, orgUnitId, () => ({ parentId: to, placedAt: at })),
    OrgUnitResponsibilitiesDefined: (state, { orgUnitId, responsibilities }) =>
      unit(state, orgUnitId, () => ({ responsibilities })),
    OrgUnitProcessAssigned: (state, { orgUnitId, process }) =>
      unit(state, orgUnitId, ({ processes }) => ({ processes: processes.add(process) })),
    OrgUnitProcessUnassigned: (state, { orgUnitId, process }) =>
      unit(state, orgUnitId, ({ processes }) => ({ processes: processes.delete(process) })),
    OrgUnitHeadAppointed: (state, { orgUnitId, to }) => unit(state, orgUnitId, () => ({ headPositionId: to })),
    OrgUnitClosed: (state, { orgUnitId }) => unit(state, orgUnitId, () => ({ open: false })),
    OrgUnitReopened: (state, { orgUnitId }) => unit(state, orgUnitId, () => ({ open: true })),

    PositionDefined: (state, { positionId, ...defined }) =>
      withPosition(state, positionId, { ...defined, approvalLimit: null, customerCap: null, retired: false }),
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
      const number = state.employees.get(employeeId)?.number ?? state.employees.size;
      const begun = { assignments: [], skills: [], languages: [], absences: OrderedMap<string, Absence>() };
      return withEmployee(state, employeeId, {
        name,
        hiredAt: at,
        status: 'active',
        offboarding: null,
        number,
        ...begun,
      });
    },
    EmployeeAssignedToPosition: (state, { employeeId, positionId, primary, until }, at) =>
      employee(state, employeeId, ({ assignments }) => ({
        assignments: [...without(assignments, positionId), { positionId, primary, from: at, until }],
      })),
    EmployeeAssignmentEnded: (state, { employeeId, positionId }) =>
      employee(state, employeeId, ({ assignments }) => ({ assignments: without(assignments, positionId) })),
    EmployeeAbsenceRecorded: (state, { employeeId, from, to, deputyId }) =>
      withDeputy(
        employee(state, employeeId, ({ absences }) => ({ absences: absences.set(from, { from, to, deputyId }) })),
        employeeId,
        deputyId,
      ),
    EmployeeReturned: (state, { employeeId, from, on }) =>
      employee(state, employeeId, ({ absences }) => ({ absences: returned(absences, from, on) })),
    EmployeeSuspended: (state, { employeeId }) => employee(state, employeeId, () => ({ status: 'suspended' })),
    OffboardingStarted: (state, { employeeId, handOverTo }) =>
      employee(state, employeeId, ({ status }) => ({
        offboarding: { handOverTo },
        status: status === 'suspended' ? status : 'leaving',
      })),
    EmployeeReinstated: (state, { employeeId }) =>
      employee(state, employeeId, ({ offboarding }) => ({ status: offboarding ? 'leaving' : 'active' })),
    EmployeeSkillsSet: (state, { employeeId, skills, languages }) =>
      employee(state, employeeId, () => ({ skills, languages })),
    EmployeeLeft: (state, { employeeId }) => employee(state, employeeId, () => ({ status: 'left', assignments: [] })),
  },
});

function unit(state: Organisation, id: string, change: (unit: OrgUnit) => Partial<OrgUnit>): Organisation {
  const before = state.units.get(id);
  return before ? withUnit(state, id, { ...before, ...change(before) }) : state;
}

function withUnit(state: Organisation, id: string, unit: OrgUnit): Organisation {
  const { units, lookup } = state;
  const before = units.get(id);
  return {
    ...state,
    units: units.set(id, unit),
    lookup: refiled(lookup, id, before ? unitKeys(before) : [], unitKeys(unit)),
  };
}

function position(state: Organisation, id: string, change: Partial<Position>): Organisation {
  const before = state.positions.get(id);
  return before ? withPosition(state, id, { ...before, ...change }) : state;
}

function withPosition(state: Organisation, id: string, position: Position): Organisation {
  const { positions, lookup } = state;
  const before = positions.get(id);
  return {
    ...state,
    positions: positions.set(id, position),
    lookup: refiled(lookup, id, before ? positionKeys(before) : [], positionKeys(position)),
  };
}

function employee(state: Organisation, id: string, change: (employee: Employee) => Partial<Employee>): Organisation {
  const before = state.employees.get(id);
  return before ? withEmployee(state, id, { ...before, ...change(before) }) : state;
}

function withEmployee(state: Organisation, id: string, employee: Employee): Organisation {
  const { employees, lookup } = state;
  const held = employees.get(id)?.assignments ?? [];
  return {
    ...state,
    employees: employees.set(id, employee),
    lookup:
      held === employee.assignments ? lookup : refiled(lookup, id, heldKeys(held), heldKeys(employee.assignments)),
  };
}

/** Who was named as a deputy once stays in the lookup: the rule that asks looks at the absences themselves. */
function withDeputy(state: Organisation, employeeId: string, deputyId: string | null): Organisation {
  if (deputyId === null) return state;
  return { ...state, lookup: refiled(state.lookup, employeeId, [], [by.deputy(deputyId)]) };
}

/** As `afterReturn`, in the time of one absence however many there are. */
function returned(absences: OrderedMap<string, Absence>, from: string, on: string): OrderedMap<string, Absence> {
  const absence = absences.get(from);
  if (!absence) return absences;
  const to = shiftDay(on, -1);
  return to < from ? absences.delete(from) : absences.set(from, { ...absence, to });
}

const unitKeys = ({ open, parentId, name, headPositionId }: OrgUnit): string[] => {
  if (!open) return [];
  const places = [by.parent(parentId), by.name(parentId, name)];
  return headPositionId === null ? places : [...places, by.head(headPositionId)];
};

const positionKeys = ({ orgUnitId, reportsToPositionId, retired }: Position): string[] =>
  retired || reportsToPositionId === null
    ? [by.unit(orgUnitId)]
    : [by.unit(orgUnitId), by.superior(reportsToPositionId)];

const heldKeys = (assignments: readonly Held[]): string[] =>
  assignments.flatMap(({ positionId, until }) =>
    until === null ? [by.position(positionId)] : [by.position(positionId), by.ending(positionId)],
  );

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
export function incumbentsOf({ employees, lookup }: Organisation, positionId: string, at: string): readonly string[] {
  const holders = [...found(lookup, by.position(positionId))].flatMap((employeeId) => {
    const { assignments, number } = employees.get(employeeId)!;
    const held = assignments.find((each) => each.positionId === positionId)!;
    return ongoing(held, at) ? [{ employeeId, number, ...held }] : [];
  });
  return holders.sort(bySeniority).map(({ employeeId }) => employeeId);
}

/** How many hold a position, without naming them: many people may share one. */
export function incumbentCount({ employees, lookup }: Organisation, positionId: string, at: string): number {
  const past = found(lookup, by.ending(positionId)).count((employeeId) =>
    employees.get(employeeId)!.assignments.some((held) => held.positionId === positionId && !ongoing(held, at)),
  );
  return found(lookup, by.position(positionId)).size - past;
}

type Holder = Held & Pick<Employee, 'number'>;

const bySeniority = (one: Holder, other: Holder): number =>
  Number(other.primary) - Number(one.primary) ||
  (one.from < other.from ? -1 : Number(one.from > other.from)) ||
  one.number - other.number;

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
