import { setImmediate, setTimeout } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Lanes } from '../../libs/import/lanes.js';

const lane = (...names: string[]) => new Set(names);

describe('lanes', () => {
  it('keep the order within each, whatever takes how long', async () => {
    const work = fc.record({
      names: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
      rest: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(work, { maxLength: 40 }), fc.integer({ min: 1, max: 8 }), async (works, width) => {
        const lanes = new Lanes(width);
        const begun: number[] = [];
        const busy = new Set<string>();
        let [underWay, most] = [0, 0];
        for (const [index, { names, rest }] of works.entries()) {
          await lanes.add(lane(...names), async () => {
            expect(names.filter((name) => busy.has(name))).toEqual([]);
            for (const name of names) busy.add(name);
            begun.push(index);
            most = Math.max(most, (underWay += 1));
            await (rest === 0 ? setImmediate() : setTimeout(rest));
            underWay -= 1;
            for (const name of names) busy.delete(name);
          });
        }
        await lanes.drain();
        expect(begun.toSorted((a, b) => a - b)).toEqual(works.map((_, index) => index));
        expect(most).toBeLessThanOrEqual(width);
        for (const name of ['a', 'b', 'c']) {
          const mine = begun.filter((index) => works[index]!.names.includes(name as 'a'));
          expect(mine).toEqual(mine.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('do other lanes side by side', async () => {
    const lanes = new Lanes(4);
    const { promise, resolve } = Promise.withResolvers<void>();
    const done: string[] = [];
    await lanes.add(lane('a'), () => promise.then(() => void done.push('slow')));
    await lanes.add(lane('a'), async () => void done.push('behind'));
    await lanes.add(lane('b'), async () => void done.push('beside'));
    await setImmediate();
    expect(done).toEqual(['beside']);
    resolve();
    await lanes.drain();
    expect(done).toEqual(['beside', 'slow', 'behind']);
  });

  it('stop when one fails, and say why to whoever adds or waits', async () => {
    const lanes = new Lanes(4);
    const done: string[] = [];
    await lanes.add(lane('a'), () => setImmediate().then(() => Promise.reject(new Error('disk full'))));
    await lanes.add(lane('a'), async () => void done.push('behind'));
    await expect(lanes.drain()).rejects.toThrow('disk full');
    await expect(lanes.add(lane('b'), async () => undefined)).rejects.toThrow('disk full');
    expect(done).toEqual([]);
  });
});
