import { expect, it } from '@jest/globals';
import type { LogPage, LogRange, NewEvent } from '../../../libs/event-store/event-store.js';
import { Upcasting } from '../../../libs/event-store/upcasting.js';
import { event, events, everything, idsOf, logPages, wholeLog } from '../../support/events.js';
import type { Tested } from '../event-store.contract.js';

/** Bytes of an event that a server takes: a mebibyte is the most it does. */
export const LARGE = 900 * 1024;

/** Streams of three kinds, types of two. */
async function mixed({ store }: Tested, count: number): Promise<void> {
  const streams = ['customer-1', 'customer-2', 'task-1', 'tasklist-1'];
  for (let index = 0; index < count; index += 50) {
    const appends: Promise<unknown>[] = [];
    for (let each = index; each < Math.min(count, index + 50); each += 1) {
      const stream = streams[each % streams.length]!;
      appends.push(store.append(stream, 'any', [event(each % 3 === 0 ? 'Third' : 'Other', { each })]));
    }
    await Promise.all(appends);
  }
}

async function pagesOf(on: Tested, range: Partial<LogRange>): Promise<LogPage[]> {
  const pages: LogPage[] = [];
  for await (const page of logPages(on.store, range)) pages.push(page);
  return pages;
}

export function readingLogs(on: Tested): void {
  // A server is never empty.
  on.alone('reads an empty log as its end', async () => {
    expect(await on.store.readLog({ after: 0 })).toEqual({ events: [], scanned: 0, head: 0, end: true });
    expect(await on.store.head()).toBe(0);
    expect(await on.store.storedVersions()).toEqual([]);
  });

  it('goes through everything in order, in pages', async () => {
    await mixed(on, 100);
    const pages = await pagesOf(on, { limit: 7 });
    const positions = pages.flatMap((page) => page.events.map(({ position }) => position));
    expect(positions).toHaveLength(100);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    for (const page of pages.slice(0, -1)) {
      expect(page.events).toHaveLength(7);
      expect(page.scanned).toBe(page.events.at(-1)?.position);
    }
    const last = pages.at(-1)!;
    expect([last.scanned, last.end]).toEqual([last.head, true]);
    expect(last.head).toBe(await on.store.head());
  });

  it('begins after a position and ends with one', async () => {
    await mixed(on, 20);
    const positions = (await wholeLog(on.store)).map(({ position }) => position);
    const [fifth, tenth] = [positions[4]!, positions[9]!];
    const page = await on.store.readLog({ after: fifth, to: tenth });
    expect(page.events.map(({ position }) => position)).toEqual(positions.slice(5, 10));
    expect(page).toMatchObject({ scanned: tenth, end: true, head: positions.at(-1) });
    expect(await on.store.readLog({ after: tenth, to: tenth })).toMatchObject({
      events: [],
      scanned: tenth,
      end: true,
    });
    expect(await on.store.readLog({ after: tenth, to: fifth })).toMatchObject({
      events: [],
      scanned: tenth,
      end: true,
    });
    const head = positions.at(-1)!;
    expect(await on.store.readLog({ after: head })).toEqual({ events: [], scanned: head, head, end: true });
    expect((await on.store.at(fifth)).map(({ position }) => position)).toEqual([fifth]);
  });

  // Positions in between are none to servers, which may fail there.
  on.alone('has nothing where no event lies', async () => {
    const { position } = await on.store.append('customer-1', 'any', events(1));
    expect(await on.store.at(position + 1)).toEqual([]);
  });

  const filters: [string, Partial<LogRange>, (event: NewEvent & { stream: string }) => boolean][] = [
    ['one type', { types: ['Third'] }, ({ type }) => type === 'Third'],
    ['two types', { types: ['Third', 'Other'] }, () => true],
    ['a type that is not there', { types: ['None'] }, () => false],
    ['no type', { types: [] }, () => false],
    ['a category', { streams: ['task-'] }, ({ stream }) => stream === 'task-1'],
    ['two categories', { streams: ['task-', 'tasklist-'] }, ({ stream }) => stream.startsWith('task')],
    ['part of a category name', { streams: ['task'] }, ({ stream }) => stream.startsWith('task')],
    [
      'one stream and a category',
      { streams: ['customer-2', 'task-'] },
      ({ stream }) => /^(customer-2|task-1)$/.test(stream),
    ],
    ['every stream', { streams: [''] }, () => true],
    ['no stream', { streams: [] }, () => false],
    [
      'types and streams',
      { types: ['Third'], streams: ['customer-'] },
      ({ type, stream }) => type === 'Third' && stream.startsWith('customer-'),
    ],
  ];
  it.each(filters)('filters by %s, whatever the size of a page', async (_, filter, matches) => {
    await mixed(on, 120);
    const expected = idsOf((await wholeLog(on.store)).filter((each) => matches(each)));
    for (const limit of [1, 3, 10, 500]) {
      const pages = await pagesOf(on, { ...filter, limit });
      expect(idsOf(pages.flatMap((page) => page.events))).toEqual(expected);
      for (const page of pages) expect(page.events.length).toBeLessThanOrEqual(limit);
      expect(pages.at(-1)!.scanned).toBe(await on.store.head());
    }
  });

  it('finds the one event that matches among many, and says how far it has looked', async () => {
    for (let index = 0; index < 40; index += 1) await on.store.append('customer-1', 'any', events(200));
    await on.store.append('task-1', 'any', [event('Rare')]);
    await on.store.append('customer-1', 'any', events(10));
    for (const filter of [{ types: ['Rare'] }, { streams: ['task-'] }, { streams: ['tas'] }]) {
      const found = await pagesOf(on, { ...filter, limit: 10 });
      expect(found.flatMap((page) => page.events).map(({ type }) => type)).toEqual(['Rare']);
      expect(found.length).toBeLessThan(200);
      expect(found.at(-1)!.scanned).toBe(await on.store.head());
    }
  });

  it('reads what was true, or known, by a time', async () => {
    const days = ['2026-01-03', '2026-01-01', '2026-01-02', '2026-01-04'];
    for (const day of days) {
      await on.store.append('customer-1', 'any', [event('Happened', day, { occurredAt: `${day}T00:00:00.000Z` })]);
    }
    const until = (axis: 'occurred' | 'recorded', time: string) =>
      wholeLog(on.store, { until: { axis, time }, limit: 1 });
    const occurred = await until('occurred', '2026-01-02T00:00:00.000Z');
    expect(occurred.map(({ data }) => data)).toEqual(['2026-01-01', '2026-01-02']);
    expect(await until('recorded', occurred[1]!.recordedAt)).toContainEqual(occurred[1]);
    expect(await until('recorded', '2000-01-01T00:00:00.000Z')).toEqual([]);
    expect(await until('recorded', '9999-12-31T23:59:59.999Z')).toHaveLength(4);
  });

  it('filters events by their current type, and keeps the parts of a split one together', async () => {
    for (let index = 0; index < 9; index += 1) {
      await on.store.append('customer-1', 'any', [event(index % 3 === 0 ? 'Old' : 'Other', { index })]);
    }
    await on.reopen({
      upcasting: new Upcasting([
        {
          type: 'Old',
          from: 1,
          into: ['New', 'Extra'],
          up: (data) => [
            { type: 'New', data },
            { type: 'Extra', data },
          ],
        },
      ]),
    });
    expect(await wholeLog(on.store, { types: ['Old'] })).toEqual([]);
    const found = await wholeLog(on.store, { types: ['New', 'Extra'], limit: 1 });
    expect(found.map(({ type, data }) => [type, data])).toEqual(
      [0, 3, 6].flatMap((index) => [
        ['New', { index }],
        ['Extra', { index }],
      ]),
    );
    const other = await everything(logPages(on.store, { types: ['Other'], limit: 2 }));
    expect(other).toHaveLength(6);
  });

  it('ends a page at some megabytes', async () => {
    const text = 'x'.repeat(LARGE);
    for (let index = 0; index < 20; index += 1)
      await on.store.append(`customer-${index}`, 'any', [event('Happened', text)]);
    for (const filter of [{}, { types: ['Happened'] }, { streams: ['customer-'] }]) {
      const pages = await pagesOf(on, filter);
      expect(pages.length).toBeGreaterThan(1);
      expect(pages.flatMap((page) => page.events)).toHaveLength(20);
      for (const { events: found } of pages) expect(found.length).toBeLessThan(12);
    }
  });
}
