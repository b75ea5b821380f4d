import type {
  ChartAssignment,
  ChartEmployee,
  ChartEntry,
  ChartPosition,
  ChartUnit,
} from '../../projections/structure-chart.js';
import type { Money } from '../money.js';
import { nameKey } from '../text.js';
import { isAway, levels } from './events.js';
import type { CustomerCap, EmployeeStatus, Level, UnitKind } from './events.js';
import type { ReportingLines } from './managers.js';

export interface ChartPerson {
  readonly employeeId: string;
  readonly name: string;
  readonly primary: boolean;
  readonly status: EmployeeStatus | 'absent';
  /** Who stands in for somebody who is absent. */
  readonly deputy: { readonly employeeId: string; readonly name: string } | null;
}

export interface ChartPost {
  readonly positionId: string;
  readonly title: string;
  readonly head: boolean;
  readonly duties: readonly string[];
  readonly processSteps: readonly string[];
  readonly reportsTo: { readonly positionId: string; readonly title: string } | null;
  readonly approvalLimit: Money | null;
  readonly customerCap: CustomerCap | null;
  readonly headcount: number;
  readonly incumbents: readonly ChartPerson[];
}

export interface ChartNode {
  readonly orgUnitId: string;
  readonly name: string;
  readonly kind: UnitKind;
  readonly level: Level;
  readonly responsibilities: readonly string[];
  readonly processes: readonly string[];
  readonly headPositionId: string | null;
  readonly positions: readonly ChartPost[];
  readonly units: readonly ChartNode[];
}

/** What the chart is made of, as it is at a moment: without what was closed or retired, and without people who left. */
export interface Chart {
  readonly units: ReadonlyMap<string, ChartUnit>;
  readonly positions: ReadonlyMap<string, ChartPosition>;
  readonly employees: ReadonlyMap<string, ChartEmployee>;
  /** By position; primary before secondary, then the longest-serving first. */
  readonly held: ReadonlyMap<string, readonly (ChartAssignment & { readonly employee: ChartEmployee })[]>;
  readonly at: string;
}

export function chartAt(entries: readonly ChartEntry[], at: string): Chart {
  const units = new Map<string, ChartUnit>();
  const positions = new Map<string, ChartPosition>();
  const employees = new Map<string, ChartEmployee>();
  for (const entry of entries) {
    if (entry.entry === 'unit' && entry.status === 'open') units.set(entry.orgUnitId, entry);
    if (entry.entry === 'position' && entry.status === 'active') positions.set(entry.positionId, entry);
    if (entry.entry === 'employee' && entry.status !== 'left') employees.set(entry.employeeId, entry);
  }
  const assignments = [...employees.values()].flatMap((employee) =>
    employee.assignments
      .filter(({ until }) => until === null || at < until)
      .map((assignment) => ({ ...assignment, employee })),
  );
  const held = Map.groupBy(assignments.sort(bySeniority), ({ positionId }) => positionId);
  return { units, positions, employees, held, at };
}

export const chartLines = ({ units, positions, held }: Chart): ReportingLines => ({
  unit: (orgUnitId) => units.get(orgUnitId),
  position: (positionId) => positions.get(positionId),
  incumbents: (positionId) => (held.get(positionId) ?? []).map(({ employee }) => employee.employeeId),
});

/**
 * Units under their units, each with its positions and their holders. A unit whose parent is not in the chart, as can be
 * when late facts are left out, stands beside the root: nothing is ever missing.
 */
export function chartTree(chart: Chart): readonly ChartNode[] {
  const below = Map.groupBy(chart.units.values(), ({ parentId }) =>
    parentId !== null && chart.units.has(parentId) ? parentId : null,
  );
  const posts = Map.groupBy(chart.positions.values(), ({ orgUnitId }) => orgUnitId);
  const placed = new Set<string>();
  const nodes = (units: Iterable<ChartUnit>): ChartNode[] =>
    [...units].sort(byLevelAndName).flatMap((unit) => {
      if (placed.has(unit.orgUnitId)) return [];
      placed.add(unit.orgUnitId);
      const { orgUnitId, name, kind, level, responsibilities, processes, headPositionId } = unit;
      const positions = (posts.get(orgUnitId) ?? [])
        .map((position) => post(chart, position, unit))
        .sort(
          (one, other) => Number(other.head) - Number(one.head) || compare(nameKey(one.title), nameKey(other.title)),
        );
      const described = { orgUnitId, name, kind, level, responsibilities, processes, headPositionId };
      return [{ ...described, positions, units: nodes(below.get(orgUnitId) ?? []) }];
    });
  return [...nodes(below.get(null) ?? []), ...nodes(chart.units.values())];
}

function post(chart: Chart, position: ChartPosition, unit: ChartUnit): ChartPost {
  const { positionId, title, reportsToPositionId, duties, processSteps, approvalLimit, customerCap, headcount } =
    position;
  const superior = reportsToPositionId === null ? undefined : chart.positions.get(reportsToPositionId);
  return {
    positionId,
    title,
    head: unit.headPositionId === positionId,
    duties,
    processSteps,
    reportsTo: superior ? { positionId: superior.positionId, title: superior.title } : null,
    approvalLimit,
    customerCap,
    headcount,
    incumbents: (chart.held.get(positionId) ?? []).map(({ employee, primary }) => person(chart, employee, primary)),
  };
}

function person({ employees, at }: Chart, employee: ChartEmployee, primary: boolean): ChartPerson {
  const { employeeId, name } = employee;
  const absence = absenceOf(employee, at);
  const deputy = absence?.deputyId ? employees.get(absence.deputyId) : undefined;
  return {
    employeeId,
    name,
    primary,
    status: absence ? 'absent' : employee.status,
    deputy: deputy ? { employeeId: deputy.employeeId, name: deputy.name } : null,
  };
}

/** Of somebody who would work otherwise: being suspended says more than being away. */
export const absenceOf = ({ status, absences }: Pick<ChartEmployee, 'status' | 'absences'>, at: string) =>
  status === 'active' ? absences.find((absence) => isAway(absence, at.slice(0, 10))) : undefined;

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

const bySeniority = (one: ChartAssignment, other: ChartAssignment): number =>
  Number(other.primary) - Number(one.primary) || compare(one.since, other.since);

const byLevelAndName = (one: ChartUnit, other: ChartUnit): number =>
  levels.indexOf(one.level) - levels.indexOf(other.level) || compare(nameKey(one.name), nameKey(other.name));
