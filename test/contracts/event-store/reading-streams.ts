import { expect, it } from '@jest/globals';
import type { RecordedEvent, StreamRange } from '../../../libs/event-store/event-store.js';
import { Upcasting } from '../../../libs/event-store/upcasting.js';
import { event, events, everything, idsOf, metadata } from '../../support/events.js';
import type { Tested } from '../event-store.contract.js';
import { LARGE } from './reading-logs.js';

const revisions = (found: readonly RecordedEvent[]) => found.map(({ revision }) => revision);

export function readingStreams(on: Tested): void {
  it('gives back data and metadata as they were', async () => {
    const data = {
      text: 'Zoë 李 \u{1f600} \u0000 \u0001 \u2028 "quoted" \\ \ud800',
      numbers: [0, -1, 0.1, 1e21, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE],
      nested: { list: [null, true, [], {}], ['__proto__x']: 1, '': 'empty', 'a.b': 'dots', $gt: 1 },
    };
    const given = event('Registered', data, {
      schemaVersion: 3,
      occurredAt: '2020-02-29T12:00:00.123Z',
      metadata: {
        ...metadata,
        actor: { id: 'a', name: 'Ağ', onBehalfOf: 'b' },
        commandHash: 'hash',
        causationId: 'cause',
        reason: 'because\n“so”',
        importId: 'batch',
        rule: { name: 'rule', version: 2 },
      },
    });
    const upcasting = new Upcasting([
      { type: 'Registered', from: 2, up: (old) => [{ type: 'Registered', data: old }] },
    ]);
    await on.reopen({ upcasting });
    const { position } = await on.store.append('customer-1', 'any', [given]);
    await on.reopen({ upcasting });
    const [found] = (await on.store.readStream('customer-1')).events;
    expect({ ...found, data: found?.data, metadata: found?.metadata }).toEqual({
      ...given,
      stream: 'customer-1',
      revision: 0,
      position,
      recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it.each([null, 'text', 0, false, [1], {}])('gives back the data %j', async (data) => {
    await on.store.append('customer-1', 'any', [event('Happened', data)]);
    const [found] = (await on.store.readStream('customer-1')).events;
    expect([found?.data, found?.data]).toEqual([data, data]);
  });

  it('keeps streams apart that are called much the same', async () => {
    const names = ['customer-1', 'customer-10', 'Customer-1', 'customer-1 ', 'customer', 'customér-1', "customer-1'--"];
    for (const name of names) await on.store.append(name, 'no-stream', [event('Happened', name)]);
    for (const name of names) {
      const { events: found, end } = await on.store.readStream(name);
      expect([found.map(({ data }) => data), end]).toEqual([[name], true]);
    }
  });

  it('reads a stream that does not exist as empty', async () => {
    expect(await on.store.readStream('customer-1')).toEqual({ events: [], end: true });
    expect(await on.store.readStream('customer-1', { backwards: true })).toEqual({ events: [], end: true });
  });

  const ranges: [StreamRange, number[], boolean][] = [
    [{}, [0, 1, 2, 3, 4, 5], true],
    [{ limit: 2 }, [0, 1], false],
    [{ limit: 6 }, [0, 1, 2, 3, 4, 5], false],
    [{ limit: 7 }, [0, 1, 2, 3, 4, 5], true],
    [{ from: 4 }, [4, 5], true],
    [{ from: 6 }, [], true],
    [{ from: 1, to: 3 }, [1, 2, 3], true],
    [{ from: 1, to: 3, limit: 2 }, [1, 2], false],
    [{ from: 3, to: 1 }, [], true],
    [{ to: 99 }, [0, 1, 2, 3, 4, 5], true],
    [{ backwards: true }, [5, 4, 3, 2, 1, 0], true],
    [{ backwards: true, limit: 2 }, [5, 4], false],
    [{ backwards: true, from: 2 }, [2, 1, 0], true],
    [{ backwards: true, from: 4, to: 3 }, [4, 3], true],
    [{ backwards: true, from: 99, limit: 1 }, [5], false],
  ];
  it.each(ranges)('%j gives %j', async (range, expected, end) => {
    await on.store.append('customer-2', 'any', events(3));
    await on.store.append('customer-1', 'any', events(6));
    const page = await on.store.readStream('customer-1', range);
    expect(revisions(page.events)).toEqual(expected);
    // A page that is exactly full cannot know that it was the last.
    expect(page.end).toBe(end);
  });

  it.each([false, true])('goes through a long stream in pages, backwards %s', async (backwards) => {
    await on.store.append('customer-1', 'any', events(25));
    const all = await everything(on.store.stream('customer-1', { limit: 4, backwards }));
    const ascending = Array.from({ length: 25 }, (_, index) => index);
    expect(revisions(all)).toEqual(backwards ? ascending.reverse() : ascending);
    expect(revisions(await everything(on.store.stream('customer-1', { from: 20, to: 22, limit: 1 })))).toEqual([
      20, 21, 22,
    ]);
  });

  it('reads what was true, or known, by a time, inclusive', async () => {
    const times = ['2026-01-03', '2026-01-01', '2026-01-02', '2026-01-04'].map((day) => `${day}T00:00:00.000Z`);
    for (const occurredAt of times) await on.store.append('customer-1', 'any', [event('Happened', {}, { occurredAt })]);
    const occurred = (time: string) => on.store.readStream('customer-1', { until: { axis: 'occurred', time } });
    expect(revisions((await occurred('2026-01-02T00:00:00.000Z')).events)).toEqual([1, 2]);
    expect(revisions((await occurred('2026-01-01T23:59:59.999Z')).events)).toEqual([1]);
    expect(revisions((await occurred('2025-12-31T23:59:59.999Z')).events)).toEqual([]);
    const { recordedAt } = (await on.store.readStream('customer-1', { backwards: true, limit: 1 })).events[0]!;
    const known = await on.store.readStream('customer-1', { until: { axis: 'recorded', time: recordedAt } });
    expect(known.events).toHaveLength(4);
    const before = await on.store.readStream('customer-1', {
      until: { axis: 'recorded', time: '2000-01-01T00:00:00.000Z' },
    });
    expect(before.events).toEqual([]);
  });

  it('hands on events in their current shape, one as several where it was split', async () => {
    await on.store.append('customer-1', 'any', [
      event('Moved', { street: 'A 1' }),
      event('Happened'),
      event('Moved', { street: 'B 2' }),
    ]);
    await on.reopen({
      upcasting: new Upcasting([
        {
          type: 'Moved',
          from: 1,
          into: ['Visited'],
          up: ({ street }: { street: string }) => [
            { type: 'Moved', data: { address: street } },
            { type: 'Visited', data: {} },
          ],
        },
      ]),
    });
    const { events: found, end } = await on.store.readStream('customer-1');
    expect(found.map(({ type, schemaVersion, revision, data }) => [type, schemaVersion, revision, data])).toEqual([
      ['Moved', 2, 0, { address: 'A 1' }],
      ['Visited', 1, 0, {}],
      ['Happened', 1, 1, {}],
      ['Moved', 2, 2, { address: 'B 2' }],
      ['Visited', 1, 2, {}],
    ]);
    expect(end).toBe(true);
    expect(await everything(on.store.stream('customer-1', { limit: 2 }))).toHaveLength(5);
    expect((await on.store.find('customer-1', found[2]!.id))?.data).toEqual({});
  });

  it('cuts a page before it grows too large for memory', async () => {
    const text = 'x'.repeat(LARGE);
    for (let index = 0; index < 20; index += 1)
      await on.store.append('customer-1', 'any', [event('Happened', { text, index })]);
    const page = await on.store.readStream('customer-1');
    expect(page.end).toBe(false);
    expect(page.events.length).toBeGreaterThan(2);
    expect(page.events.length).toBeLessThan(20);
    const all = await everything(on.store.stream('customer-1'));
    expect(all.map(({ data }) => (data as { index: number }).index)).toEqual(
      Array.from({ length: 20 }, (_, index) => index),
    );
    // What was cut off does not keep the reader in the past.
    await on.store.append('customer-2', 'any', events(1));
    expect((await on.store.readStream('customer-2')).events).toHaveLength(1);
    expect(idsOf((await on.store.readLog({ after: 0 })).events)).toEqual(idsOf(page.events));
  });
}
