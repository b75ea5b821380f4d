import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { under } from '../../libs/event-store/envelope.js';
import type { Envelope } from '../../libs/event-store/envelope.js';
import { Streams } from '../../libs/event-store/streams.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { scratch } from '../../libs/read-models/open-read-models.js';
import { Past } from '../../libs/read-models/asking/past.js';
import type { Projection } from '../../libs/read-models/projection.js';
import type { Projector } from '../../libs/read-models/building/projector.js';
import { Reading } from '../../libs/read-models/asking/reading.js';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import { definitionOf, readModel } from '../../libs/read-models/rollup.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';
import { RecordedDecisions, rolledBackIn } from '../../libs/rebuilds/history.js';
import { Switches } from '../../libs/rebuilds/switches.js';
import { orders, standing, turnover } from '../support/orders.js';
import type { Order } from '../support/orders.js';
import { World } from '../support/world.js';

let world: World;
let running: Projector | undefined;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await world.close();
});

/** Orders under another version, which shows amounts so many times as large. */
function version(number: number): ReadModel {
  const evolve: Projection<Order>['evolve'] = (before, event, id) => {
    const after = orders.evolve(before && { ...before, amount: before.amount / number }, event, id);
    return after && { ...after, amount: after.amount * number };
  };
  const of: Projection<Order> = { ...orders, version: number, evolve };
  return readModel(of, { ...turnover, of }, { ...standing, of });
}
const [first, second, third] = [1, 2, 3].map(version) as [ReadModel, ReadModel, ReadModel];

const ann: Envelope = { actor: { id: 'ann', name: 'Ann' }, source: 'api', correlationId: 'c' };
const asAnn = <Result>(work: () => Promise<Result>) => under(ann, work);

const rolledBack = () => rolledBackIn(world.store);
const streams = () => new Streams(world.store, world.clock, new Upcasting());
const rebuilds = (...definitions: ReadModel[]) =>
  new Rebuilds(world.store, world.readModels, definitions, 'UTC', 1, new RecordedDecisions(streams()));
/** What the next start of a program with these definitions makes of the read models. */
const started = (...definitions: ReadModel[]) => world.projector(definitions, { rolledBack: rolledBack() }).catchUp();
const serving = async () => (await world.active('orders'))?.definition.split(' ')[0];
const amount = async () => (await world.readModels.get<Order>(orders, 'a'))?.amount;
const placed = (value: number) =>
  world.happens('OrderPlaced', { orderId: 'a', customer: 'c', amount: value, tags: [] });
const decisions = async () =>
  (await world.store.readLog({ after: 0 })).events
    .filter(({ type }) => type.startsWith('ReadModel'))
    .map(({ type, data, metadata }) => [type, data, metadata.actor.id]);

/** A program that had the first definition is replaced by one that has the second, and still has the first. */
async function renewed(): Promise<void> {
  await placed(10);
  await started(first);
  await started(second, first);
  expect([await serving(), await amount()]).toEqual(['orders@2', 20]);
}

