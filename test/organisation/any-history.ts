import fc from 'fast-check';
import { Refusal } from '../../libs/errors.js';
import { evolve, replay } from '../../libs/event-store/decider.js';
import * as commands from '../../libs/organisation/commands.js';
import * as employees from '../../libs/organisation/employee.rules.js';
import * as leaving from '../../libs/organisation/offboarding.rules.js';
import { levels } from '../../libs/organisation/events.js';
import type { Level } from '../../libs/organisation/events.js';
import * as units from '../../libs/organisation/org-unit.rules.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import type { Organisation, OrganisationEvent } from '../../libs/organisation/organisation.decider.js';
import * as positions from '../../libs/organisation/position.rules.js';
import { addHours, shiftDay } from '../../libs/time.js';
import { hired, positionDefined } from './company.js';

export type Rule = (state: Organisation, now: string) => readonly OrganisationEvent[];

const start = '2026-01-01T00:00:00.000Z';
const created = (orgUnitId: string, name: string, level: Level, parentId: string | null): OrganisationEvent => ({
  type: 'OrgUnitCreated',
  data: { orgUnitId, name, kind: 'team', level, parentId },
});
/** Something to work on from the first step: two departments with a team each, and people in all of them. */
const founded: readonly OrganisationEvent[] = [
  created('u1', 'A', 'senior', null),
  created('u2', 'A', 'middle', 'u1'),
  created('u3', 'B', 'middle', 'u1'),
  created('u4', 'A', 'middle', 'u2'),
  positionDefined('p1', 'u1', { headcount: 2 }),
  positionDefined('p2', 'u2', { headcount: 2 }),
  positionDefined('p3', 'u3', { headcount: 2 }),
  ...hired('e1', 'e1', 'p1', 'u1'),
  ...hired('e2', 'e2', 'p2', 'u2'),
  ...hired('e3', 'e3', 'p2', 'u2'),
];
const unitId = fc.constantFrom('u1', 'u2', 'u3', 'u4', 'u5');
const positionId = fc.constantFrom('p1', 'p2', 'p3', 'p4');
const employeeId = fc.constantFrom('e1', 'e2', 'e3', 'e4');
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 4 });
/** Hours before now, mostly none. */
const ago = fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: 60 }));
const back = (now: string, hours: number | undefined) => (hours === undefined ? undefined : addHours(now, -hours));
const day = fc.integer({ min: 0, max: 12 }).map((days) => shiftDay('2026-01-01', days));

