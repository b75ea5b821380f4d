import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evolve } from '../../libs/event-store/decider.js';
import { by, found } from '../../libs/organisation/lookup.decider.js';
import { incumbentCount, incumbentsOf, ongoing, organisation } from '../../libs/organisation/organisation.decider.js';
import type { Organisation, OrganisationEvent } from '../../libs/organisation/organisation.decider.js';
import { normalForm } from '../../libs/text.js';
import { addHours } from '../../libs/time.js';
import { frozen } from '../support/frozen.js';
import { property } from '../support/property.js';
import { away, hired, positionDefined, unitCreated } from './company.js';

const start = '2026-01-01T00:00:00.000Z';
const units = ['u1', 'u2', 'u3', 'u4'];
const posts = ['p1', 'p2'];
const people = ['e1', 'e2', 'e3', 'e4'];
const unit = fc.constantFrom(...units);
const post = fc.constantFrom(...posts);
const person = fc.constantFrom(...people);
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 4 });
const until = orNull(fc.integer({ min: 1, max: 40 }).map((hours) => addHours(start, hours)));
const day = fc.integer({ min: 1, max: 9 }).map((number) => `2026-01-0${number}`);
const name = fc.constantFrom('A', ' a', 'B');
/** Mostly none: people often come to a position at the same time. */
const hoursLater = fc.constantFrom(0, 0, 0, 0, 1);

/** Anything at all, also what no rule of today would record: a log may hold what was allowed once. */
const happened: fc.Arbitrary<readonly OrganisationEvent[]> = fc.oneof(
  fc
    .tuple(unit, name, orNull(unit))
    .map(([orgUnitId, text, parentId]) => [
      unitCreated(orgUnitId, { name: text, kind: 'team', level: 'middle', parentId }),
    ]),
  fc
    .tuple(unit, name)
    .map(([orgUnitId, to]) => [{ type: 'OrgUnitRenamed' as const, data: { orgUnitId, from: '', to } }]),
  fc
    .tuple(unit, unit)
    .map(([orgUnitId, to]) => [{ type: 'OrgUnitMoved' as const, data: { orgUnitId, from: null, to } }]),
  fc
    .tuple(unit, orNull(post))
    .map(([orgUnitId, to]) => [{ type: 'OrgUnitHeadAppointed' as const, data: { orgUnitId, from: null, to } }]),
  fc
    .tuple(unit, fc.constantFrom('OrgUnitClosed' as const, 'OrgUnitReopened' as const))
    .map(([orgUnitId, type]) => [{ type, data: { orgUnitId } }]),
  fc
    .tuple(post, unit, orNull(post))
    .map(([id, orgUnitId, reportsToPositionId]) => [positionDefined(id, orgUnitId, { reportsToPositionId })]),
  fc
    .tuple(post, orNull(post))
    .map(([positionId, to]) => [
      { type: 'PositionReportingLineChanged' as const, data: { positionId, from: null, to } },
    ]),
  fc
    .tuple(post, unit)
    .map(([positionId, to]) => [
      { type: 'PositionMoved' as const, data: { positionId, from: '', to, employeeIds: [] } },
    ]),
  post.map((positionId) => [{ type: 'PositionRetired' as const, data: { positionId } }]),
  fc.tuple(person, post).map(([id, positionId]) => hired(id, id, positionId, 'u1')),
  fc.tuple(person, post, fc.boolean(), until).map(([employeeId, positionId, primary, end]) => {
    const data = { employeeId, positionId, positionTitle: '', orgUnitId: 'u1', primary, until: end };
    return [{ type: 'EmployeeAssignedToPosition' as const, data }];
  }),
  fc
    .tuple(person, post)
    .map(([employeeId, positionId]) => [
      { type: 'EmployeeAssignmentEnded' as const, data: { employeeId, positionId, orgUnitId: 'u1', primary: true } },
    ]),
  fc.tuple(person, day, orNull(day), orNull(person)).map(([id, from, to, deputyId]) => [away(id, from, to, deputyId)]),
  fc
    .tuple(person, day, day)
    .map(([employeeId, from, on]) => [{ type: 'EmployeeReturned' as const, data: { employeeId, from, on } }]),
  person.map((employeeId) => [{ type: 'EmployeeLeft' as const, data: { employeeId } }]),
);

/** Whoever holds a position, as found by looking through all people. */
function holders({ employees }: Organisation, positionId: string, at: string): readonly string[] {
  const all = [...employees].flatMap(([employeeId, { assignments }]) =>
    assignments
      .filter((held) => held.positionId === positionId && ongoing(held, at))
      .map((held) => ({ employeeId, ...held })),
  );
  const sorted = all.sort(
    (one, other) =>
      Number(other.primary) - Number(one.primary) || (one.from < other.from ? -1 : Number(one.from > other.from)),
  );
  return sorted.map(({ employeeId }) => employeeId);
}

function expectFound(state: Organisation, at: string): void {
  const idsOf = (key: string) => [...found(state.lookup, key)].sort();
  const open = [...state.units].filter(([, each]) => each.open);
  const unitsWhere = (fits: (each: (typeof open)[number][1]) => boolean) =>
    open
      .filter(([, each]) => fits(each))
      .map(([id]) => id)
      .sort();
  for (const parentId of [null, ...units]) {
    expect(idsOf(by.parent(parentId))).toEqual(unitsWhere((each) => each.parentId === parentId));
    for (const text of ['A', 'B']) {
      const named = unitsWhere((each) => each.parentId === parentId && normalForm(each.name) === normalForm(text));
      expect(idsOf(by.name(parentId, text))).toEqual(named);
    }
  }
  for (const orgUnitId of units) {
    const within = [...state.positions].filter(([, each]) => each.orgUnitId === orgUnitId).map(([id]) => id);
    expect(idsOf(by.unit(orgUnitId))).toEqual(within.sort());
  }
  for (const id of posts) {
    expect(idsOf(by.head(id))).toEqual(unitsWhere((each) => each.headPositionId === id));
    const reporting = [...state.positions].filter(([, each]) => !each.retired && each.reportsToPositionId === id);
    expect(idsOf(by.superior(id))).toEqual(reporting.map(([each]) => each).sort());
    expect(incumbentsOf(state, id, at)).toEqual(holders(state, id, at));
    expect(incumbentCount(state, id, at)).toBe(holders(state, id, at).length);
  }
  for (const id of people) {
    const absent = [...state.employees].filter(([, each]) => each.absences.some(({ deputyId }) => deputyId === id));
    for (const [each] of absent) expect(found(state.lookup, by.deputy(id)).has(each)).toBe(true);
  }
}

it('what is looked up is what looking through everything finds, whatever has happened', () => {
  const history = fc.array(fc.tuple(happened, hoursLater), {
    minLength: 5,
    maxLength: 60,
    size: 'max',
  });
  fc.assert(
    fc.property(history, (each) => {
      let state = organisation.initial;
      let at = start;
      for (const [events, hours] of each) {
        at = addHours(at, hours);
        state = events.reduce(
          (before, event) => frozen(evolve(organisation, before, { occurredAt: at, ...event })),
          state,
        );
      }
      expectFound(state, at);
    }),
    property(400),
  );
});
