import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scratch } from '../../libs/read-models/open-read-models.js';
import { Past } from '../../libs/read-models/asking/past.js';
import { Reading } from '../../libs/read-models/asking/reading.js';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import { RecordedDecisions } from '../../libs/rebuilds/history.js';
import { Switches } from '../../libs/rebuilds/switches.js';
import { orders } from '../support/orders.js';
import type { Order } from '../support/orders.js';
import { asAnn, first, second, third, VersionsWorld } from './versions.js';

let world: VersionsWorld;
beforeEach(() => {
  world = new VersionsWorld();
});
afterEach(() => world.close());

describe('going back to an earlier definition', () => {
  it('answers by it at once, keeps both copies up, and is not undone by the next start', async () => {
    await world.renewed();
    expect(await asAnn(() => world.rebuilds(second, first).rollback('orders'))).toMatchObject({
      state: 'active',
      id: 1,
    });
    expect(await world.amount()).toBe(10);
    await world.started(second, first);
    await world.happens('OrderChanged', { orderId: 'a', amount: 7 });
    await world.started(second, first);
    expect([await world.serving(), await world.amount()]).toEqual(['orders@1', 7]);
    const head = await world.store.head();
    expect((await world.generations()).map(({ id, state, position }) => [id, state, position])).toEqual([
      [1, 'active', head],
      [2, 'retained', head],
    ]);
    for (const [index, model] of [first, second].entries()) {
      const { found, expected } = await world.folded((await world.generations())[index], model);
      expect(found).toEqual(expected);
    }
  });

  it('answers about the past by the same definition as about now', async () => {
    await world.renewed();
    await asAnn(() => world.rebuilds(second, first).rollback('orders'));
    const past = new Past(
      world.store,
      world.clock,
      [second, first],
      'UTC',
      () => scratch(world.clock),
      world.readModels,
    );
    const reading = new Reading(world.store, world.readModels, past);
    const when = { asOf: world.clock.now(), axis: 'recorded' } as const;
    expect(await (await reading.of(second.projection, when)).get<Order>(orders, 'a')).toMatchObject({ amount: 10 });
    expect(await reading.document(second.projection, 'a', when)).toMatchObject({ amount: 10 });
    await past.close();
  });

  it('is recorded with who did it, before it is done: a program that ends in between goes back at its next start', async () => {
    await world.renewed();
    const { readModels } = world;
    const activate = readModels.activate.bind(readModels);
    readModels.activate = () => Promise.reject(new Error('killed'));
    await expect(asAnn(() => world.rebuilds(second, first).rollback('orders'))).rejects.toThrow('killed');
    readModels.activate = activate;
    expect(await world.serving()).toBe('orders@2');
    await world.started(second, first);
    expect(await world.serving()).toBe('orders@1');
    const copy = (generation: number, number: number) =>
      expect.objectContaining({ generation, definition: expect.stringContaining(`orders@${number} `) });
    expect(await world.decisions()).toEqual([
      ['ReadModelRolledBack', { readModel: 'orders', to: copy(1, 1), from: copy(2, 2) }, 'ann'],
    ]);
  });

  it('is refused when another switch drops its copy meanwhile; what serves goes on serving', async () => {
    await world.renewed();
    const { readModels } = world;
    const kept = (await world.generations()).find(({ state }) => state === 'retained')!;
    const activate = readModels.activate.bind(readModels);
    readModels.activate = async (generation) => {
      await readModels.transition(kept.id, ['retained'], 'dropped');
      return activate(generation);
    };
    const refused = asAnn(() => world.rebuilds(second, first).rollback('orders'));
    await expect(refused).rejects.toMatchObject({ code: 'nothing-retained', status: 409 });
    readModels.activate = activate;
    expect(await world.serving()).toBe('orders@2');
  });

  it('outlives read models that are deleted', async () => {
    await world.renewed();
    await asAnn(() => world.rebuilds(second, first).rollback('orders'));
    for (const { id, state } of await world.generations()) await world.readModels.transition(id, [state], 'dropped');
    await world.started(second, first);
    expect([await world.serving(), await world.amount()]).toEqual(['orders@1', 10]);
  });

  it('ends with a definition that is newer than what was gone back from, and with a rebuild', async () => {
    await world.renewed();
    await asAnn(() => world.rebuilds(second, first).rollback('orders'));
    await asAnn(() => world.rebuilds(second, first).rebuild('orders'));
    await asAnn(() => world.rebuilds(second, first).cancel('orders'));
    await world.started(second, first);
    expect(await world.serving()).toBe('orders@1');
    await asAnn(() => world.rebuilds(second, first).rebuild('orders'));
    await world.started(second, first);
    expect(await world.serving()).toBe('orders@2');
    await asAnn(() => world.rebuilds(second, first).rollback('orders'));
    await world.started(third, second, first);
    expect(await world.serving()).toBe('orders@3');
    expect((await world.decisions()).map(([type]) => type)).toEqual([
      'ReadModelRolledBack',
      'ReadModelRebuildRequested',
      'ReadModelRebuildCancelled',
      'ReadModelRebuildRequested',
      'ReadModelRolledBack',
    ]);
  });

  it('stays with as many partitions as that copy has', async () => {
    await world.placed(10);
    const both = (partitions: number) =>
      world.projector([first], { rolledBack: world.rolledBack(), partitions }).catchUp();
    await both(1);
    await both(2);
    const of = new Rebuilds(world.store, world.readModels, [first], 'UTC', 2, new RecordedDecisions(world.streams()));
    await asAnn(() => of.rollback('orders'));
    await both(2);
    expect(await world.active('orders')).toMatchObject({ id: 1, partitions: 1 });
  });

  it('is refused where the program does not have that definition, and left to the program that has it', async () => {
    await world.renewed();
    await expect(asAnn(() => world.rebuilds(second).rollback('orders'))).rejects.toMatchObject({
      code: 'definition-unknown',
      status: 409,
      message: expect.stringContaining('orders@1'),
    });
    expect([await world.serving(), await world.decisions()]).toEqual(['orders@2', []]);
    await world.started(first);
    expect([await world.serving(), await world.amount()]).toEqual(['orders@1', 10]);
  });

  it('waits for a copy that is behind', async () => {
    await world.renewed();
    await world.happens('OrderChanged', { orderId: 'a', amount: 7 });
    const [old, active] = await world.generations();
    await world.readModels.write([
      {
        generation: active!,
        readModel: second,
        from: 1,
        to: 2,
        rate: 0,
        documents: new Map(),
        cells: new Map(),
        parked: [],
      },
    ]);
    const back = asAnn(() => world.rebuilds(second, first).rollback('orders'));
    world.start([second, first], { rolledBack: world.rolledBack() });
    await back;
    expect(old?.position).toBe(1);
    expect((await world.active('orders'))?.position).toBeGreaterThanOrEqual(2);
  });
});

