import { describe, expect, it } from '@jest/globals';
import { assignByRule, confirmAssignment, passOverAssignee } from '../../libs/assignment/assigning.rules.js';
import type { AssigningFacts, Looked, Person } from '../../libs/assignment/assigning.rules.js';
import { ConfirmAssignment, PassOverAssignee } from '../../libs/assignment/commands.js';
import { desk, receivedBy } from '../../libs/assignment/desk.decider.js';
import type { Desk } from '../../libs/assignment/desk.decider.js';
import type { AssignmentEvents, PassedOver } from '../../libs/assignment/events.js';
import { replay } from '../../libs/event-store/decider.js';
import { assignmentList } from '../../projections/assignment-list.js';
import { given, past } from '../support/given.js';
import { crew, deskId, facts, leadId, person, published, ruleId, who } from './samples.js';
import type { AssignmentEvent } from './samples.js';

const other = '01970000-0000-7000-8000-00000000a002';
const subject = { kind: 'lead', id: leadId } as const;
const abc = { [ruleId]: crew(person('a'), person('b'), person('c')) };

const assigning = (looked: Looked) => (state: Desk) => assignByRule(state, {}, past, looked);
const asked = (crews: Parameters<typeof facts>[0], change: Partial<AssigningFacts['subject']> = {}) =>
  facts(crews, change, { asked: true });

const unknown: AssigningFacts['subject']['traits'] = {};
const over = (letter: string, why: string, of = ruleId): PassedOver => ({ ruleId: of, employeeId: who(letter), why });

/** What the desk decides: the one event that it records. */
function decided(looked: Looked, ...before: AssignmentEvent[]): AssignmentEvents['AssignmentDecided'] {
  const [event, ...more] = assigning(looked)(replay(desk, before));
  expect(more).toEqual([]);
  if (event?.type !== 'AssignmentDecided') throw new Error(`${event?.type} and not AssignmentDecided`);
  return event.data;
}

const decision = (change: Partial<AssignmentEvents['AssignmentDecided']> = {}): AssignmentEvent => ({
  type: 'AssignmentDecided',
  data: {
    deskId,
    assignmentId: 'first',
    subject,
    from: null,
    ruleId,
    ruleVersion: 1,
    candidates: ['a', 'b'].map((letter) => ({ employeeId: who(letter), load: null, weight: null, waitingSince: null })),
    passedOver: [],
    chosen: who('a'),
    tie: 'hash',
    ...change,
  },
});