/** One attempt to change the organisation, which its rules may refuse. */
export const step: fc.Arbitrary<Rule> = fc.oneof(
  fc.tuple(unitId, fc.constantFrom('A', 'B', 'C', 'D', 'E'), fc.constantFrom(...levels), orNull(unitId)).map(
    ([id, name, level, parentId]): Rule =>
      (state) =>
        units.createOrgUnit(state, new commands.CreateOrgUnit(id, { name, kind: 'team', level, parentId })),
  ),
  fc.tuple(unitId, fc.constantFrom('A', 'B', 'C', 'a ')).map(
    ([id, name]): Rule =>
      (state) =>
        units.renameOrgUnit(state, new commands.RenameOrgUnit(id, { name })),
  ),
  fc.tuple(unitId, unitId, ago).map(
    ([id, to, hours]): Rule =>
      (state, now) =>
        units.moveOrgUnit(state, new commands.MoveOrgUnit(id, { parentId: to, effectiveFrom: back(now, hours) }), now),
  ),
  fc.tuple(unitId, orNull(positionId)).map(
    ([id, head]): Rule =>
      (state) =>
        units.appointOrgUnitHead(state, new commands.AppointOrgUnitHead(id, { positionId: head })),
  ),
  unitId.map(
    (id): Rule =>
      (state, now) =>
        units.closeOrgUnit(state, new commands.CloseOrgUnit(id), now),
  ),
  unitId.map(
    (id): Rule =>
      (state) =>
        units.reopenOrgUnit(state, new commands.ReopenOrgUnit(id)),
  ),
  fc
    .tuple(positionId, unitId, orNull(positionId), fc.integer({ min: 0, max: 3 }))
    .map(([id, orgUnitId, reportsToPositionId, headcount]): Rule => (state) => {
      const position = { orgUnitId, title: id, reportsToPositionId, duties: [], processSteps: [], headcount };
      return positions.definePosition(state, new commands.DefinePosition(id, position));
    }),
  fc.tuple(positionId, orNull(positionId)).map(
    ([id, to]): Rule =>
      (state) =>
        positions.changePositionReportingLine(
          state,
          new commands.ChangePositionReportingLine(id, { reportsToPositionId: to }),
        ),
  ),
  fc.tuple(positionId, fc.integer({ min: 0, max: 3 })).map(
    ([id, count]): Rule =>
      (state, now) =>
        positions.setPositionHeadcount(state, new commands.SetPositionHeadcount(id, { headcount: count }), now),
  ),
  fc.tuple(positionId, unitId).map(
    ([id, to]): Rule =>
      (state, now) =>
        positions.movePosition(state, new commands.MovePosition(id, { orgUnitId: to }), now),
  ),
  positionId.map(
    (id): Rule =>
      (state, now) =>
        positions.retirePosition(state, new commands.RetirePosition(id), now, { flows: [] }),
  ),
  fc.tuple(employeeId, positionId, ago, ago).map(([id, position, hiredAgo, assignedAgo]): Rule => (state, now) => {
    const hiring = { hiredAt: back(now, hiredAgo), assignedFrom: back(now, assignedAgo) };
    return employees.hireEmployee(
      state,
      new commands.HireEmployee(id, { name: id, positionId: position, ...hiring }),
      now,
    );
  }),
  fc
    .tuple(employeeId, positionId, fc.boolean(), ago, orNull(fc.integer({ min: -20, max: 60 })))
    .map(([id, position, primary, hours, lasting]): Rule => (state, now) => {
      const dates = { from: back(now, hours), until: lasting === null ? null : addHours(now, lasting) };
      const assignment = { positionId: position, primary, ...dates };
      return employees.assignEmployeeToPosition(state, new commands.AssignEmployeeToPosition(id, assignment), now);
    }),
  fc.tuple(employeeId, positionId, ago).map(
    ([id, position, hours]): Rule =>
      (state, now) =>
        employees.endEmployeeAssignment(
          state,
          new commands.EndEmployeeAssignment(id, { positionId: position, endedAt: back(now, hours) }),
          now,
        ),
  ),
  fc.tuple(employeeId, day, orNull(day), orNull(employeeId)).map(
    ([id, from, to, deputy]): Rule =>
      (state) =>
        employees.recordEmployeeAbsence(state, new commands.RecordEmployeeAbsence(id, { from, to, deputyId: deputy })),
  ),
  fc.tuple(employeeId, day).map(
    ([id, on]): Rule =>
      (state, now) =>
        employees.endEmployeeAbsence(state, new commands.EndEmployeeAbsence(id, { on }), now),
  ),
  fc.tuple(employeeId, fc.boolean()).map(
    ([id, back]): Rule =>
      (state) =>
        back
          ? employees.reinstateEmployee(state, new commands.ReinstateEmployee(id))
          : employees.suspendEmployee(state, new commands.SuspendEmployee(id, { reason: 'inquiry' })),
  ),
  fc.tuple(employeeId, ago).map(
    ([id, hours]): Rule =>
      (state, now) =>
        leaving.offboardEmployee(state, new commands.OffboardEmployee(id, { leftAt: back(now, hours) }), now, {
          has: null,
        }),
  ),
);

/** Everything that happened, with its time; refused steps leave nothing behind. */
export function run(rules: readonly Rule[], check: (state: Organisation, now: string) => void) {
  const log = founded.map((event) => ({ occurredAt: start, ...event }));
  let state = replay(organisation, log);
  let now = start;
  for (const rule of rules) {
    now = addHours(now, 6);
    let events: readonly OrganisationEvent[] = [];
    try {
      events = rule(state, now);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    for (const event of events) {
      log.push({ occurredAt: now, ...event });
      state = evolve(organisation, state, { occurredAt: now, ...event });
    }
    check(state, now);
  }
  return { log, state, now };
}
