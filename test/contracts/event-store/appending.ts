import { expect, it } from '@jest/globals';
import { WrongExpectedRevision } from '../../../libs/event-store/event-store.js';
import type { ExpectedRevision } from '../../../libs/event-store/event-store.js';
import { event, events, wholeLog } from '../../support/events.js';
import type { Tested } from '../event-store.contract.js';

export const wrongRevision = (current: number): unknown =>
  expect.objectContaining({ name: 'WrongExpectedRevision', current });

export function appending(on: Tested): void {
  it('answers where the last event lies, and reads back what was given', async () => {
    const given = event('Registered', { name: 'Ada' }, { schemaVersion: 3, occurredAt: '2020-02-29T12:00:00.123Z' });
    const first = await on.store.append('customer-1', 'no-stream', [given]);
    expect(first.revision).toBe(0);
    expect(first.position).toBeGreaterThan(0);
    const second = await on.store.append('customer-1', 0, events(3));
    expect(second.revision).toBe(3);
    expect(second.position).toBeGreaterThan(first.position);
    expect(await on.store.head()).toBe(second.position);
    expect(await on.store.storedVersions()).toContainEqual({ type: 'Registered', schemaVersion: 3 });
    expect(on.store.recorded).toBe(4);
  });

  const onMissing: [ExpectedRevision, boolean][] = [
    ['any', true],
    ['no-stream', true],
    ['stream-exists', false],
    [0, false],
    [5, false],
  ];
  it.each(onMissing)('expecting %s of a missing stream: accepted %s', async (expected, accepted) => {
    const appended = on.store.append('customer-1', expected, events(2));
    if (accepted) expect(await appended).toMatchObject({ revision: 1 });
    else await expect(appended).rejects.toEqual(wrongRevision(-1));
    expect(await wholeLog(on.store)).toHaveLength(accepted ? 2 : 0);
  });

  const onThree: [ExpectedRevision, boolean][] = [
    ['any', true],
    ['no-stream', false],
    ['stream-exists', true],
    [2, true],
    [0, false],
    [1, false],
    [3, false],
  ];
  it.each(onThree)('expecting %s of a stream at revision 2: accepted %s', async (expected, accepted) => {
    await on.store.append('customer-1', 'any', events(3));
    const appended = on.store.append('customer-1', expected, events(2));
    if (accepted) expect(await appended).toMatchObject({ revision: 4 });
    else await expect(appended).rejects.toEqual(wrongRevision(2));
    expect(await wholeLog(on.store)).toHaveLength(accepted ? 5 : 3);
  });

  it('says what was expected where, and what is there', async () => {
    await on.store.append('customer-1', 'any', events(1));
    const error: unknown = await on.store.append('customer-1', 7, events(1)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WrongExpectedRevision);
    expect(error).toMatchObject({ stream: 'customer-1', expected: 7, current: 0 });
  });

  it('leaves the revision where it was when it refuses', async () => {
    const { position } = await on.store.append('customer-1', 'no-stream', events(1));
    await expect(on.store.append('customer-1', 7, events(1))).rejects.toEqual(wrongRevision(0));
    await expect(on.store.append('customer-1', 'no-stream', events(1))).rejects.toEqual(wrongRevision(0));
    expect(await on.store.head()).toBe(position);
    expect(await on.store.append('customer-1', 0, events(1))).toMatchObject({ revision: 1 });
    expect(await on.store.append('customer-1', 'any', events(1))).toMatchObject({ revision: 2 });
    expect((await on.store.readStream('customer-1')).events.map(({ revision }) => revision)).toEqual([0, 1, 2]);
  });

  it('lets one of two writers create a stream', async () => {
    const outcomes = await Promise.allSettled([
      on.store.append('customer-1', 'no-stream', events(1)),
      on.store.append('customer-1', 'no-stream', events(1)),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await wholeLog(on.store)).toHaveLength(1);
  });

  it('fails only the caller that is in conflict', async () => {
    await on.store.append('customer-1', 'no-stream', events(1));
    const outcomes = await Promise.allSettled([
      on.store.append('customer-2', 'no-stream', events(1)),
      on.store.append('customer-1', 'no-stream', events(1)),
      on.store.append('customer-1', 0, events(2)),
      on.store.append('customer-1', 0, events(1)),
      on.store.append('customer-3', 'any', events(1)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await wholeLog(on.store)).toHaveLength(5);
  });

  it('fails only the caller whose event cannot be stored', async () => {
    const outcomes = await Promise.allSettled([
      on.store.append('customer-1', 'any', events(1)),
      on.store.append('customer-2', 'any', [event(), event('Broken', { amount: 1n })]),
      on.store.append('customer-3', 'any', [
        event('New'),
        event('Broken', {}, { occurredAt: undefined as unknown as string }),
      ]),
      on.store.append('customer-4', 'any', events(1)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect((await wholeLog(on.store)).map(({ stream }) => stream).sort()).toEqual(['customer-1', 'customer-4']);
  });

  // Servers know an id as taken in its stream only, and what versions a log holds is of all who write to it.
  on.alone('is all or nothing', async () => {
    await on.store.append('customer-1', 'any', events(1));
    const twice = event();
    await expect(on.store.append('customer-2', 'any', [event('New'), twice, twice])).rejects.toEqual(wrongRevision(-1));
    expect(await wholeLog(on.store)).toHaveLength(1);
    expect(await on.store.storedVersions()).toEqual([{ type: 'Happened', schemaVersion: 1 }]);
    await on.store.append('customer-2', 'any', [event('New')]);
    expect(await on.store.storedVersions()).toContainEqual({ type: 'New', schemaVersion: 1 });
  });

  it('refuses an append of nothing', async () => {
    await expect(on.store.append('customer-1', 'any', [])).rejects.toThrow('needs an event');
    await expect(on.store.append('customer-1', 'stream-exists', [])).rejects.toThrow('needs an event');
  });

  it('gives positions without order inverted or shared, whoever appends at the same time', async () => {
    const streams = Array.from({ length: 40 }, (_, index) => `customer-${index}`);
    const appended = await Promise.all(
      streams.flatMap((stream) => [1, 2, 3].map((count) => on.store.append(stream, 'any', events(count)))),
    );
    const log = await wholeLog(on.store);
    expect(log).toHaveLength(40 * 6);
    const positions = log.map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
    for (const { position, revision } of appended) {
      expect(log.find((each) => each.position === position)?.revision).toBe(revision);
    }
    for (const stream of streams) {
      expect(log.filter((each) => each.stream === stream).map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4, 5]);
    }
  });

  it('answers a flood by writing or by saying that it is busy', async () => {
    const flood = Array.from({ length: 3_000 }, (_, index) =>
      on.store.append(`customer-${index}`, 'no-stream', events(1)),
    );
    const refused = (await Promise.allSettled(flood)).filter((outcome) => outcome.status === 'rejected');
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'store-busy', status: 503, seconds: 1 });
    expect(await wholeLog(on.store)).toHaveLength(3_000 - refused.length);
    expect(await on.store.append('customer-1', 'any', events(1))).toMatchObject({ position: expect.any(Number) });
  });

  it('is durable when it has been answered', async () => {
    const appended = await on.store.append('customer-1', 'any', events(3));
    await on.reopen();
    expect(await on.store.head()).toBe(appended.position);
    expect(await on.store.append('customer-1', 2, events(1))).toMatchObject({ revision: 3 });
  });

  it('writes what is waiting before it closes, and then no more', async () => {
    const waiting = on.store.append('customer-1', 'any', events(1));
    const closed = on.store;
    await on.reopen();
    expect(await waiting).toMatchObject({ revision: 0 });
    expect(await wholeLog(on.store)).toHaveLength(1);
    await expect(closed.append('customer-1', 'any', events(1))).rejects.toMatchObject({ code: 'store-unavailable' });
    await expect(closed.readLog({ after: 0 })).rejects.toMatchObject({ code: 'store-unavailable' });
    await closed.close();
  });
}
