import type { StateReader } from '../event-store/decider.js';
import type { Place } from '../pooling.js';
import { isAway, organisationId } from './events.js';
import type { Absence, CustomerCap, EmployeeStatus } from './events.js';
import { by, found } from './lookup.decider.js';
import { headAbove, managerOf } from './managers.js';
import type { ReportingLines } from './managers.js';
import { incumbentsOf, organisation } from './organisation.decider.js';
import type { Employee, Organisation } from './organisation.decider.js';

/** What other contexts may know of an employee when they decide. */
export interface EmployeeFacts {
  readonly employeeId: string;
  readonly name: string;
  readonly status: EmployeeStatus | 'absent';
  /** The primary position and its unit; null for somebody who left. */
  readonly positionId: string | null;
  readonly positionTitle: string | null;
  readonly orgUnitId: string | null;
  readonly orgUnitName: string | null;
  readonly managerId: string | null;
  /** Who is to have what somebody has who is going to leave; null for anybody else. */
  readonly offboarding: { readonly handOverTo: string | null } | null;
  /** Stands in during an absence. */
  readonly deputyId: string | null;
  /** Of the primary position; null for no limit. */
  readonly customerCap: CustomerCap | null;
}

/**
 * @param at the `now` of whoever asks. Foreseen ends and absences are matters of the day: without one, secondary positions
 *   count whether or not their foreseen end has come, and nobody is absent.
 */
export async function employeeFacts(
  streams: StateReader,
  employeeId: string,
  at?: string,
): Promise<EmployeeFacts | undefined> {
  const { state } = await streams.load(organisation, organisationId);
  return factsOf(state, employeeId, at);
}

/** What is known of a person to whom work could be given. */
export interface PersonFacts extends Pick<EmployeeFacts, 'employeeId' | 'status'> {
  readonly skills: readonly string[];
  readonly languages: readonly string[];
}

/**
 * The people of these units and of those below them, on these positions, and of these ids, each once: also those who are absent,
 * suspended or have left, as far as an id names them.
 * @param at the day on which absences and foreseen ends are looked at
 */
export async function peopleFacts(
  streams: StateReader,
  {
    orgUnitIds,
    positionIds,
    employeeIds,
  }: Readonly<Record<'orgUnitIds' | 'positionIds' | 'employeeIds', readonly string[]>>,
  at: string,
): Promise<readonly PersonFacts[]> {
  const { state } = await streams.load(organisation, organisationId);
  const positions = [...positionIds, ...unitsBelow(state, orgUnitIds).flatMap((id) => positionsOf(state, id))];
  const holders = positions.flatMap((positionId) => incumbentsOf(state, positionId, at));
  return [...new Set([...holders, ...employeeIds])].flatMap((employeeId) => {
    const employee = state.employees.get(employeeId);
    if (!employee) return [];
    const { skills, languages } = employee;
    return [{ employeeId, status: statusOf(employee, at), skills, languages }];
  });
}

/** Those of these ids that no unit, position or employee has. */
export async function unknownFacts(
  streams: StateReader,
  kind: 'units' | 'positions' | 'employees',
  ids: readonly string[],
): Promise<readonly string[]> {
  const { state } = await streams.load(organisation, organisationId);
  return ids.filter((id) => !state[kind].has(id));
}

function unitsBelow(state: Organisation, orgUnitIds: readonly string[]): readonly string[] {
  const all = new Set(orgUnitIds);
  // A set goes on with what is added while it is gone through.
  for (const id of all) for (const below of found(state.lookup, by.parent(id))) all.add(below);
  return [...all];
}

const positionsOf = (state: Organisation, orgUnitId: string): readonly string[] => [
  ...found(state.lookup, by.unit(orgUnitId)),
];

const statusOf = (employee: Employee, at: string): EmployeeFacts['status'] =>
  absenceOf(employee, at) ? 'absent' : employee.status;

/** The absence of that day, of a person who would act otherwise. */
const absenceOf = ({ status, absences }: Employee, at: string): Absence | undefined =>
  status === 'active' ? absences.find((absence) => isAway(absence, at.slice(0, 10))) : undefined;

/** What other contexts may know of a unit when they decide. */
export interface OrgUnitFacts {
  readonly orgUnitId: string;
  readonly name: string;
  readonly open: boolean;
}

export async function orgUnitFacts(streams: StateReader, orgUnitId: string): Promise<OrgUnitFacts | undefined> {
  const { state } = await streams.load(organisation, organisationId);
  const unit = state.units.get(orgUnitId);
  return unit && { orgUnitId, name: unit.name, open: unit.open };
}

