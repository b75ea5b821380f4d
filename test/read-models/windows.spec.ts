import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PageWrite } from '../../libs/read-models/read-models.js';
import { Windows } from '../../libs/read-models/building/windows.js';
import { readModel } from '../../libs/read-models/rollup.js';
import { orders } from '../support/orders.js';
import { fault, FragileWorld, model } from './fragile.js';

let world: FragileWorld;
beforeEach(() => {
  world = new FragileWorld();
});
afterEach(() => world.close());

/** More events than a page of a build has. */
async function aPage(): Promise<void> {
  for (let round = 0; round < 11; round += 1) {
    await Promise.all(Array.from({ length: 100 }, () => world.change('a', 1)));
  }
}

describe('a build that gathers pages', () => {
  it('writes each document once, however many pages change it', async () => {
    for (const orderId of ['a', 'b']) await world.place(orderId);
    await aPage();
    await world.change('b', 5);
    const written: string[] = [];
    const write = world.readModels.write.bind(world.readModels);
    world.readModels.write = async (pages: readonly PageWrite[]) => {
      for (const { documents } of pages) written.push(...documents.keys());
      return write(pages);
    };
    await world.projector([readModel(orders)]).catchUp();
    expect(written).toEqual(['a', 'b']);
    expect(await world.readModels.get(orders, 'b')).toMatchObject({ amount: 5 });
  });

  it('reads no documents before it has written any', async () => {
    await world.place('a');
    await aPage();
    await world.place('b');
    const asked: string[] = [];
    const documents = world.readModels.documents.bind(world.readModels);
    world.readModels.documents = async (generation, ids) => {
      asked.push(...ids);
      return documents(generation, ids);
    };
    await world.projector([readModel(orders)]).catchUp();
    expect(asked).toEqual([]);
    expect(await world.readModels.count(orders)).toBe(2);
  });

  it('parks a document as the pages before left it, also where the program ends right after', async () => {
    for (const orderId of ['a', 'b']) await world.place(orderId);
    await aPage();
    fault.in = 'evolve';
    const position = await world.change('b', 666);
    const write = world.readModels.write.bind(world.readModels);
    world.readModels.write = async (pages: readonly PageWrite[]) => {
      if ((await world.readModels.parked()).length > 0) throw new Error('dead');
      return write(pages);
    };
    await expect(world.projector([model]).catchUp()).rejects.toThrow('dead');
    world.readModels.write = write;
    await world.projector([model]).catchUp();
    expect(await world.parked()).toEqual([{ key: 'b', position, waiting: 1 }]);
    expect(await world.documents()).toContain('b 1');
  });

  it('tries what is parked again once what waits behind it is stored', async () => {
    await world.place('b');
    fault.in = 'evolve';
    await world.change('b', 666);
    await world.place('a');
    await aPage();
    await aPage();
    const read = world.store.readLog.bind(world.store);
    world.store.readLog = async (range) => {
      if (range.after > 0 && fault.in) {
        fault.in = undefined;
        expect(await world.readModels.retry(1, 'b')).toBe(true);
      }
      return read(range);
    };
    await world.projector([model]).catchUp();
    await world.projector([model]).catchUp();
    expect(await world.parked()).toEqual([]);
    expect(await world.documents()).toContain('b 1 666');
  });

  it('can be stopped before it is done', async () => {
    await world.place('a');
    await aPage();
    await aPage();
    const projector = world.projector([model]);
    const running = projector.start();
    await sleep(1);
    await projector.stop();
    await running;
    expect((await world.states('fragile')).join()).toBe('1 building');
  });

  it('forgets what a generation has gathered that is cancelled', async () => {
    const generation = await world.readModels.create(model, 'any');
    const windows = new Windows({ bytes: 10_000, perWrite: 10 });
    windows.add(generation, { documents: new Map(), cells: new Map(), parked: [] }, 5, false);
    expect(windows.reached(generation)).toBe(5);
    windows.keepOnly([generation]);
    expect(windows.reached(generation)).toBe(5);
    windows.keepOnly([]);
    expect(windows.reached(generation)).toBe(0);
  });

  it('writes what saves the fewest writes when there is no room, and everything at the head', async () => {
    const windows = new Windows({ bytes: 10_000, perWrite: 10 });
    const changed = await world.readModels.create(model, 'any');
    const added = await world.readModels.create(model, 'any');
    const folded = (ids: readonly string[]) => {
      const change = { document: { text: 'x'.repeat(1_000) }, before: null, isNew: true, position: 1 };
      return { documents: new Map(ids.map((id) => [id, change])), cells: new Map(), parked: [] };
    };
    for (const to of [1, 2, 3]) {
      windows.add(changed, folded(['a', 'b', 'c', 'd']), to, false);
      expect([...windows.due(9)]).toEqual([]);
      windows.add(added, folded([`e${to}`, `f${to}`]), to, false);
    }
    expect([...windows.due(9)]).toEqual([added.id]);
    windows.take(added);
    expect([...windows.due(9)]).toEqual([]);
    expect([...windows.due(3)]).toEqual([changed.id]);
  });
});
