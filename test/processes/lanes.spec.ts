import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Lanes } from '../../libs/processes/lanes.runner.js';
import type { Work } from '../../libs/processes/lanes.runner.js';
import { property } from '../support/property.js';

interface Step extends Work {
  /** Gone once the step has to wait for long. */
  readonly body?: string;
}

class Passing extends Error {}

/** Lanes three wide that note what was done, in order; `fails` says when a step fails. */
function noting(fails: (step: Step, attempt: number) => Error | undefined = () => undefined) {
  const done: string[] = [];
  const failures: string[] = [];
  const attempts = new Map<string, number>();
  const seen = { working: 0, most: 0 };
  const nameOf = ({ lane, position }: Step) => `${lane}${position}`;
  const lanes = new Lanes<Step>({
    width: 3,
    attempts: 3,
    rest: 1,
    passing: (error) => error instanceof Passing,
    done: (step) => done.push(nameOf(step)),
    failed: (step, _, attempt, parked) => failures.push(`${nameOf(step)} ${attempt}${parked ? ' parked' : ''}`),
    asReference: ({ lane, position }) => ({ lane, position }),
    async work(step) {
      const attempt = (attempts.get(nameOf(step)) ?? 0) + 1;
      attempts.set(nameOf(step), attempt);
      seen.working += 1;
      seen.most = Math.max(seen.most, seen.working);
      await new Promise((resolve) => setImmediate(resolve));
      seen.working -= 1;
      const failure = fails(step, attempt);
      if (failure) throw failure;
    },
  });
  const add = (...names: string[]) => {
    for (const name of names) lanes.add({ lane: name[0]!, position: Number(name.slice(1)), body: 'long' });
  };
  return { lanes, add, done, failures, attempts, seen };
}

const inLane = (lane: string, done: readonly string[]) => done.filter((name) => name.startsWith(lane));

describe('lanes', () => {
  it('do the works of each lane in order and no more at a time than they are wide', async () => {
    const works = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.boolean()), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(works, async (list) => {
        const stumbling = new Set(list.flatMap(([lane, stumbles], index) => (stumbles ? [`${lane}${index}`] : [])));
        const { lanes, add, done, seen } = noting(({ lane, position }, attempt) =>
          stumbling.has(`${lane}${position}`) && attempt === 1 ? new Error('stumbled') : undefined,
        );
        add(...list.map(([lane], index) => `${lane}${index}`));
        await lanes.below(1);
        expect([...done].sort()).toEqual(list.map(([lane], index) => `${lane}${index}`).sort());
        for (const lane of 'abcde') {
          const positions = inLane(lane, done).map((name) => Number(name.slice(1)));
          expect(positions).toEqual(positions.toSorted((one, other) => one - other));
        }
        expect(seen.most).toBeLessThanOrEqual(3);
      }),
      property(30),
    );
  });

  it('park a lane whose work fails again and again, and only that lane', async () => {
    const { lanes, add, done, failures } = noting(({ lane }) => (lane === 'a' ? new Error('broken') : undefined));
    add('a1', 'b2', 'a3', 'b4');
    await lanes.below(1);
    add('a5', 'b6');
    await lanes.below(1);
    expect(done).toEqual(['b2', 'b4', 'b6']);
    expect(failures).toEqual(['a1 1', 'a1 2', 'a1 3 parked']);
    expect(lanes.parked()).toEqual([{ work: { lane: 'a', position: 1 }, attempts: 3, error: 'broken', waiting: 3 }]);
  });

  it('go on in order with a parked lane once it is retried', async () => {
    let broken = true;
    const { lanes, add, done } = noting(({ position }) => (broken && position === 1 ? new Error('broken') : undefined));
    add('a1', 'a2');
    await lanes.below(1);
    broken = false;
    expect(lanes.retry('a')).toBe(true);
    add('a3');
    await lanes.below(1);
    expect(done).toEqual(['a1', 'a2', 'a3']);
    expect(lanes.parked()).toEqual([]);
    expect(lanes.retry('a')).toBe(false);
  });

  it('park again what still fails', async () => {
    const { lanes, add } = noting(() => new Error('broken'));
    add('a1', 'a2');
    await lanes.below(1);
    lanes.retry('a');
    await lanes.below(1);
    expect(lanes.parked()).toMatchObject([{ work: { position: 1 }, waiting: 2 }]);
  });

  it('never give up on a failure that passes', async () => {
    const { lanes, add, done, attempts } = noting((_, attempt) => (attempt < 8 ? new Passing('busy') : undefined));
    add('a1');
    await lanes.below(1);
    expect(done).toEqual(['a1']);
    expect(attempts.get('a1')).toBe(8);
  });

  it('begin nothing after they are closed, and end what has begun', async () => {
    const { lanes, add, done, seen } = noting();
    add('a1', 'b2', 'c3', 'd4', 'a5');
    await lanes.close();
    expect(seen.working).toBe(0);
    expect(done).toEqual(['a1', 'b2', 'c3']);
    await lanes.below(1);
  });
});
