import * as fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { assignByRule } from '../../libs/assignment/assigning.rules.js';
import { choose } from '../../libs/assignment/choose.rules.js';
import type { Waiting } from '../../libs/assignment/choose.rules.js';
import { desk } from '../../libs/assignment/desk.decider.js';
import type { Desk } from '../../libs/assignment/desk.decider.js';
import type { AssignmentRule } from '../../libs/assignment/events.js';
import { assignmentMethods } from '../../libs/assignment/events.js';
import { evolve, replay } from '../../libs/event-store/decider.js';
import { spreadingHash } from '../../libs/spreading-hash.js';
import { property } from '../support/property.js';
import { crew, facts, person, published, ruleId, who } from './samples.js';

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const subjects = (count: number) => Array.from({ length: count }, (_, index) => `subject ${index}`);

/** Whom the desk chooses for these subjects, one after the other. @param away letters of the people who are not there, by subject */
function given(
  rule: Partial<AssignmentRule>,
  people: readonly string[],
  subjectIds: readonly string[],
  away: (index: number) => readonly string[] = () => [],
): readonly (string | undefined)[] {
  let state: Desk = replay(desk, [published(rule)]);
  return subjectIds.map((id, index) => {
    const there = people.map((each) =>
      person(each, { status: away(index).includes(each) ? 'absent' : 'active', load: 0 }),
    );
    // All of one moment: whose turn it is does not hang on the clock.
    const [event] = assignByRule(state, {}, '', facts({ [ruleId]: crew(...there) }, { id }));
    state = evolve(desk, state, { occurredAt: '2026-03-02T09:00:00.000Z', ...event! });
    return event?.type === 'AssignmentDecided' ? event.data.chosen : undefined;
  });
}

const countOf = (chosen: readonly (string | undefined)[], letter: string) =>
  chosen.filter((each) => each === who(letter)).length;

const candidate: fc.Arbitrary<Omit<Waiting, 'employeeId'>> = fc.record({
  load: fc.nat(3),
  weight: fc.integer({ min: 1, max: 3 }),
  credit: fc.integer({ min: -3, max: 3 }),
  lastTurn: fc.nat(2),
  waitingSince: fc.constant(null),
});
const candidates = fc
  .uniqueArray(fc.uuid(), { minLength: 1, maxLength: 8 })
  .chain((ids) => fc.tuple(...ids.map((employeeId) => candidate.map((each) => ({ ...each, employeeId })))));

describe('whom a rule chooses', () => {
  it('does not hang on the order of the candidates', () => {
    fc.assert(
      fc.property(
        candidates.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        fc.constantFrom(...assignmentMethods),
        fc.uuid(),
        ([all, shuffled], method, subjectId) => {
          expect(choose(method, shuffled, subjectId)).toEqual(choose(method, all, subjectId));
        },
      ),
      property(300),
    );
  });

  it('does not hang on it either where two have one hash', () => {
    const same = ['01970000-0000-7000-8000-5cd26024db3b', '01970000-0000-7000-8000-e7e76eea7f30'];
    expect(new Set(same.map((employeeId) => spreadingHash(`subject ${employeeId}`))).size).toBe(1);
    const two = same.map((employeeId) => ({
      employeeId,
      load: null,
      weight: null,
      waitingSince: null,
      lastTurn: 0,
      credit: 0,
    }));
    expect(choose('round-robin', two, 'subject')).toEqual(choose('round-robin', two.toReversed(), 'subject'));
  });

  it('goes round: of people who are all there, nobody has more than one more than another', () => {
    fc.assert(
      fc.property(fc.subarray(letters, { minLength: 1 }), fc.nat(60), (people, count) => {
        const chosen = given({}, people, subjects(count));
        const counts = people.map((letter) => countOf(chosen, letter));
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
      property(100),
    );
  });

  it('comes to the weights, within one for each person', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...letters), { minLength: 1 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 7, maxLength: 7 }),
        fc.integer({ min: 1, max: 150 }),
        (people, numbers, count) => {
          const weights = people.map((letter, index) => ({ employeeId: who(letter), weight: numbers[index]! }));
          const sum = weights.reduce((all, { weight }) => all + weight, 0);
          const chosen = given({ method: 'weighted', weights }, people, subjects(count));
          people.forEach((letter, index) => {
            // Smooth weighted round-robin strays from the exact share by less than the number of people.
            const exact = (count * numbers[index]!) / sum;
            expect(Math.abs(countOf(chosen, letter) - exact)).toBeLessThan(Math.max(1, people.length - 1) + 1e-9);
          });
          const round = given({ method: 'weighted', weights }, people, subjects(sum));
          expect(people.map((letter) => countOf(round, letter))).toEqual(numbers.slice(0, people.length));
        },
      ),
      property(60),
    );
  });

  it('is never somebody who is not there, by any method', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...assignmentMethods),
        fc.array(fc.subarray(letters), { minLength: 1, maxLength: 20 }),
        (method, away) => {
          const chosen = given({ method }, letters, subjects(away.length), (index) => away[index]!);
          chosen.forEach((each, index) => {
            if (away[index]!.length === letters.length) expect(each).toBeUndefined();
            else expect(away[index]!.map(who)).not.toContain(each);
          });
        },
      ),
      property(100),
    );
  });

  it('is somebody who was away before everybody who was chosen meanwhile', () => {
    const chosen = given({}, ['a', 'b', 'c'], subjects(7), (index) => (index < 6 ? ['b'] : []));
    expect(chosen.at(-1)).toBe(who('b'));
  });
});
