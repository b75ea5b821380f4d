import { expect, it } from '@jest/globals';
import type { GenerationState } from '../../../libs/read-models/generation.js';
import { readModel } from '../../../libs/read-models/rollup.js';
import { contentOf } from '../../support/five-ways.js';
import { recorded } from '../../support/given.js';
import { orders, payments, standing, turnover } from '../../support/orders.js';
import { pageOf } from '../read-models.contract.js';
import type { Tested } from '../read-models.contract.js';

const model = readModel(orders, turnover, standing);
const placed = (orderId: string, amount = 1) => ({
  type: 'OrderPlaced',
  data: { orderId, customer: 'c1', amount, tags: ['new'] },
});

export function generations(on: Tested): void {
  const states = async () => (await on.readModels.generations()).map(({ id, state }) => [id, state]);

  it('begin at position 0, being built', async () => {
    const first = await on.readModels.create(model, 'orders@1');
    const second = await on.readModels.create(readModel(payments), 'payments@1');
    expect(first).toMatchObject({
      name: 'orders',
      definition: 'orders@1',
      state: 'building',
      position: 0,
      rate: 0,
      error: null,
      hash: null,
    });
    expect(second.id).toBeGreaterThan(first.id);
    expect(await on.readModels.generations()).toEqual([first, second]);
  });

  it('change their state only from one they are in', async () => {
    const { id } = await on.readModels.create(model, 'orders@1');
    const move = (from: GenerationState[], to: GenerationState) => on.readModels.transition(id, from, to);
    expect(await move(['catching-up'], 'verifying')).toBe(false);
    expect(await move(['building'], 'catching-up')).toBe(true);
    expect(await move(['building'], 'catching-up')).toBe(false);
    expect(await move(['building', 'catching-up'], 'cancelled')).toBe(true);
    expect(await on.readModels.transition(id + 99, ['building'], 'failed')).toBe(false);
    expect(await states()).toEqual([[id, 'cancelled']]);
  });

  it('keep the reason and the hash they were given', async () => {
    const { id } = await on.readModels.create(model, 'orders@1');
    await on.readModels.transition(id, ['building'], 'verifying', { hash: 'abc' });
    await on.readModels.transition(id, ['verifying'], 'failed', { error: 'because' });
    expect(await on.readModels.generations()).toEqual([
      expect.objectContaining({ state: 'failed', hash: 'abc', error: 'because' }),
    ]);
  });

  on.itReports('serve one at a time; what served is retained, and what was retained goes', async () => {
    const first = await on.serve(model, [placed('a', 1)]);
    expect(await states()).toEqual([[first.id, 'active']]);
    const second = await on.serve(model, [placed('a', 2)]);
    expect(await states()).toEqual([
      [first.id, 'retained'],
      [second.id, 'active'],
    ]);
    expect(await on.readModels.get(orders, 'a')).toMatchObject({ amount: 2 });
    const third = await on.serve(model, [placed('a', 3)]);
    expect(await states()).toEqual([
      [second.id, 'retained'],
      [third.id, 'active'],
    ]);
    expect((await on.readModels.sums(turnover))[0]).toMatchObject({ measures: { orders: 1, amount: 3 } });
  });

  it('go back to the one before, and forward again', async () => {
    const first = await on.serve(model, [placed('a', 1)]);
    const second = await on.serve(model, [placed('a', 2)]);
    await on.readModels.activate(first);
    expect(await states()).toEqual([
      [first.id, 'active'],
      [second.id, 'retained'],
    ]);
    expect(await on.readModels.get(orders, 'a')).toMatchObject({ amount: 1 });
    await on.readModels.activate(second);
    expect(await on.readModels.get(orders, 'a')).toMatchObject({ amount: 2 });
    await on.readModels.activate(second);
    expect(await states()).toEqual([
      [first.id, 'retained'],
      [second.id, 'active'],
    ]);
  });

  it.each<GenerationState>(['building', 'failed', 'cancelled', 'dropped'])(
    'never serve when they are %s',
    async (state) => {
      const first = await on.serve(model, [placed('a', 1)]);
      const second = await on.readModels.create(model, 'orders@1');
      await on.readModels.transition(second.id, ['building'], state);
      expect(await on.readModels.activate(second)).toBe(false);
      expect((await states())[0]).toEqual([first.id, 'active']);
      expect(await on.readModels.get(orders, 'a')).toMatchObject({ amount: 1 });
    },
  );

  it('do not touch those of other read models', async () => {
    const other = await on.serve(readModel(payments), []);
    const first = await on.serve(model, []);
    const second = await on.serve(model, []);
    expect(await states()).toEqual([
      [other.id, 'active'],
      [first.id, 'retained'],
      [second.id, 'active'],
    ]);
  });

  it('are gone when they are dropped, with all they held', async () => {
    const first = await on.serve(model, [placed('a', 1)]);
    const second = await on.readModels.create(model, 'orders@1');
    await on.readModels.attempt(second.id, 'a', 1, 'error', 1);
    expect(await on.readModels.parked()).toHaveLength(1);
    expect(await on.readModels.transition(second.id, ['building'], 'dropped')).toBe(true);
    expect(await states()).toEqual([[first.id, 'active']]);
    expect(await on.readModels.parked()).toEqual([]);
    await expect(on.readModels.write([await pageOf(on.readModels, first, model, [])])).resolves.toBeUndefined();
    const late = { ...(await pageOf(on.readModels, first, model, [])), generation: second, from: 0, to: 1 };
    await expect(on.readModels.write([late])).rejects.toThrow('another program');
    expect(await on.readModels.transition(first.id, ['active'], 'dropped')).toBe(true);
    await expect(on.readModels.get(orders, 'a')).rejects.toMatchObject({ code: 'read-model-building' });
  });

  it('that came to nothing leave nothing but their entry, with its reason, and those beside them keep all they have', async () => {
    const events = recorded([placed('a', 1), placed('b', 2)]);
    const served = await on.serve(model, events);
    const before = await on.tables();
    expect(before.length).toBeGreaterThan(2);
    for (const state of ['failed', 'cancelled'] as const) {
      const generation = await on.readModels.create(model, 'orders@1');
      await on.readModels.write([await pageOf(on.readModels, generation, model, events)]);
      await on.readModels.attempt(generation.id, 'a', 2, 'failed', 1);
      await on.readModels.transition(generation.id, ['building'], state, { error: 'because' });
      expect((await on.tables()).length).toBeGreaterThan(before.length);
      await on.readModels.clear([generation]);
      expect(await on.tables()).toEqual(before);
      await on.readModels.clear([generation]);
      expect((await on.readModels.generations()).find(({ id }) => id === generation.id)).toMatchObject({
        state,
        error: 'because',
      });
      expect(await on.readModels.parked()).toEqual([]);
      expect(await on.readModels.transition(generation.id, [state], 'dropped')).toBe(true);
    }
    expect((await contentOf(on.readModels, served, model)).length).toBeGreaterThan(2);
  });

  it('take the cells they are filled with in the place of those they had, as long as they are being built', async () => {
    const events = recorded([placed('a', 1), placed('b', 2)]);
    const generation = await on.readModels.create(model, 'orders@1');
    const { cells, ...write } = await pageOf(on.readModels, generation, model, events);
    await on.readModels.write([{ ...write, cells }]);
    const before = await contentOf(on.readModels, generation, model);
    const some = async function* () {
      yield cells;
    };
    expect(await on.readModels.fill(generation, model, some())).toBe(true);
    expect(await contentOf(on.readModels, generation, model)).toEqual(before);
    await on.readModels.transition(generation.id, ['building'], 'cancelled');
    expect(await on.readModels.fill(generation, model, some())).toBe(false);
    expect(await contentOf(on.readModels, generation, model)).toEqual(before);
  });

  it('show their contents whole, as of one moment', async () => {
    const events = recorded([placed('a', 1), placed('b', 2), { type: 'OrderCancelled', data: { orderId: 'b' } }]);
    const generation = await on.readModels.create(model, 'orders@1');
    await on.readModels.write([await pageOf(on.readModels, generation, model, events)]);
    const found: (readonly string[])[] = [];
    let written = false;
    for await (const some of on.readModels.contents(generation, model)) {
      found.push(...some);
      if (written) continue;
      written = true;
      const more = recorded([placed('a', 1), placed('b', 2), placed('b', 2), placed('y', 70_000)]).slice(3);
      await on.readModels.write([await pageOf(on.readModels, { ...generation, position: 3 }, model, more)]);
    }
    const cells = ['standing', 'standing', 'turnover', 'turnover', 'turnover'];
    expect(found.map(([name]) => name).sort()).toEqual(['a', ...cells]);
    expect(JSON.parse(found.find(([name]) => name === 'a')![1]!)).toMatchObject({ id: 'a', amount: 1 });
    expect(JSON.stringify(found)).not.toContain('70001');
  });

  it('are seen at once by others who have the same place open', async () => {
    const other = await on.open();
    const reader = await on.open({ readOnly: true });
    const changed = other.changed();
    const { id } = await on.serve(model, [placed('a', 1)]);
    await changed;
    expect(await other.get(orders, 'a')).toMatchObject({ amount: 1 });
    expect(await reader.get(orders, 'a')).toMatchObject({ amount: 1 });
    await other.create(model, 'orders@1');
    expect(await on.readModels.generations()).toHaveLength(2);
    expect((await reader.generations())[0]).toMatchObject({ id, state: 'active' });
    await expect(reader.create(model, 'orders@1')).rejects.toThrow();
  });

  on.itRaces('are written by several at once, each in turn', async () => {
    const others = [on.readModels, await on.open(), await on.open()];
    await Promise.all(Array.from({ length: 30 }, (_, index) => others[index % 3]!.create(model, 'orders@1')));
    expect(new Set((await on.readModels.generations()).map(({ id }) => id)).size).toBe(30);
  });
}