describe('a desk', () => {
  it('chooses by the rule that fits with the lowest number, and says among whom', () => {
    const south = published({ ruleId: other, name: 'South', priority: 1, criteria: criteria({ regions: ['South'] }) });
    const later = published({ ruleId: other, name: 'Later', priority: 50 });
    const fits = published({ criteria: criteria({ regions: ['NORTH'], channels: ['event'], grades: ['A', 'B'] }) }, 4);
    for (const others of [south, later]) {
      const { candidates, ...data } = decided(facts(abc), others, fits);
      expect(data).toMatchObject({ subject, ruleId, ruleVersion: 4, from: null, passedOver: [] });
      expect(candidates).toEqual(
        ['a', 'b', 'c'].map((each) => ({ employeeId: who(each), load: null, weight: null, waitingSince: null })),
      );
    }
  });

  it('records nothing where no rule fits, unless a person asks, who is told', () => {
    const machines = published({ criteria: criteria({ sectors: ['machines'] }) });
    given(desk, machines)
      .when(assigning(facts(abc)))
      .thenRecords();
    given(desk, machines)
      .when(assigning(asked(abc)))
      .thenRefuses('assignment-rule-missing');
    // What is not known of a subject fits no list.
    given(desk, published({ criteria: criteria({ regions: ['North'] }) }))
      .when(assigning(asked(abc, { traits: unknown })))
      .thenRefuses('assignment-rule-missing');
    given(desk, published())
      .when(assigning({ found: undefined }))
      .thenRecords();
  });

  it.each<[why: string, change: Partial<Person>]>([
    ['absent', { status: 'absent' }],
    ['suspended', { status: 'suspended' }],
    ['left', { status: 'left' }],
    ['lacks-skill', { skills: ['tenders'] }],
    ['lacks-language', { languages: ['Dutch'] }],
    ['at-cap', { load: 5 }],
  ])('passes people over, and says why: %s', (why, change) => {
    const able = { skills: ['Pumps', 'tenders'], languages: ['dutch', 'German'], load: 4 };
    const needed = published({ needs: { skills: ['pumps'], languages: ['German'] }, cap: 5 });
    const people = crew(person('a', { ...able, ...change }), person('b', able));
    const { chosen, passedOver, tie } = decided(facts({ [ruleId]: people }), needed);
    expect({ chosen, passedOver, tie }).toEqual({ chosen: who('b'), passedOver: [over('a', why)], tie: 'none' });
  });

  it('gives nothing out beyond the hours of the rule, but falls back on a person who is there', () => {
    const fallback = { kind: 'employee', id: who('d') } as const;
    const closed = { [ruleId]: { people: [person('a')], atWork: false }, [`${ruleId} ${who('d')}`]: crew(person('d')) };
    const { chosen, passedOver } = decided(facts(closed), published({ fallback }));
    expect({ chosen, passedOver }).toEqual({ chosen: who('d'), passedOver: [over('a', 'out-of-hours')] });
  });

  it('falls back on another rule, and then on nobody', () => {
    const second = published({
      ruleId: other,
      name: 'Second',
      priority: 20,
      criteria: criteria({ regions: ['South'] }),
    });
    const first = published({ fallback: { kind: 'rule', id: other } });
    const gone = { [ruleId]: crew(person('a', { status: 'left' })), [other]: crew(person('b')) };
    expect(decided(facts(gone), second, first)).toMatchObject({
      ruleId: other,
      chosen: who('b'),
      passedOver: [over('a', 'left')],
    });
    const nobody = { ...gone, [other]: crew(person('b', { status: 'absent' })) };
    const passedOver = [over('a', 'left'), over('b', 'absent', other)];
    given(desk, second, first)
      .when(assigning(facts(nobody)))
      .thenRecords({
        type: 'AssignmentFailed',
        data: {
          deskId,
          assignmentId: facts({}).found.assignmentId,
          subject,
          from: null,
          ruleId,
          ruleVersion: 1,
          passedOver,
        },
      });
    given(desk, second, first)
      .when(assigning(asked(nobody)))
      .thenRefuses('assignee-missing', { passedOver });
  });

  it('leaves what has an owner, is closed, or is being assigned', () => {
    const owned = { ownerId: who('c'), owned: true };
    given(desk, published())
      .when(assigning(facts(abc, owned)))
      .thenRecords();
    given(desk, published())
      .when(assigning(asked(abc, owned)))
      .thenRefuses('subject-owned');
    given(desk, published())
      .when(assigning(facts(abc, { closed: true })))
      .thenRecords();
    given(desk, published())
      .when(assigning(asked(abc, { closed: true })))
      .thenRefuses('subject-closed');
    given(desk, published(), decision())
      .when(assigning(asked(abc)))
      .thenRecords();
    // Somebody who left leaves what they had.
    expect(decided(facts(abc, { ownerId: who('d') }), published())).toMatchObject({ from: who('d') });
  });
});

