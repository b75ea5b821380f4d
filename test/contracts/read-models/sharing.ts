import { expect, it } from '@jest/globals';
import type { GenerationState } from '../../../libs/read-models/generation.js';
import type { Find } from '../../../libs/read-models/read-models.js';
import { LeaseLost } from '../../../libs/read-models/lease.js';
import { partitionOf, partOf } from '../../../libs/read-models/partitions.js';
import { readModel } from '../../../libs/read-models/rollup.js';
import { contentOf } from '../../support/five-ways.js';
import { recorded } from '../../support/given.js';
import { orders, payments, standing, turnover } from '../../support/orders.js';
import type { Order } from '../../support/orders.js';
import { pageOf } from '../read-models.contract.js';
import type { Tested } from '../read-models.contract.js';

const model = readModel(orders, turnover, standing);
const placed = (orderId: string, amount: number, customer = 'c1') => ({
  type: 'OrderPlaced',
  data: { orderId, customer, amount, tags: amount % 2 === 0 ? ['even'] : [] },
});
/** Texts that sort otherwise by the halves of their code points; numbers of one and of several digits. */
const customers = ['ann', '\u{ff5e}', '\u{1f600}', '', 'Bob', 'b'];
const business = Array.from({ length: 40 }, (_, index) =>
  placed(`o${index}`, (index * 7) % 23, customers[index % customers.length]),
).concat(Array.from({ length: 9 }, (_, index) => ({ type: 'OrderPaid', data: { orderId: `o${index * 3}` } }) as never));

