import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Lanes } from '../../libs/processes/lanes.js';
import type { Work } from '../../libs/processes/lanes.js';
import { property } from '../support/property.js';

/** Lanes three wide that note what was done, in order; `fails` says when a step fails. After three failures a lane is given up. */
function noting(fails: (step: Work, attempt: number) => Error | undefined = () => undefined) {
  const done: string[] = [];
  const aside: string[] = [];
  const attempts = new Map<string, number>();
  const seen = { working: 0, most: 0 };
  const nameOf = ({ lane, position }: Work) => `${lane}${position}`;
  const lanes = new Lanes<Work>({
    width: 3,
    rest: 1,
    done: (step) => done.push(nameOf(step)),
    failed: async (step) => attempts.get(nameOf(step)) === 3,
    aside: (step) => aside.push(nameOf(step)),
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
    for (const name of names) lanes.add({ lane: name[0]!, position: Number(name.slice(1)) });
  };
  return { lanes, add, done, aside, attempts, seen };
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

  it('put aside what waits in a lane that is given up, and only that', async () => {
    const { lanes, add, done, aside, attempts } = noting(({ lane, position }) =>
      lane === 'a' && position < 5 ? new Error('broken') : undefined,
    );
    add('a1', 'b2', 'a3', 'b4');
    await lanes.below(1);
    expect(done).toEqual(['b2', 'b4']);
    expect(aside).toEqual(['a1', 'a3']);
    expect([attempts.get('a1'), attempts.get('a3')]).toEqual([3, undefined]);
    add('a5', 'b6');
    await lanes.below(1);
    expect(done).toEqual(['b2', 'b4', 'a5', 'b6']);
  });

  it('try again as often as they are told to', async () => {
    const { lanes, add, done, attempts } = noting((_, attempt) => (attempt < 3 ? new Error('busy') : undefined));
    add('a1', 'a2');
    await lanes.below(1);
    expect(done).toEqual(['a1', 'a2']);
    expect([attempts.get('a1'), attempts.get('a2')]).toEqual([3, 3]);
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
