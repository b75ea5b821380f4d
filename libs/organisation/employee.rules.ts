import { Missing, Refusal } from '../errors.js';
import type {
  AssignEmployeeToPosition,
  EndEmployeeAbsence,
  EndEmployeeAssignment,
  HireEmployee,
  RecordEmployeeAbsence,
  ReinstateEmployee,
  SetEmployeeSkills,
  SuspendEmployee,
} from './commands.js';
import { isAway } from './events.js';
import type { Absence } from './events.js';
import { dated, effective, ongoing, presentEmployee, sameTexts } from './organisation.decider.js';
import type { Employee, Held, Organisation, OrganisationEvent } from './organisation.decider.js';
import { vacantPosition } from './position.rules.js';

/** Hiring the same person for the same position again changes nothing. */
export function hireEmployee(
  state: Organisation,
  { employeeId, hiring }: HireEmployee,
  now: string,
): OrganisationEvent[] {
  const { name, positionId } = hiring;
  const known = state.employees.get(employeeId);
  if (known?.name === name && primaryOf(known)?.positionId === positionId) return [];
  if (known)
    throw new Refusal('employee-exists', 'An employee of this id is there, with other content.', { employeeId }, 409);
  const hiredAt = effective(hiring.hiredAt, now, 'hiredAt');
  const from = hiring.assignedFrom === undefined ? hiredAt : effective(hiring.assignedFrom, now, 'assignedFrom');
  checkHired({ hiredAt }, from);
  return [
    dated({ type: 'EmployeeHired', data: { employeeId, name } }, hiredAt, now),
    assigned(state, employeeId, { positionId, primary: true, until: null, from }, now),
  ];
}

/** A new primary position ends the one before, so that there is always exactly one. */
export function assignEmployeeToPosition(
  state: Organisation,
  command: AssignEmployeeToPosition,
  now: string,
): OrganisationEvent[] {
  const { employeeId, assignment } = command;
  const { positionId, primary, until = null } = assignment;
  const employee = presentEmployee(state, employeeId);
  const former = primaryOf(employee);
  const held = employee.assignments.find((each) => each.positionId === positionId && ongoing(each, now));
  if (held?.primary === primary && held.until === until) return [];
  if (held?.primary || (primary && until !== null)) throw primaryRequired(employeeId);
  const from = effective(assignment.from, now, 'from');
  checkHired(employee, from);
  if (until !== null && until <= from) throw endsBeforeStart('until');
  const event = assigned(state, employeeId, { positionId, primary, until, from }, now);
  if (!primary || !former) return [event];
  if (from < former.from) {
    throw new Refusal('assignment-overlap', 'The primary position now held began later than that.', {
      field: 'from',
      earliest: former.from,
    });
  }
  return [ended(state, employeeId, former, from, now), event];
}

export function endEmployeeAssignment(
  state: Organisation,
  command: EndEmployeeAssignment,
  now: string,
): OrganisationEvent[] {
  const { employeeId, positionId, endedAt } = command;
  const held = presentEmployee(state, employeeId).assignments.find((each) => each.positionId === positionId);
  if (!held || !ongoing(held, now)) throw new Missing('assignment', positionId);
  if (held.primary) throw primaryRequired(employeeId);
  const at = effective(endedAt, now, 'endedAt');
  if (at < held.from) throw endsBeforeStart('endedAt');
  return [ended(state, employeeId, held, at, now)];
}

export function recordEmployeeAbsence(state: Organisation, command: RecordEmployeeAbsence): OrganisationEvent[] {
  const { employeeId, from, to, deputyId } = command;
  const { absences, hiredAt } = presentEmployee(state, employeeId);
  const absence: Absence = { from, to, deputyId };
  if (to !== null && to < from) {
    throw new Refusal('absence-ends-before-start', 'The last day is before the first.', { field: 'to' });
  }
  if (from < hiredAt.slice(0, 10)) {
    throw new Refusal('absence-before-hire', 'The employee had not joined by then.', { field: 'from' });
  }
  const other = absences.find((each) => overlap(each, absence));
  if (other && other.from === from && other.to === to && other.deputyId === deputyId) return [];
  if (other) {
    throw new Refusal('absence-overlap', 'The employee is away on some of these days already.', {
      overlaps: { from: other.from, to: other.to },
    });
  }
  if (deputyId !== null) checkDeputy(state, employeeId, deputyId, absence);
  return [{ type: 'EmployeeAbsenceRecorded', data: { employeeId, from, to, deputyId } }];
}

/** Ends the absence the day falls in; on its first day it is called off altogether. */
export function endEmployeeAbsence(state: Organisation, command: EndEmployeeAbsence, now: string): OrganisationEvent[] {
  const { employeeId, on = now.slice(0, 10) } = command;
  const absence = presentEmployee(state, employeeId).absences.find((each) => isAway(each, on));
  if (!absence) throw new Refusal('employee-not-absent', 'The employee is not away on that day.', { employeeId, on });
  return [{ type: 'EmployeeReturned', data: { employeeId, from: absence.from, on } }];
}

