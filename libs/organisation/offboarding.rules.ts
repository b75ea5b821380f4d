import { Missing, Refusal } from '../errors.js';
import type { OffboardEmployee, StartOffboarding } from './commands.js';
import { END_OF_TIME, ended, endsBeforeStart } from './employee.rules.js';
import { by, found, inOrder } from './lookup.decider.js';
import { dated, effective, incumbentsOf, ongoing, presentEmployee } from './organisation.decider.js';
import type { Organisation, OrganisationEvent } from './organisation.decider.js';

/** What stands in the way of leaving: how many things of one sort, and some of them. */
interface Unmet {
  readonly what: string;
  readonly count: number;
  readonly ids: readonly string[];
}

/** What the read models tell of somebody who is to leave; null where they are not asked. */
export interface InventoryFacts {
  readonly has: readonly Unmet[] | null;
}

/** Starting it again with the same successor changes nothing. */
export function startOffboarding(
  state: Organisation,
  { employeeId, handOverTo }: StartOffboarding,
  _now: string,
  { has }: InventoryFacts,
): OrganisationEvent[] {
  const { offboarding } = presentEmployee(state, employeeId);
  if (offboarding?.handOverTo === handOverTo) return [];
  if (offboarding) {
    throw new Refusal(
      'offboarding-started',
      'The off-boarding began before, with another successor.',
      { employeeId },
      409,
    );
  }
  if (handOverTo !== null) checkSuccessor(state, employeeId, handOverTo);
  const inventory = Object.fromEntries((has ?? []).map(({ what, count }) => [what, count]));
  return [{ type: 'OffboardingStarted', data: { employeeId, handOverTo, inventory } }];
}

function checkSuccessor({ employees }: Organisation, employeeId: string, handOverTo: string): void {
  const field = 'handOverTo';
  if (handOverTo === employeeId) {
    throw new Refusal('same-owner', 'What somebody has is handed over to another one.', { field });
  }
  const successor = employees.get(handOverTo);
  if (!successor) throw new Missing('employee', handOverTo);
  if (successor.status === 'active') return;
  throw new Refusal('owner-inactive', `${successor.name} is ${successor.status} and cannot be made responsible.`, {
    field,
  });
}

/**
 * Leaving is refused while the organisation still counts on the person, naming everything that does. Where a person asks, the off-boarding
 * must have begun: from then on nothing can come to the one who leaves, so that what the read models list is all there is.
 */
export function offboardEmployee(
  state: Organisation,
  command: OffboardEmployee,
  now: string,
  { has }: InventoryFacts,
): OrganisationEvent[] {
  const { employeeId, leftAt } = command;
  const { assignments, hiredAt, offboarding } = presentEmployee(state, employeeId);
  if (has && !offboarding) {
    throw new Refusal('offboarding-not-started', 'Start the off-boarding first.', { employeeId }, 409);
  }
  const at = effective(leftAt, now, 'leftAt');
  if (at < hiredAt || assignments.some(({ from }) => at < from)) throw endsBeforeStart('leftAt');
  const heads = headed(state, employeeId, now);
  const deputyFor = absentUnder(state, employeeId, now.slice(0, 10));
  const unmet = [
    ...(heads.length > 0 ? [{ what: 'head-of-unit', count: heads.length, ids: heads }] : []),
    ...(deputyFor.length > 0 ? [{ what: 'deputy', count: deputyFor.length, ids: deputyFor }] : []),
    ...(has ?? []),
  ];
  if (unmet.length > 0) {
    throw new Refusal('offboarding-incomplete', 'Some of what the employee has or does is not handed over yet.', {
      unmet,
    });
  }
  const held = assignments.filter((each) => ongoing(each, at));
  return [
    ...held.map((each) => ended(state, employeeId, each, at, now)),
    dated({ type: 'EmployeeLeft', data: { employeeId } }, at, now),
  ];
}

/** Units whose head this person is, and nobody else with them. */
function headed(state: Organisation, employeeId: string, now: string): readonly string[] {
  const { assignments = [] } = state.employees.get(employeeId) ?? {};
  const led = assignments
    .filter(({ positionId }) => onlyIncumbent(state, positionId, employeeId, now))
    .flatMap(({ positionId }) => [...found(state.lookup, by.head(positionId))]);
  return inOrder(state.units, led);
}

function onlyIncumbent(state: Organisation, positionId: string, employeeId: string, now: string): boolean {
  const incumbents = incumbentsOf(state, positionId, now);
  return incumbents.length === 1 && incumbents[0] === employeeId;
}

/** People who are, or will be, away with this person as their deputy. */
function absentUnder({ employees, lookup }: Organisation, deputyId: string, day: string): readonly string[] {
  const absent = found(lookup, by.deputy(deputyId)).filter((employeeId) => {
    const { status, absences } = employees.get(employeeId)!;
    return status !== 'left' && absences.some((each) => each.deputyId === deputyId && (each.to ?? END_OF_TIME) >= day);
  });
  return inOrder(employees, absent);
}
