import { afterReturn } from '../libs/organisation/events.js';
import type {
  Absence,
  CustomerCap,
  EmployeeStatus,
  Level,
  OrganisationEvents,
  UnitKind,
} from '../libs/organisation/events.js';
import type { Money } from '../libs/money.js';
import { projection } from '../libs/read-models/projection.js';

export interface ChartUnit {
  readonly entry: 'unit';
  readonly orgUnitId: string;
  readonly name: string;
  readonly kind: UnitKind;
  readonly level: Level;
  readonly parentId: string | null;
  readonly responsibilities: readonly string[];
  readonly processes: readonly string[];
  readonly headPositionId: string | null;
  readonly status: 'open' | 'closed';
}

export interface ChartPosition {
  readonly entry: 'position';
  readonly positionId: string;
  readonly title: string;
  readonly orgUnitId: string;
  readonly reportsToPositionId: string | null;
  readonly duties: readonly string[];
  readonly processSteps: readonly string[];
  readonly approvalLimit: Money | null;
  readonly customerCap: CustomerCap | null;
  readonly headcount: number;
  readonly status: 'active' | 'retired';
}

export interface ChartAssignment {
  readonly positionId: string;
  readonly primary: boolean;
  readonly since: string;
  /** From this moment on it is not held any more. */
  readonly until: string | null;
}

export interface ChartEmployee {
  readonly entry: 'employee';
  readonly employeeId: string;
  readonly name: string;
  readonly status: EmployeeStatus;
  /** Going to leave, also while suspended. */
  readonly leaving: boolean;
  readonly assignments: readonly ChartAssignment[];
  readonly absences: readonly Absence[];
}

/**
 * What the chart is put together from when it is asked for: people stay with their positions and positions move between
 * units, so each keeps to itself and names the other by id. Who is away, or still in a position, is a matter of the day.
 */
export type ChartEntry = ChartUnit | ChartPosition | ChartEmployee;

export const structureChart = projection<ChartEntry, OrganisationEvents>({
  name: 'structure-chart',
  version: 2,
  id: ({ data }) => ('employeeId' in data ? data.employeeId : 'positionId' in data ? data.positionId : data.orgUnitId),
  starts: {
    OrgUnitCreated: ({ data: { orgUnitId, name, kind, level, parentId } }) => ({
      entry: 'unit',
      orgUnitId,
      name,
      kind,
      level,
      parentId,
      headPositionId: null,
      responsibilities: [],
      processes: [],
      status: 'open',
    }),
    PositionDefined: ({ data }) => ({
      entry: 'position',
      ...data,
      approvalLimit: null,
      customerCap: null,
      status: 'active',
    }),
    EmployeeHired: ({ data: { employeeId, name } }) => ({
      entry: 'employee',
      employeeId,
      name,
      status: 'active',
      leaving: false,
      assignments: [],
      absences: [],
    }),
  },
  on: {
    OrgUnitRenamed: unit((_, { data }) => ({ name: data.to })),
    OrgUnitMoved: unit((_, { data }) => ({ parentId: data.to })),
    OrgUnitResponsibilitiesDefined: unit((_, { data }) => ({ responsibilities: data.responsibilities })),
    OrgUnitProcessAssigned: unit(({ processes }, { data }) => ({ processes: [...processes, data.process] })),
    OrgUnitProcessUnassigned: unit(({ processes }, { data }) => ({
      processes: processes.filter((process) => process !== data.process),
    })),
    OrgUnitHeadAppointed: unit((_, { data }) => ({ headPositionId: data.to })),
    OrgUnitClosed: unit(() => ({ status: 'closed' })),
    OrgUnitReopened: unit(() => ({ status: 'open' })),
    PositionDutiesChanged: position(({ data: { duties, processSteps } }) => ({ duties, processSteps })),
    PositionReportingLineChanged: position(({ data }) => ({ reportsToPositionId: data.to })),
    PositionApprovalLimitSet: position(({ data }) => ({ approvalLimit: data.to })),
    PositionCustomerCapSet: position(({ data }) => ({ customerCap: data.to })),
    PositionHeadcountSet: position(({ data }) => ({ headcount: data.to })),
    PositionMoved: position(({ data }) => ({ orgUnitId: data.to })),
    PositionRetired: position(() => ({ status: 'retired' })),
    EmployeeAssignedToPosition: employee(({ assignments }, { data: { positionId, primary, until }, occurredAt }) => ({
      assignments: [...without(assignments, positionId), { positionId, primary, since: occurredAt, until }],
    })),
    EmployeeAssignmentEnded: employee(({ assignments }, { data }) => ({
      assignments: without(assignments, data.positionId),
    })),
    EmployeeAbsenceRecorded: employee(({ absences }, { data: { from, to, deputyId } }) => ({
      absences: [...absences, { from, to, deputyId }],
    })),
    EmployeeReturned: employee(({ absences }, { data }) => ({ absences: afterReturn(absences, data.from, data.on) })),
    EmployeeSuspended: employee(() => ({ status: 'suspended' })),
    EmployeeReinstated: employee(({ leaving }) => ({ status: leaving ? 'leaving' : 'active' })),
    OffboardingStarted: employee(({ status }) => ({
      leaving: true,
      status: status === 'suspended' ? status : 'leaving',
    })),
    EmployeeLeft: employee(() => ({ status: 'left', assignments: [] })),
  },
});

function unit<Event>(change: (unit: ChartUnit, event: Event) => Partial<ChartUnit>) {
  return (entry: ChartEntry, event: Event): ChartEntry =>
    entry.entry === 'unit' ? { ...entry, ...change(entry, event) } : entry;
}

function position<Event>(change: (event: Event) => Partial<ChartPosition>) {
  return (entry: ChartEntry, event: Event): ChartEntry =>
    entry.entry === 'position' ? { ...entry, ...change(event) } : entry;
}

function employee<Event>(change: (employee: ChartEmployee, event: Event) => Partial<ChartEmployee>) {
  return (entry: ChartEntry, event: Event): ChartEntry =>
    entry.entry === 'employee' ? { ...entry, ...change(entry, event) } : entry;
}

const without = (assignments: readonly ChartAssignment[], positionId: string): readonly ChartAssignment[] =>
  assignments.filter((assignment) => assignment.positionId !== positionId);