export function suspendEmployee(state: Organisation, { employeeId, reason }: SuspendEmployee): OrganisationEvent[] {
  const { status } = presentEmployee(state, employeeId);
  if (status === 'suspended') throw new Refusal('employee-suspended', 'This employee is suspended.', { employeeId });
  return [{ type: 'EmployeeSuspended', data: { employeeId, reason } }];
}

export function reinstateEmployee(state: Organisation, { employeeId }: ReinstateEmployee): OrganisationEvent[] {
  const { status } = presentEmployee(state, employeeId);
  if (status !== 'suspended') {
    throw new Refusal('employee-not-suspended', 'Only a suspended employee is reinstated.', { employeeId });
  }
  return [{ type: 'EmployeeReinstated', data: { employeeId } }];
}

/** Setting the same again changes nothing. */
export function setEmployeeSkills(state: Organisation, command: SetEmployeeSkills): OrganisationEvent[] {
  const { employeeId, skills, languages } = command;
  const known = presentEmployee(state, employeeId);
  if (sameTexts(known.skills, skills) && sameTexts(known.languages, languages)) return [];
  return [{ type: 'EmployeeSkillsSet', data: { employeeId, skills: [...skills], languages: [...languages] } }];
}

const primaryOf = ({ assignments }: Employee): Held | undefined => assignments.find(({ primary }) => primary);

function assigned(state: Organisation, employeeId: string, held: Held, now: string): OrganisationEvent {
  const { positionId, primary, until, from } = held;
  const { title, orgUnitId } = vacantPosition(state, positionId, employeeId, now);
  const data = { employeeId, positionId, positionTitle: title, orgUnitId, primary, until };
  return dated({ type: 'EmployeeAssignedToPosition', data }, from, now);
}

/** A position that a person gives up. */
export function ended(state: Organisation, employeeId: string, held: Held, at: string, now: string): OrganisationEvent {
  const { positionId, primary } = held;
  const orgUnitId = state.positions.get(positionId)?.orgUnitId ?? '';
  return dated({ type: 'EmployeeAssignmentEnded', data: { employeeId, positionId, orgUnitId, primary } }, at, now);
}

function checkHired({ hiredAt }: Pick<Employee, 'hiredAt'>, from: string): void {
  if (from < hiredAt) {
    throw new Refusal('assignment-before-hire', 'The employee had not joined by then.', { field: 'from', hiredAt });
  }
}

const primaryRequired = (employeeId: string): Refusal =>
  new Refusal('primary-position-required', 'An employee keeps one primary position: assign the next one to end it.', {
    employeeId,
  });

export const endsBeforeStart = (field: string): Refusal =>
  new Refusal('assignment-ends-before-start', 'It would end before it began.', { field });

/** Of an absence whose end nobody knows. */
export const END_OF_TIME = '9999-12-31';

const overlap = (one: Absence, other: Absence): boolean =>
  one.from <= (other.to ?? END_OF_TIME) && other.from <= (one.to ?? END_OF_TIME);

function checkDeputy(state: Organisation, employeeId: string, deputyId: string, absence: Absence): void {
  if (deputyId === employeeId) {
    throw new Refusal('deputy-is-oneself', 'Nobody stands in for themselves.', { field: 'deputyId' });
  }
  const deputy = state.employees.get(deputyId);
  if (!deputy) throw new Missing('employee', deputyId);
  if (deputy.status !== 'active') {
    throw new Refusal('deputy-not-active', `The deputy is ${deputy.status}.`, {
      field: 'deputyId',
      state: deputy.status,
    });
  }
  if (!deputy.absences.some((each) => overlap(each, absence))) return;
  if (standsInFor(state, deputyId, employeeId, absence)) {
    throw new Refusal('deputy-cycle', 'The deputy is away as well, and counts on this employee.', {
      field: 'deputyId',
    });
  }
  throw new Refusal('deputy-absent', 'The deputy is away on some of these days.', { field: 'deputyId' });
}

/** Whether the deputies of somebody who is away, their deputies and so on, lead to this person. */
function standsInFor({ employees }: Organisation, absentId: string, wantedId: string, during: Absence): boolean {
  const open = [absentId];
  const seen = new Set(open);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const absence of employees.get(id)?.absences.values() ?? []) {
      const { deputyId } = absence;
      if (deputyId === null || seen.has(deputyId) || !overlap(absence, during)) continue;
      if (deputyId === wantedId) return true;
      seen.add(deputyId);
      open.push(deputyId);
    }
  }
  return false;
}