export function sharing(on: Tested): void {
  const of = async (set: number) => (await on.readModels.generations()).filter((each) => each.set === set);
  const states = async (set: number) => (await of(set)).map(({ state }) => state);

  on.itReports('of a read model answer together as one that is whole', async () => {
    const whole = await on.serve(model, business);
    const finds: Find[] = [
      { limit: 100 },
      { limit: 7 },
      { sort: ['customer'], limit: 6 },
      { sort: ['-customer', 'amount'], limit: 6 },
      { sort: ['-amount'], limit: 5, filter: { amount: { $gte: 4 } } },
      { sort: ['amount'], limit: 3, filter: { tags: { $has: 'even' } } },
    ];
    const pages = async (find: Find) => {
      const found: string[][] = [];
      for (let cursor: string | undefined; ;) {
        const { items, next } = await on.readModels.find<Order>(orders, { ...find, ...(cursor && { cursor }) });
        found.push(items.map(({ id }) => id));
        if (next === undefined) return found;
        cursor = next;
      }
    };
    const answers = async () => ({
      lists: await Promise.all(finds.map(pages)),
      count: await on.readModels.count(orders, { amount: { $lt: 9 } }),
      sums: await Promise.all(
        [{}, { by: ['tag'] }, { by: ['month'], where: { customer: ['ann'] } }].map(async (sums) =>
          (await on.readModels.sums(turnover, sums)).map((sum) => JSON.stringify(sum)).sort(),
        ),
      ),
      waited: (await on.readModels.sums(turnover)).map(({ durations }) => [
        durations['untilPaid']?.count,
        durations['untilPaid']?.percentile(0.5),
      ]),
      standing: (await on.readModels.sums(standing, { by: ['paid'] })).map(({ measures }) => measures['orders']).sort(),
      single: await on.readModels.get(orders, 'o12'),
    });
    const expected = await answers();
    const first = await on.serve(model, business, 3);
    expect((await of(first.set)).map(({ partition, partitions }) => [partition, partitions])).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
    expect(await answers()).toEqual(expected);
    expect(await states(whole.set)).toEqual(['retained']);
    for (const each of await of(first.set)) {
      const ids = (await contentOf(on.readModels, each, readModel(orders))).map((line) => line.split(' ')[0]!);
      expect(ids.length).toBeGreaterThan(5);
      expect(ids.every((id) => partitionOf(id, 3) === each.partition)).toBe(true);
    }
  });

  it('of a read model serve when all of them may, not before', async () => {
    const whole = await on.serve(model, [placed('a', 1)]);
    const { set } = await on.readModels.create(model, 'orders@1', 3);
    const [first, second, third] = await of(set);
    for (const { id } of [first!, second!]) {
      await on.readModels.transition(id, ['building'], 'ready');
      expect(await on.readModels.activate(first!)).toBe(false);
    }
    expect(await states(whole.set)).toEqual(['active']);
    await on.readModels.transition(third!.id, ['building'], 'ready');
    expect(await on.readModels.activate(second!)).toBe(true);
    expect(await states(set)).toEqual(['active', 'active', 'active']);
    expect(await states(whole.set)).toEqual(['retained']);
    expect(await on.readModels.activate(whole)).toBe(true);
    expect(await states(set)).toEqual(['retained', 'retained', 'retained']);
    expect(await on.readModels.activate(third!)).toBe(true);
    await on.serve(model, []);
    expect(await states(whole.set)).toEqual([]);
  });

  it.each<GenerationState>(['failed', 'cancelled', 'dropped'])('of a read model are %s together', async (state) => {
    const { set, id } = await on.readModels.create(model, 'orders@1', 3);
    await on.readModels.transition(id + 1, ['building'], 'ready');
    expect(await on.readModels.transition(id + 2, ['building'], state, { error: 'because' })).toBe(true);
    expect(await states(set)).toEqual(state === 'dropped' ? [] : [state, state, state]);
    if (state !== 'dropped') expect((await of(set)).map(({ error }) => error)).toEqual([null, null, 'because']);
  });

  it('are held by one at a time', async () => {
    const { readModels } = on;
    const first = await readModels.lease('a', 'ann');
    expect(first).toMatchObject({ share: 'a', holder: 'ann', epoch: 1 });
    expect(await readModels.lease('a', 'bob')).toBeUndefined();
    expect(await readModels.beat('ann', ['a', 'b'])).toEqual(['a']);
    expect(await readModels.beat('bob', ['a'])).toEqual([]);
    await readModels.release('bob', ['a']);
    expect(await readModels.lease('a', 'bob')).toBeUndefined();
    await readModels.release('ann', ['a']);
    expect(await readModels.leases()).toEqual([expect.objectContaining({ share: 'a', holder: null })]);
    expect(await readModels.lease('a', 'bob')).toMatchObject({ holder: 'bob', epoch: 2 });
  });

  on.itRaces('are taken from who shows no sign of life, by one of those who saw it so', async () => {
    const { readModels } = on;
    await readModels.lease('a', 'ann');
    const [seen] = await readModels.leases();
    await readModels.beat('ann', ['a']);
    expect(await readModels.lease('a', 'bob', seen)).toBeUndefined();
    const [again] = await readModels.leases();
    const others = [on.readModels, await on.open(), await on.open()];
    const taken = await Promise.all(others.map((other, index) => other.lease('a', `taker${index}`, again)));
    expect(taken.filter((lease) => lease !== undefined)).toEqual([expect.objectContaining({ epoch: 2 })]);
    expect(await readModels.beat('ann', ['a'])).toEqual([]);
    await readModels.release('ann', ['a']);
    expect((await readModels.leases())[0]!.holder).toMatch(/^taker/);
  });

  it('that say who is there are gone when they are released', async () => {
    await on.readModels.lease('projections:@ann', 'ann');
    await on.readModels.release('ann', ['projections:@ann']);
    expect(await on.readModels.leases()).toEqual([]);
  });

  it('are written under their epoch: under one that is over nothing is', async () => {
    const { readModels } = on;
    const events = recorded([placed('a', 1), placed('b', 2)]);
    const generation = await readModels.create(model, 'orders@1');
    const { id } = generation;
    await readModels.fence([id], 1);
    const page = { ...(await pageOf(readModels, generation, model, events)), epoch: 1 };
    await readModels.write([page]);

    await readModels.fence([id], 2);
    await readModels.fence([id], 1);
    expect((await of(id))[0]).toMatchObject({ epoch: 2, position: 2 });
    const before = await contentOf(readModels, generation, model);
    const later = recorded([placed('a', 1), placed('b', 2), placed('c', 3)]).slice(2);
    const stale = { ...(await pageOf(readModels, { ...generation, position: 2 }, model, later)), epoch: 1 };
    const some = async function* () {
      yield page.cells;
    };
    const refused: readonly (() => Promise<unknown>)[] = [
      () => readModels.write([stale]),
      () => readModels.unpark(id, 'a', stale),
      () => readModels.attempt(id, 'a', 3, 'failed', 1, 1),
      () => readModels.transition(id, ['building'], 'failed', { error: 'because', epoch: 1 }),
      ...(readModels.countsAtEnd ? [() => readModels.fill(generation, model, some(), 1)] : []),
    ];
    for (const write of refused) await expect(write()).rejects.toBeInstanceOf(LeaseLost);
    expect(await contentOf(readModels, generation, model)).toEqual(before);
    expect(await readModels.parked()).toEqual([]);
    expect((await of(id))[0]).toMatchObject({ state: 'building', position: 2, error: null });

    await readModels.write([{ ...stale, epoch: 2 }]);
    if (readModels.countsAtEnd) expect(await readModels.fill(generation, model, some(), 2)).toBe(true);
    expect((await of(id))[0]).toMatchObject({ position: 3 });
  });

  it('of different partitions are written at the same time', async () => {
    const { set } = await on.readModels.create(model, 'orders@1', 4);
    const partitions = await of(set);
    const others = [on.readModels, await on.open(), await on.open(), await on.open()];
    const history = recorded(business);
    await Promise.all(
      partitions.map(async (generation, index) => {
        const readModels = others[index]!;
        const part = partOf(model, generation);
        for (let position = 0; position < history.length; position += 7) {
          const page = history.slice(position, position + 7);
          await readModels.write([await pageOf(readModels, { ...generation, position }, part, page)]);
        }
      }),
    );
    expect((await of(set)).map(({ position }) => position)).toEqual(partitions.map(() => history.length));
    const contents = await Promise.all(partitions.map((each) => contentOf(on.readModels, each, readModel(orders))));
    expect(contents.flat()).toHaveLength(40);
    expect(await on.readModels.create(readModel(payments), 'payments@1')).toMatchObject({ partitions: 1 });
  });
}
