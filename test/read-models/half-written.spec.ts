import { afterEach, describe, expect, it } from '@jest/globals';
import { touchedCells } from '../../libs/read-models/cells.js';
import { foldPage } from '../../libs/read-models/building/fold.js';
import type { PageWrite, ReadModels } from '../../libs/read-models/read-models.js';
import { readModel } from '../../libs/read-models/rollup.js';
import { recorded } from '../support/given.js';
import { orders, standing, turnover } from '../support/orders.js';
import { accountModel } from '../support/regions.js';
import { World } from '../support/world.js';

/** Read models that say of every page that it was begun before, and to end here. */
function begunBefore(readModels: ReadModels, pending: number, written: PageWrite[]): ReadModels {
  return new Proxy(readModels, {
    get: (target, name) => {
      if (name === 'generations') {
        return async () =>
          (await target.generations()).map((each) => (each.position < pending ? { ...each, pending } : each));
      }
      if (name === 'write') {
        return async (pages: readonly PageWrite[]) => {
          written.push(...pages);
          return target.write(pages);
        };
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

describe('a page that was begun', () => {
  let world: World;
  afterEach(() => world.close());

  it('is folded again up to where it ended, however long it was', async () => {
    world = new World();
    await world.trade(5_000);
    const written: PageWrite[] = [];
    const model = readModel(orders, turnover, standing);
    await world.projector([model], { readModels: begunBefore(world.readModels, 4_321, written) }).catchUp();
    expect(written.map(({ from, to }) => [from, to])[0]).toEqual([0, 4_321]);
    const { found, expected } = await world.folded(await world.active('orders'), model);
    expect(found).toEqual(expected);
  });
});

describe('cells that a page leaves or enters', () => {
  it('are all named where accounts change places, with their months and totals', () => {
    const seen = (id: string, region: string) => ({
      type: 'AccountSeen',
      data: { id, region, day: '2026-01-05', took: 1 },
    });
    const [first, second] = [
      recorded([seen('a', 'north'), seen('b', 'south')]),
      recorded([seen('a', 'south'), seen('b', 'north')]),
    ];
    const before = foldPage(accountModel, first, new Map(), 'UTC').documents;
    const later = second.map((event) => ({ ...event, position: event.position + 2 }));
    const { cells } = foldPage(accountModel, later, before, 'UTC');
    const report = accountModel.rollups.find(({ name }) => name === 'standing')!;
    const touched = touchedCells(cells.get('standing')!, report);
    expect(touched.map(({ summary, period, key }) => `${summary} ${period} ${key.join()}`).sort()).toEqual([
      '0 d2026-01-05 north',
      '0 d2026-01-05 south',
      '1 m2026-01 north',
      '1 m2026-01 south',
      '1 t north',
      '1 t south',
    ]);
    expect(touched.every(({ measures }) => measures[0] === 0)).toBe(true);
  });
});