/** Everybody above an employee, the nearest first, as far as a line comes back to nobody who was there before. */
export async function superiorsOf(streams: StateReader, employeeId: string, at: string): Promise<readonly string[]> {
  const { state } = await streams.load(organisation, organisationId);
  const above: string[] = [];
  for (let id = factsOf(state, employeeId, at)?.managerId ?? null; id !== null && !above.includes(id);) {
    above.push(id);
    id = factsOf(state, id, at)?.managerId ?? null;
  }
  return above;
}

/** Where an employee is in the structure: in the units of all positions held, and in everything above them. */
export async function placeFacts(streams: StateReader, employeeId: string): Promise<Place> {
  const { state } = await streams.load(organisation, organisationId);
  const positionIds = (state.employees.get(employeeId)?.assignments ?? []).map((each) => each.positionId);
  const orgUnitIds = new Set<string>();
  for (const positionId of positionIds) {
    for (let id = state.positions.get(positionId)?.orgUnitId ?? null; id !== null && !orgUnitIds.has(id);) {
      orgUnitIds.add(id);
      id = state.units.get(id)?.parentId ?? null;
    }
  }
  return { employeeId, orgUnitIds: [...orgUnitIds], positionIds };
}

/** What other contexts may know of a position when they decide. */
export interface PositionFacts {
  readonly positionId: string;
  readonly retired: boolean;
}

export async function positionFacts(streams: StateReader, positionId: string): Promise<PositionFacts | undefined> {
  const { state } = await streams.load(organisation, organisationId);
  const position = state.positions.get(positionId);
  return position && { positionId, retired: position.retired };
}

export function factsOf(state: Organisation, employeeId: string, at = ''): EmployeeFacts | undefined {
  const employee = state.employees.get(employeeId);
  if (!employee) return undefined;
  const { name, assignments, offboarding } = employee;
  const positionId = assignments.find(({ primary }) => primary)?.positionId ?? null;
  const position = positionId === null ? undefined : state.positions.get(positionId);
  const orgUnitId = position?.orgUnitId ?? null;
  return {
    employeeId,
    name,
    offboarding,
    positionId,
    orgUnitId,
    status: statusOf(employee, at),
    positionTitle: position?.title ?? null,
    orgUnitName: orgUnitId === null ? null : (state.units.get(orgUnitId)?.name ?? null),
    managerId: managerOf(reportingLines(state, at), employeeId, positionId),
    deputyId: absenceOf(employee, at)?.deputyId ?? null,
    customerCap: position?.customerCap ?? null,
  };
}

/** @param at from when on foreseen ends have come; before all time when empty */
export const reportingLines = (state: Organisation, at: string): ReportingLines => ({
  unit: (orgUnitId) => state.units.get(orgUnitId),
  position: (positionId) => state.positions.get(positionId),
  incumbents: (positionId) => incumbentsOf(state, positionId, at),
});

/** The whole structure at a moment, for rules that look for people in it. */
export interface StructureFacts {
  /** Of the organisation's stream. */
  readonly revision: number;
  employee(employeeId: string): EmployeeFacts | undefined;
  position(positionId: string): PlaceFacts | undefined;
  /** A unit by its head. */
  unit(orgUnitId: string): PlaceFacts | undefined;
  /** The department that a unit belongs to: itself unless it is a team. */
  departmentOf(orgUnitId: string): string;
}

/** A place that people hold. */
export interface PlaceFacts {
  readonly name: string;
  /** Neither retired nor closed. */
  readonly live: boolean;
  readonly holders: readonly string[];
  /** The person whom its holders answer to. */
  readonly above: string | null;
}

export async function structureFacts(streams: StateReader, at: string): Promise<StructureFacts> {
  const { state, revision } = await streams.load(organisation, organisationId);
  return structureOf(state, revision, at);
}

export function structureOf(state: Organisation, revision: number, at: string): StructureFacts {
  const lines = reportingLines(state, at);
  return {
    revision,
    employee: (employeeId) => factsOf(state, employeeId, at),
    position(positionId) {
      const position = state.positions.get(positionId);
      if (!position) return undefined;
      const { title, retired } = position;
      const holders = retired ? [] : lines.incumbents(positionId);
      return { name: title, live: !retired, holders, above: managerOf(lines, NOBODY, positionId) };
    },
    unit(orgUnitId) {
      const unit = state.units.get(orgUnitId);
      if (!unit) return undefined;
      const { name, open, headPositionId, parentId } = unit;
      const holders = open && headPositionId !== null ? lines.incumbents(headPositionId) : [];
      const above = parentId === null ? null : headAbove(lines, NOBODY, parentId);
      return { name, live: open, holders, above };
    },
    departmentOf(orgUnitId) {
      let id = orgUnitId;
      for (let unit = state.units.get(id); unit?.kind === 'team' && unit.parentId !== null; unit = state.units.get(id))
        id = unit.parentId;
      return id;
    },
  };
}

const NOBODY = '';
