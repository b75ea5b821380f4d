import { expect, it } from '@jest/globals';
import { readModel } from '../../../libs/read-models/rollup.js';
import { recorded } from '../../support/given.js';
import { orders, payments, standing, turnover } from '../../support/orders.js';
import { pageOf } from '../read-models.contract.js';
import type { Tested } from '../read-models.contract.js';

const model = readModel(orders, turnover, standing);
const placed = (orderId: string, amount = 1) => ({
  type: 'OrderPlaced',
  data: { orderId, customer: 'c1', amount, tags: ['new'] },
});
const history = recorded([
  placed('a', 1),
  placed('b', 2),
  { type: 'OrderCancelled', data: { orderId: 'b' } },
  placed('c', 4),
]);

export function writing(on: Tested): void {
  const position = async (id: number) => (await on.readModels.generations()).find((each) => each.id === id)?.position;

  on.itReports('moves documents, cells and position together', async () => {
    const { id } = await on.serve(model, [placed('a', 1)]);
    const [generation] = await on.readModels.generations();
    const page = await pageOf(on.readModels, generation!, model, history.slice(1), { to: 10 });
    await on.readModels.write([{ ...page, rate: 123 }]);
    expect(await on.readModels.generations()).toEqual([expect.objectContaining({ id, position: 10, rate: 123 })]);
    expect(await on.readModels.count(orders)).toBe(2);
    expect((await on.readModels.sums(turnover))[0]).toMatchObject({ measures: { orders: 2, amount: 5 } });
  });

  it('writes a page once: delivered again it is refused', async () => {
    const generation = await on.readModels.create(model, 'orders@1');
    const page = await pageOf(on.readModels, generation, model, history);
    await on.readModels.write([page]);
    for (const from of [0, 3, 5])
      await expect(on.readModels.write([{ ...page, from }])).rejects.toThrow('another program');
    expect(await position(generation.id)).toBe(4);
  });

  on.itReports('writes all pages or none', async () => {
    const first = await on.serve(model, [placed('a', 1)]);
    const second = await on.readModels.create(readModel(payments), 'payments@1');
    const good = await pageOf(on.readModels, first, model, history.slice(1), { to: 4 });
    const bad = await pageOf(on.readModels, second, readModel(payments), history, { from: 2 });
    await expect(on.readModels.write([good, bad])).rejects.toThrow('another program');
    expect(await position(first.id)).toBe(1);
    expect(await on.readModels.count(orders)).toBe(1);
    expect((await on.readModels.sums(turnover))[0]).toMatchObject({ measures: { orders: 1 } });
    await on.readModels.write([good, { ...bad, from: 0 }]);
    expect(await position(second.id)).toBe(4);
  });

  on.itRaces('lets one of two who project the same generation win', async () => {
    const other = await on.open();
    const generation = await on.readModels.create(model, 'orders@1');
    const page = await pageOf(on.readModels, generation, model, history);
    const outcomes = await Promise.allSettled([on.readModels.write([page]), other.write([page])]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('remembers where a removed document was removed', async () => {
    const generation = await on.readModels.create(model, 'orders@1');
    await on.readModels.write([await pageOf(on.readModels, generation, model, history)]);
    const found = await on.readModels.documents(generation, ['a', 'b', 'never']);
    expect(found.get('a')).toMatchObject({ position: 1, document: { id: 'a' } });
    expect(found.get('b')).toEqual({ position: 3, document: null });
    expect(found.has('never')).toBe(false);
  });

  it('tells whoever waits that something changed, within a second in any case', async () => {
    const generation = await on.readModels.create(model, 'orders@1');
    const started = performance.now();
    const changed = on.readModels.changed();
    await on.readModels.write([await pageOf(on.readModels, generation, model, history)]);
    await changed;
    expect(performance.now() - started).toBeLessThan(500);
    await on.readModels.changed();
    expect(performance.now() - started).toBeLessThan(2_000);
    const stop = new AbortController();
    const stopped = on.readModels.changed(stop.signal);
    stop.abort();
    await stopped;
    const closed = on.readModels.changed();
    await on.readModels.close();
    await closed;
  });

  it('keeps which log it was made from: the first that is named', async () => {
    expect(await on.readModels.madeFrom()).toBeUndefined();
    expect(await on.readModels.madeFrom('one')).toBe('one');
    expect(await on.readModels.madeFrom('other')).toBe('one');
    expect(await (await on.open()).madeFrom()).toBe('one');
  });

  it('parks a key when as many attempts were made as are allowed', async () => {
    const { id } = await on.readModels.create(model, 'orders@1');
    const attempt = (key: string, at: number) => on.readModels.attempt(id, key, at, `failed at ${at}`, 3);
    expect([await attempt('a', 7), await attempt('a', 7), await attempt('b', 7)]).toEqual([1, 2, 1]);
    expect(await on.readModels.parked()).toEqual([]);
    expect(await attempt('a', 7)).toBe(3);
    const parked = {
      consumer: id,
      key: 'a',
      position: 7,
      attempts: 3,
      error: 'failed at 7',
      waiting: 0,
      asked: false,
    };
    expect(await on.readModels.parked()).toEqual([parked]);
  });

  it('counts the attempts at one position, and none behind the furthest', async () => {
    const { id } = await on.readModels.create(model, 'orders@1');
    const attempt = (at: number) => on.readModels.attempt(id, 'a', at, 'failed', 3);
    expect([await attempt(7), await attempt(7), await attempt(9), await attempt(9), await attempt(8)]).toEqual([
      1, 2, 1, 2, 0,
    ]);
    expect(await on.readModels.parked()).toEqual([]);
    expect(await attempt(9)).toBe(3);
    // What is parked stays it, wherever it fails next.
    expect(await attempt(11)).toBe(1);
    expect(await on.readModels.parked()).toEqual([expect.objectContaining({ key: 'a', position: 11 })]);
    expect(await on.readModels.attempt(id, 'b', 1, 'failed', 1)).toBe(1);
    expect(await on.readModels.parked()).toHaveLength(2);
  });

  on.itReports('keeps in order what waits behind a parked key, until it is folded', async () => {
    const { id } = await on.serve(model, [placed('a', 1)]);
    await on.readModels.attempt(id, 'a', 3, 'failed', 1);
    const [generation] = await on.readModels.generations();
    const changes = [5, 3, 9].map((at) => ({
      ...history[0]!,
      position: at,
      type: 'OrderChanged',
      data: { orderId: 'a', amount: at },
    }));
    const aside = await pageOf(on.readModels, generation!, model, changes, { to: 9, parked: new Set(['a']) });
    await on.readModels.write([aside]);
    expect(await on.readModels.waiting(id, 'a')).toEqual([3, 5, 9]);
    expect(await on.readModels.parked()).toEqual([expect.objectContaining({ key: 'a', waiting: 3 })]);
    expect(await on.readModels.retry(id, 'b')).toBe(false);
    expect(await on.readModels.retry(id, 'a')).toBe(true);
    expect(await on.readModels.parked()).toEqual([expect.objectContaining({ asked: true })]);
    await on.readModels.attempt(id, 'a', 5, 'failed again', 1);
    expect(await on.readModels.parked()).toEqual([expect.objectContaining({ asked: false, error: 'failed again' })]);

    const [moved] = await on.readModels.generations();
    await on.readModels.unpark(id, 'a', await pageOf(on.readModels, moved!, model, changes.slice(2), { to: 9 }));
    expect(await on.readModels.parked()).toEqual([]);
    expect(await on.readModels.waiting(id, 'a')).toEqual([]);
    expect(await on.readModels.get(orders, 'a')).toMatchObject({ amount: 9 });
    expect((await on.readModels.sums(turnover))[0]).toMatchObject({ measures: { orders: 1, amount: 9 } });
  });

  it('does not unpark what somebody else has moved on', async () => {
    const generation = await on.serve(model, [placed('a', 1)]);
    await on.readModels.attempt(generation.id, 'a', 3, 'failed', 1);
    const stale = await pageOf(on.readModels, generation, model, history.slice(1), { to: 4 });
    await on.readModels.write([stale]);
    await expect(on.readModels.unpark(generation.id, 'a', { ...stale, to: 1 })).rejects.toThrow('another program');
    expect(await on.readModels.parked()).toHaveLength(1);
  });
}