describe('a person who could not be given the subject', () => {
  const passing =
    (looked: Looked, code = 'holding-limit-exceeded', assignmentId = 'first') =>
    (state: Desk) =>
      passOverAssignee(state, new PassOverAssignee(deskId, { assignmentId, code }), past, looked);
  const passed = (code = 'holding-limit-exceeded', chosen = who('a')): AssignmentEvent => ({
    type: 'AssignmentPassedOver',
    data: { deskId, assignmentId: 'first', subject, chosen, code },
  });

  it('is passed over with the code of the refusal, and another one is chosen', () => {
    const run = passing(facts({ [ruleId]: crew(person('a'), person('b')) }))(replay(desk, [published(), decision()]));
    expect(run).toMatchObject([
      passed(),
      { type: 'AssignmentDecided', data: { chosen: who('b'), passedOver: [over('a', 'holding-limit-exceeded')] } },
    ]);
    given(desk, published(), decision())
      .when(passing(facts({ [ruleId]: crew(person('a'), person('b')) })))
      .thenReads(assignmentList, 'first', { status: 'passed-over', code: 'holding-limit-exceeded' });
  });

  it('is not asked again by the same subject, until nobody is left', () => {
    const ab = { [ruleId]: crew(person('a'), person('b')) };
    const second = decision({
      assignmentId: 'second',
      chosen: who('b'),
      passedOver: [over('a', 'holding-limit-exceeded')],
    });
    const run = passing(
      facts(ab),
      'owner-inactive',
      'second',
    )(replay(desk, [published(), decision(), passed(), second]));
    expect(run.map(({ type }) => type)).toEqual(['AssignmentPassedOver', 'AssignmentFailed']);
    expect(run[1]).toMatchObject({
      data: { passedOver: [over('a', 'holding-limit-exceeded'), over('b', 'owner-inactive')] },
    });
  });

  it('is passed over once, however often that is asked for', () => {
    given(desk, published(), decision(), passed())
      .when(passing(facts(abc)))
      .thenRecords();
  });

  it('keeps their turn, as if they had not been chosen', () => {
    const before = replay(desk, [
      published(),
      decision({ assignmentId: 'zero', subject: { kind: 'lead', id: 'zero' } }),
    ]);
    const after = [decision(), passed()].reduce(
      (state, event) => desk.evolve[event.type](state, event.data as never, '2026-03-02T09:00:00.000Z'),
      before,
    );
    expect(receivedBy(after, ruleId, who('a'))).toEqual(receivedBy(before, ruleId, who('a')));
    expect(receivedBy(after, ruleId, who('a')).turn).toBe(1);
  });

  it('is passed over alone where the subject has come to an owner otherwise, or takes none', () => {
    const rest = [published(), decision()];
    given(desk, ...rest)
      .when(passing(facts(abc, { owned: true, ownerId: who('c') }), 'assignment-overtaken'))
      .thenRecords(passed('assignment-overtaken'));
    given(desk, ...rest)
      .when(passing(facts(abc, { closed: true }), 'lead-closed'))
      .thenRecords(passed('lead-closed'));
  });

  it('is as good as before where the subject has changed only', () => {
    const alone = { [ruleId]: crew(person('a')) };
    const [, next] = passing(facts(alone), 'assignment-overtaken')(replay(desk, [published(), decision()]));
    expect(next).toMatchObject({ type: 'AssignmentDecided', data: { chosen: who('a') } });
  });

  it('leaves it failed where the rule was retired meanwhile', () => {
    const retired: AssignmentEvent = {
      type: 'AssignmentRuleRetired',
      data: { deskId, ruleId, version: 1, reason: 'over' },
    };
    const run = passing(facts({}))(replay(desk, [published(), decision(), retired]));
    expect(run).toMatchObject([
      passed(),
      { type: 'AssignmentFailed', data: { ruleId, passedOver: [over('a', 'holding-limit-exceeded')] } },
    ]);
  });
});

describe('a subject that came to the person who was chosen', () => {
  it('is confirmed once, and then it can be assigned again', () => {
    const confirming = (state: Desk) =>
      confirmAssignment(state, new ConfirmAssignment(deskId, { assignmentId: 'first' }));
    const confirmed: AssignmentEvent = {
      type: 'AssignmentConfirmed',
      data: { deskId, assignmentId: 'first', subject, chosen: who('a') },
    };
    given(desk, published(), decision()).when(confirming).thenRecords(confirmed);
    given(desk, published(), decision(), confirmed).when(confirming).thenRecords();
    expect(decided(facts(abc), published(), decision(), confirmed)).toMatchObject({ subject });
  });
});

// Trap 18 in the vocabulary: SuiteCRM and EspoCRM gave work to people who had left, and the most of it to the smallest id.
describe('round robin skips absent, suspended and left people, and ties do not favour the smallest id', () => {
  it('skips them', () => {
    const people = crew(
      person('a', { status: 'absent' }),
      person('b', { status: 'suspended' }),
      person('c', { status: 'left' }),
      person('d'),
    );
    for (let index = 0; index < 20; index += 1) {
      expect(decided(facts({ [ruleId]: people }, { id: `lead ${index}` }), published()).chosen).toBe(who('d'));
    }
  });

  it('spreads first choices over all of them', () => {
    const first = Array.from(
      { length: 600 },
      (_, index) => decided(facts(abc, { id: `lead ${index}` }), published()).chosen,
    );
    for (const letter of ['a', 'b', 'c']) {
      const count = first.filter((each) => each === who(letter)).length;
      // Five standard deviations of a fair draw.
      expect(Math.abs(count - 200)).toBeLessThan(5 * Math.sqrt(600 * (1 / 3) * (2 / 3)));
    }
  });
});

function criteria(change: object) {
  return { regions: [], sectors: [], tiers: [], grades: [], channels: [], ...change };
}