describe('going back to an earlier definition', () => {
  it('answers by it at once, keeps both copies up, and is not undone by the next start', async () => {
    await renewed();
    expect(await asAnn(() => rebuilds(second, first).rollback('orders'))).toMatchObject({ state: 'active', id: 1 });
    expect(await amount()).toBe(10);
    await started(second, first);
    await world.happens('OrderChanged', { orderId: 'a', amount: 7 });
    await started(second, first);
    expect([await serving(), await amount()]).toEqual(['orders@1', 7]);
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
    await renewed();
    await asAnn(() => rebuilds(second, first).rollback('orders'));
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
    await renewed();
    const { readModels } = world;
    const activate = readModels.activate.bind(readModels);
    readModels.activate = () => Promise.reject(new Error('killed'));
    await expect(asAnn(() => rebuilds(second, first).rollback('orders'))).rejects.toThrow('killed');
    readModels.activate = activate;
    expect(await serving()).toBe('orders@2');
    await started(second, first);
    expect(await serving()).toBe('orders@1');
    const copy = (generation: number, number: number) =>
      expect.objectContaining({ generation, definition: expect.stringContaining(`orders@${number} `) });
    expect(await decisions()).toEqual([
      ['ReadModelRolledBack', { readModel: 'orders', to: copy(1, 1), from: copy(2, 2) }, 'ann'],
    ]);
  });

  it('outlives read models that are deleted', async () => {
    await renewed();
    await asAnn(() => rebuilds(second, first).rollback('orders'));
    for (const { id, state } of await world.generations()) await world.readModels.transition(id, [state], 'dropped');
    await started(second, first);
    expect([await serving(), await amount()]).toEqual(['orders@1', 10]);
  });

  it('ends with a definition that is newer than what was gone back from, and with a rebuild', async () => {
    await renewed();
    await asAnn(() => rebuilds(second, first).rollback('orders'));
    await asAnn(() => rebuilds(second, first).rebuild('orders'));
    await asAnn(() => rebuilds(second, first).cancel('orders'));
    await started(second, first);
    expect(await serving()).toBe('orders@1');
    await asAnn(() => rebuilds(second, first).rebuild('orders'));
    await started(second, first);
    expect(await serving()).toBe('orders@2');
    await asAnn(() => rebuilds(second, first).rollback('orders'));
    await started(third, second, first);
    expect(await serving()).toBe('orders@3');
    expect((await decisions()).map(([type]) => type)).toEqual([
      'ReadModelRolledBack',
      'ReadModelRebuildRequested',
      'ReadModelRebuildCancelled',
      'ReadModelRebuildRequested',
      'ReadModelRolledBack',
    ]);
  });

  it('stays with as many partitions as that copy has', async () => {
    await placed(10);
    const both = (partitions: number) => world.projector([first], { rolledBack: rolledBack(), partitions }).catchUp();
    await both(1);
    await both(2);
    const of = new Rebuilds(world.store, world.readModels, [first], 'UTC', 2, new RecordedDecisions(streams()));
    await asAnn(() => of.rollback('orders'));
    await both(2);
    expect(await world.active('orders')).toMatchObject({ id: 1, partitions: 1 });
  });

  it('is refused where the program does not have that definition, and left to the program that has it', async () => {
    await renewed();
    await expect(asAnn(() => rebuilds(second).rollback('orders'))).rejects.toMatchObject({
      code: 'definition-unknown',
      status: 409,
      message: expect.stringContaining('orders@1'),
    });
    expect([await serving(), await decisions()]).toEqual(['orders@2', []]);
    await started(first);
    expect([await serving(), await amount()]).toEqual(['orders@1', 10]);
  });

  it('waits for a copy that is behind', async () => {
    await renewed();
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
    const back = asAnn(() => rebuilds(second, first).rollback('orders'));
    running = world.projector([second, first], { rolledBack: rolledBack() });
    void running.start();
    await back;
    expect(old?.position).toBe(1);
    expect((await world.active('orders'))?.position).toBeGreaterThanOrEqual(2);
  });
});

it('the past is not answered by another definition than the present: not while the program lacks what serves', async () => {
  await placed(10);
  await started(first);
  const past = new Past(world.store, world.clock, [second], 'UTC', () => scratch(world.clock), world.readModels);
  await expect(past.definition(second.projection)).rejects.toMatchObject({ code: 'definition-changing', status: 503 });
  await started(second, first);
  expect(await past.definition(second.projection)).toBe(second);
  await past.close();
});

it('a copy that took over by itself is recorded once, also when that was missed', async () => {
  const switches = () => new Switches(streams(), world.readModels, () => undefined);
  const watching = switches();
  await watching.look();
  await placed(10);
  await started(first);
  await watching.look();
  // The first copy took over from nothing.
  expect(await decisions()).toEqual([]);
  await started(second, first);
  await watching.look();
  await watching.look();
  await started(third, second, first);
  await switches().look();
  await switches().look();
  const copies = (await decisions()).map(([type, data, actor]) => {
    const { to, from } = data as { to: { definition: string }; from: { definition: string } };
    return [type, from.definition.split(' ')[0], to.definition.split(' ')[0], actor];
  });
  expect(copies).toEqual([
    ['ReadModelSwitched', 'orders@1', 'orders@2', 'annals'],
    ['ReadModelSwitched', 'orders@2', 'orders@3', 'annals'],
  ]);
});

