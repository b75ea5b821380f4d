import { afterEach, expect, it } from '@jest/globals';
import { Unavailable } from '../../libs/errors.js';
import type { ReadModels } from '../../libs/read-models/read-models.js';
import { definitionOf, readModel } from '../../libs/read-models/rollup.js';
import { seeded } from '../support/five-ways.js';
import { WRITES } from '../support/mortal.js';
import { orderModels, orders, standing, turnover } from '../support/orders.js';
import { World } from '../support/world.js';

let world: World;
afterEach(() => world.close());

const orderModel = readModel(orders, turnover, standing);

const NEED_ROOM: ReadonlySet<string | symbol> = new Set([...WRITES, 'fill']);

/** Read models on a disk that is full whenever `full` says so. */
function onDisk(readModels: ReadModels, full: () => boolean): ReadModels {
  return new Proxy(readModels, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        if (NEED_ROOM.has(name) && full())
          return Promise.reject(new Unavailable('storage-full', 'The disk is full.', 5));
        return Reflect.apply(member, target, args);
      };
    },
  });
}

it('a full disk holds up projecting as long as it is full, and no longer, wherever that happens', async () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    world = new World();
    const random = seeded(seed);
    await world.trade(60);
    await world.projector(orderModels).catchUp();
    await world.trade(40, 'p');
    await world.readModels.create(orderModel, definitionOf(orderModel, 'UTC'));
    let failed = 0;
    const readModels = onDisk(world.readModels, () => {
      const full = random() < 0.5;
      failed += Number(full);
      return full;
    });
    const told: (string | undefined)[] = [];
    const stands = (fault: string | undefined) => told.push(fault);
    const projector = world.projector(orderModels, { readModels, stands, rest: 1 });
    const running = projector.start();
    while ((await world.states()).join() !== '1 retained,2 active,3 active,4 active' || told.at(-1) !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await projector.stop();
    await running;

    expect(failed).toBeGreaterThan(3);
    // Said once each, not at every attempt.
    expect(told.every((fault, index) => fault !== told[index - 1] || index === 0)).toBe(true);
    expect(new Set(told)).toEqual(new Set(['The disk is full.', undefined]));
    expect(await world.readModels.parked()).toEqual([]);
    expect(world.reports).toEqual([]);
    for (const generation of await world.generations()) {
      expect(generation).toMatchObject({ position: 100, error: null });
      const of = orderModels.find(({ projection: { name } }) => name === generation.name)!;
      const { found, expected } = await world.folded(generation, of);
      expect(found).toEqual(expected);
    }
    if (seed < 10) await world.close();
  }
}, 60_000);

it('a page whose answer is lost is neither folded again nor forgotten', async () => {
  for (let seed = 1; seed <= 5; seed += 1) {
    world = new World();
    const random = seeded(seed);
    await world.trade(5);
    await world.projector([orderModel]).catchUp();
    let lost = 0;
    const projector = world.projector([orderModel], {
      readModels: answersLost(world.readModels, () => {
        const isLost = random() < 0.5;
        lost += Number(isLost);
        return isLost;
      }),
      rest: 1,
    });
    const running = projector.start();
    for (let position = 6; position <= 30; position += 1) {
      await world.happens('OrderChanged', { orderId: 'o0', amount: position });
      while ((await world.active('orders'))!.position < position)
        await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await projector.stop();
    await running;

    expect(lost).toBeGreaterThan(3);
    const { found, expected } = await world.folded(await world.active('orders'), orderModel);
    expect(found).toEqual(expected);
    if (seed < 5) await world.close();
  }
});

/** Read models on a server that goes away behind a page, before it has said that the page is written. */
function answersLost(readModels: ReadModels, lost: () => boolean): ReadModels {
  return new Proxy(readModels, {
    get: (target, name) => {
      if (name === 'write') {
        return async (...pages: Parameters<ReadModels['write']>) => {
          await target.write(...pages);
          if (lost()) throw new Unavailable('read-models-unavailable', 'The answer was lost.', 5);
        };
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