it('the past is not answered by another definition than the present: not while the program lacks what serves', async () => {
  await world.placed(10);
  await world.started(first);
  const past = new Past(world.store, world.clock, [second], 'UTC', () => scratch(world.clock), world.readModels);
  await expect(past.definition(second.projection)).rejects.toMatchObject({ code: 'definition-changing', status: 503 });
  await world.started(second, first);
  expect(await past.definition(second.projection)).toBe(second);
  await past.close();
});

it('a copy that took over by itself is recorded once, also when that was missed', async () => {
  const switches = () => new Switches(world.streams(), world.readModels, () => undefined);
  const watching = switches();
  await watching.look();
  await world.placed(10);
  await world.started(first);
  await watching.look();
  // The first copy took over from nothing.
  expect(await world.decisions()).toEqual([]);
  await world.started(second, first);
  await watching.look();
  await watching.look();
  await world.started(third, second, first);
  await switches().look();
  await switches().look();
  const copies = (await world.decisions()).map(([type, data, actor]) => {
    const { to, from } = data as { to: { definition: string }; from: { definition: string } };
    return [type, from.definition.split(' ')[0], to.definition.split(' ')[0], actor];
  });
  expect(copies).toEqual([
    ['ReadModelSwitched', 'orders@1', 'orders@2', 'annals'],
    ['ReadModelSwitched', 'orders@2', 'orders@3', 'annals'],
  ]);
});

describe('a rollback in the sight of what records switches', () => {
  const watching = () => new Switches(world.streams(), world.readModels, () => undefined);
  const types = async () => (await world.decisions()).map(([type]) => type);

  it('is no switch while it is under way, and stays after the next start', async () => {
    await world.renewed();
    const switches = watching();
    const { readModels } = world;
    const activate = readModels.activate.bind(readModels);
    readModels.activate = async (generation) => {
      // Recorded, and not done yet.
      await switches.look();
      return activate(generation);
    };
    await asAnn(() => world.rebuilds(second, first).rollback('orders'));
    readModels.activate = activate;
    await switches.look();
    await world.started(second, first);
    await switches.look();
    expect([await world.serving(), await types()]).toEqual(['orders@1', ['ReadModelRolledBack']]);
  });

  it('stays when its copy is built again, and when another program has served the copy gone back from', async () => {
    await world.renewed();
    await asAnn(() => world.rebuilds(second, first).rollback('orders'));
    for (const { id, state } of await world.generations()) await world.readModels.transition(id, [state], 'dropped');
    for (let start = 0; start < 2; start += 1) {
      await world.started(second, first);
      await watching().look();
      expect(await world.serving()).toBe('orders@1');
    }
    await world.started(second);
    const switches = watching();
    for (let look = 0; look < 3; look += 1) await switches.look();
    expect(await world.serving()).toBe('orders@2');
    await world.started(second, first);
    await watching().look();
    expect(await world.serving()).toBe('orders@1');
    expect(await types()).toEqual(['ReadModelRolledBack', ...Array<string>(3).fill('ReadModelSwitched')]);
  });

  it('shows at the second check when it is not done', async () => {
    await world.renewed();
    const { readModels } = world;
    const activate = readModels.activate.bind(readModels);
    readModels.activate = () => Promise.reject(new Error('killed'));
    await expect(asAnn(() => world.rebuilds(second, first).rollback('orders'))).rejects.toThrow('killed');
    readModels.activate = activate;
    const switches = watching();
    await switches.look();
    expect(await types()).toEqual(['ReadModelRolledBack']);
    await switches.look();
    await switches.look();
    expect(await types()).toEqual(['ReadModelRolledBack', 'ReadModelSwitched']);
  });
});