describe('a rollback in the sight of what records switches', () => {
  const watching = () => new Switches(streams(), world.readModels, () => undefined);
  const types = async () => (await decisions()).map(([type]) => type);

  it('is no switch while it is under way, and stays after the next start', async () => {
    await renewed();
    const switches = watching();
    const { readModels } = world;
    const activate = readModels.activate.bind(readModels);
    readModels.activate = async (generation) => {
      // Recorded, and not done yet.
      await switches.look();
      return activate(generation);
    };
    await asAnn(() => rebuilds(second, first).rollback('orders'));
    readModels.activate = activate;
    await switches.look();
    await started(second, first);
    await switches.look();
    expect([await serving(), await types()]).toEqual(['orders@1', ['ReadModelRolledBack']]);
  });

  it('stays when its copy is built again, and when another program has served the copy gone back from', async () => {
    await renewed();
    await asAnn(() => rebuilds(second, first).rollback('orders'));
    for (const { id, state } of await world.generations()) await world.readModels.transition(id, [state], 'dropped');
    for (let start = 0; start < 2; start += 1) {
      await started(second, first);
      await watching().look();
      expect(await serving()).toBe('orders@1');
    }
    await started(second);
    const switches = watching();
    for (let look = 0; look < 3; look += 1) await switches.look();
    expect(await serving()).toBe('orders@2');
    await started(second, first);
    await watching().look();
    expect(await serving()).toBe('orders@1');
    expect(await types()).toEqual(['ReadModelRolledBack', ...Array<string>(3).fill('ReadModelSwitched')]);
  });

  it('shows at the second check when it is not done', async () => {
    await renewed();
    const { readModels } = world;
    const activate = readModels.activate.bind(readModels);
    readModels.activate = () => Promise.reject(new Error('killed'));
    await expect(asAnn(() => rebuilds(second, first).rollback('orders'))).rejects.toThrow('killed');
    readModels.activate = activate;
    const switches = watching();
    await switches.look();
    expect(await types()).toEqual(['ReadModelRolledBack']);
    await switches.look();
    await switches.look();
    expect(await types()).toEqual(['ReadModelRolledBack', 'ReadModelSwitched']);
  });
});

describe('how two copies differ', () => {
  it('is told by counts, fields and events, of a few documents and no more', async () => {
    await world.trade(300);
    await started(first);
    await started(second, first);
    const documents = await world.readModels.count(orders);
    const zero = await world.readModels.count(orders, { amount: 0 });
    const found = await rebuilds(second, first).diff('orders', 2);
    expect(found).toMatchObject({
      name: 'orders',
      position: 300,
      active: { generation: 2 },
      other: { generation: 1, state: 'retained' },
      documents: { active: documents, other: documents },
      differ: documents - zero,
      onlyInActive: 0,
      onlyInOther: 0,
      notCompared: 0,
    });
    expect(found.examples).toHaveLength(2);
    for (const { id, in: where, fields, made, events } of found.examples) {
      const { events: own } = await world.store.readStream(`order-${id}`);
      expect([where, made]).toEqual(['both', own.length]);
      expect(events).toEqual(own.slice(-5).map(({ position, type, occurredAt }) => ({ position, type, occurredAt })));
      expect(fields).toEqual([{ path: 'amount', active: expect.any(String), other: expect.any(String) }]);
      expect(Number(fields[0]!.active)).toBe(2 * Number(fields[0]!.other));
    }
  });

  it('leaves out what has moved on in one of them, and finds what only one of them has', async () => {
    await world.trade(50);
    await started(first);
    await started(second, first);
    const db = new DatabaseSync(join(world.folder, 'read-models.db'));
    db.exec(`INSERT INTO document_1 (id, body, position) VALUES ('theirs', '{"id":"theirs","amount":1}', 1);
      INSERT INTO document_2 (id, body, position) VALUES ('mine', '{"id":"mine","amount":1}', 1);
      INSERT INTO document_2 (id, body, position) VALUES ('late', '{"id":"late","amount":1}', 99)`);
    db.close();
    const { examples, ...found } = await rebuilds(second, first).diff('orders', 1_000);
    expect(found).toMatchObject({ onlyInActive: 1, onlyInOther: 1, notCompared: 1 });
    const only = examples.filter((each) => each.in !== 'both').map((each) => [each.id, each.in, each.made]);
    expect(only).toEqual([
      ['mine', 'active', 0],
      ['theirs', 'other', 0],
    ]);
  });

  it('is asked of a read model that is there, with another copy of it', async () => {
    await started(first);
    await expect(rebuilds(first).diff('orders')).rejects.toMatchObject({ code: 'nothing-to-compare', status: 409 });
    await expect(rebuilds(first).diff('none')).rejects.toMatchObject({ code: 'projection-unknown', status: 404 });
    await expect(rebuilds(first).rollback('none')).rejects.toMatchObject({ code: 'projection-unknown' });
    await expect(rebuilds(first).cancel('none')).rejects.toMatchObject({ code: 'projection-unknown' });
  });

  it('is the reason of a copy that failed, since nothing else is left of it', async () => {
    await world.trade(50);
    await started(first);
    const db = new DatabaseSync(join(world.folder, 'read-models.db'));
    db.exec(`UPDATE document_1 SET body = json_set(body, '$.amount', 4711) WHERE id = 'o0'`);
    db.close();
    await world.readModels.create(first, definitionOf(first, 'UTC'));
    await started(first);
    expect((await world.generations()).at(-1)).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(
        /: 1 of \d+ documents differ, 0 are missing, 0 are new: o0 \(.*OrderChanged at \d+\)$/,
      ),
    });
  });
});
