import { describe, expect, it } from '@jest/globals';
import { wantedEvents } from '../../apps/cli/wanted-events.js';
import type { Wanted } from '../../apps/cli/wanted-events.js';
import { axisOf, between } from '../../apps/cli/moments.js';
import { TestClock } from '../support/clock.js';
import { event, metadata } from '../support/events.js';
import { sqliteStore } from '../support/stores.js';

/** Five events, of which the third was recorded late and the last two came by an import. */
async function log() {
  const clock = new TestClock('2024-03-01T10:00:00.000Z');
  const store = sqliteStore({ clock, durability: 'normal' });
  const by = (id: string, name: string, more: object = {}) => ({
    metadata: { ...metadata, actor: { id, name }, ...more },
  });
  const [ida, ben] = [by('e1', 'Ida'), by('e2', 'Ben')];
  const imported = by('import', 'Import of crm', { importId: 'i1' });
  const facts = [
    ['customer-a', '2024-03-01', ida],
    ['customer-b', '2024-03-02', ben],
    ['customer-a', '2024-01-15', ida],
    ['customer-c', '2024-02-01', imported],
    ['customer-d', '2024-02-02', imported],
  ] as const;
  for (const [stream, day, rest] of facts) {
    await store.append(stream, 'any', [event('Happened', {}, { occurredAt: `${day}T09:00:00.000Z`, ...rest })]);
    clock.time = new Date(Date.parse(clock.time) + 86_400_000).toISOString();
  }
  return store;
}

type Asked = Partial<Pick<Wanted, 'filter' | 'axis' | 'follow'>> & { readonly range?: Partial<Wanted['range']> };

async function positions({ range, filter = {}, axis = 'occurred', follow = false }: Asked): Promise<number[]> {
  const store = await log();
  try {
    const found: number[] = [];
    const wanted = { range: { after: 0, ...range }, filter, axis, follow };
    for await (const events of wantedEvents(store, wanted)) found.push(...events.map(({ position }) => position));
    return found;
  } finally {
    await store.close();
  }
}

describe('the events that are wanted', () => {
  it('are all, when nothing is said', async () => {
    expect(await positions({})).toEqual([1, 2, 3, 4, 5]);
  });

  it('are those of a person, by id or name', async () => {
    expect(await positions({ filter: { actor: 'e1' } })).toEqual([1, 3]);
    expect(await positions({ filter: { actor: 'Ben' } })).toEqual([2]);
  });

  it('are those that an import brought', async () => {
    expect(await positions({ filter: { importId: 'i1' } })).toEqual([4, 5]);
  });

  it('are those of a time, when it was true or when it was recorded', async () => {
    const filter = between({ since: '2024-02-02', before: '2024-03-02' }, 'UTC');
    expect(await positions({ filter })).toEqual([1, 5]);
    expect(await positions({ filter, axis: 'recorded' })).toEqual([1]);
    expect(await positions({ filter: between({ since: '2024-03-04' }, 'UTC'), axis: 'recorded' })).toEqual([4, 5]);
  });

  it('are those that fit all that is said', async () => {
    const filter = { actor: 'Ida', ...between({ before: '2024-03-01' }, 'UTC') };
    expect(await positions({ filter })).toEqual([3]);
    expect(await positions({ filter, range: { streams: ['customer-a'], after: 1 } })).toEqual([3]);
    expect(await positions({ filter, range: { after: 3 } })).toEqual([]);
  });

  it.each([
    [{ filter: { actor: 'Eve' } }, 'actor-unknown'],
    [{ filter: { importId: 'i2' } }, 'import-unknown'],
    [{ range: { streams: ['customer-a', 'customer-z'], after: 5 } }, 'stream-unknown'],
  ])('are refused when what they are asked by is nowhere: %j', async (asked, code) => {
    await expect(positions(asked)).rejects.toMatchObject({ code, status: 404 });
  });

  it('are none where the import ran and recorded none', async () => {
    const store = await log();
    const asked: string[] = [];
    const wanted = { range: { after: 0 }, filter: { importId: 'i2' }, axis: 'occurred', follow: false } as const;
    const ranWithout = (importId: string) => asked.push(importId) > 0;
    for await (const events of wantedEvents(store, wanted, undefined, ranWithout)) expect(events).toEqual([]);
    expect(asked).toEqual(['i2']);
    await store.close();
  });

  it('end where log time ends, also when they are followed', async () => {
    const filter = { before: '2024-03-03T00:00:00.000Z' };
    expect(await positions({ filter, axis: 'recorded', follow: true })).toEqual([1, 2]);
  });
});

describe('a time from one moment to another', () => {
  it('takes a day for its beginning, where it is', () => {
    expect(between({ since: '2024-07-01', before: '2024-07-01T12:00:00.000Z' }, 'Europe/Berlin')).toEqual({
      since: '2024-06-30T22:00:00.000Z',
      before: '2024-07-01T12:00:00.000Z',
    });
  });

  it('is needed where it is said what it means', () => {
    expect(axisOf('recorded', { before: '2024-03-01' })).toBe('recorded');
    expect(axisOf(undefined, {})).toBe('occurred');
    expect(() => axisOf('recorded', {})).toThrow(expect.objectContaining({ code: 'axis-without-moment' }));
  });

  it('has an end after its beginning', () => {
    expect(() => between({ since: '2024-07-01', before: '2024-07-01' }, 'UTC')).toThrow(
      expect.objectContaining({ code: 'window-invalid', status: 400 }),
    );
  });
});
