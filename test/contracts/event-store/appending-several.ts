import { expect, it } from '@jest/globals';
import { EventIdTaken } from '../../../libs/event-store/event-store.js';
import type { Check, Write } from '../../../libs/event-store/event-store.js';
import { event, events, wholeLog } from '../../support/events.js';
import type { Tested } from '../event-store.contract.js';

const write = (stream: string, expected: Write['expected'], count = 1): Write => ({
  stream,
  expected,
  events: events(count),
});

const wrong = (stream: string, current: number): unknown =>
  expect.objectContaining({ name: 'WrongExpectedRevision', stream, current });

/** Appends to several streams at once, and appends that depend on streams they do not add to. */
export function appendingSeveral(on: Tested): void {
  const lengths = async () =>
    Object.groupBy(await wholeLog(on.store), ({ stream }) => stream) as Readonly<Record<string, unknown[]>>;
  const count = async () =>
    Object.fromEntries(Object.entries(await lengths()).map(([stream, { length }]) => [stream, length]));

  it('answers for each write, in their order, where its last event lies', async () => {
    await on.store.append('customer-1', 'no-stream', events(2));
    const answers = await on.store.appendAll([write('customer-2', 'no-stream', 3), write('customer-1', 1, 2)]);
    expect(answers).toMatchObject([{ revision: 2 }, { revision: 3 }]);
    expect(answers[0]!.position).toBeLessThan(answers[1]!.position);
    expect(await on.store.head()).toBe(answers[1]!.position);
    expect(await count()).toEqual({ 'customer-1': 4, 'customer-2': 3 });
  });

  const standing: [string, Check, boolean][] = [
    ['where it was read', { stream: 'customer-1', expected: 1 }, true],
    ['missing, as expected', { stream: 'customer-9', expected: 'no-stream' }, true],
    ['behind', { stream: 'customer-1', expected: 2 }, false],
    ['ahead', { stream: 'customer-1', expected: 0 }, false],
    ['missing', { stream: 'customer-9', expected: 0 }, false],
    ['there against expectation', { stream: 'customer-1', expected: 'no-stream' }, false],
  ];
  it.each(standing)('that depends on a stream which is %s', async (_, check, holds) => {
    await on.store.append('customer-1', 'no-stream', events(2));
    const appended = on.store.appendAll([write('task-1', 'no-stream')], [{ stream: 'customer-1', expected: 1 }, check]);
    if (holds) expect(await appended).toMatchObject([{ revision: 0 }]);
    else await expect(appended).rejects.toEqual(wrong(check.stream, check.stream === 'customer-1' ? 1 : -1));
    expect(await count()).toEqual({ 'customer-1': 2, ...(holds && { 'task-1': 1 }) });
  });

  it('succeeds again with the same ids, whatever has happened since to what it depended on', async () => {
    await on.store.append('customer-1', 'no-stream', events(1));
    const writes = [write('task-1', 'no-stream', 2), write('task-2', 'no-stream')];
    const checks: Check[] = [{ stream: 'customer-1', expected: 0 }];
    const answers = await on.store.appendAll(writes, checks);
    await on.store.append('customer-1', 0, events(1));
    expect(await on.store.appendAll(writes, checks)).toEqual(answers);
    expect(await count()).toEqual({ 'customer-1': 2, 'task-1': 2, 'task-2': 1 });
  });

  it('refuses what names no event, or a stream twice', async () => {
    await expect(on.store.appendAll([])).rejects.toThrow('an append needs an event');
    await expect(on.store.appendAll([write('task-1', 'any'), write('task-2', 'any', 0)])).rejects.toThrow('needs');
    await expect(on.store.appendAll([write('task-1', 'any'), write('task-1', 'any')])).rejects.toThrow('once');
    expect(await wholeLog(on.store)).toEqual([]);
  });

  it('is all or nothing, or says that it is not', async () => {
    await on.store.append('customer-1', 'no-stream', events(2));
    const writes = [write('task-1', 'no-stream'), write('customer-1', 0), write('task-2', 'no-stream')];
    await expect(on.store.appendAll(writes)).rejects.toEqual(wrong('customer-1', 1));
    expect(await count()).toEqual({ 'customer-1': 2, ...(!on.store.atomic && { 'task-1': 1 }) });
  });

  on.alone('writes none of it when an id is taken elsewhere', async () => {
    if (!on.store.atomic || on.ids !== 'everywhere') return;
    const taken = event();
    await on.store.append('customer-1', 'no-stream', [taken]);
    const writes = [
      write('task-1', 'no-stream'),
      { stream: 'task-2', expected: 'no-stream' as const, events: [taken] },
    ];
    await expect(on.store.appendAll(writes)).rejects.toEqual(new EventIdTaken('task-2', taken.id));
    expect(await count()).toEqual({ 'customer-1': 1 });
  });

  it('lets one of many win that depend on what the others change', async () => {
    const names = Array.from({ length: 16 }, (_, index) => `account-${index}`);
    if (!on.store.atomic) return;
    const each = (stream: string) =>
      on.store.appendAll(
        [write(stream, 'no-stream')],
        names.filter((other) => other !== stream).map((other) => ({ stream: other, expected: 'no-stream' as const })),
      );
    const outcomes = await Promise.allSettled(names.map(each));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await wholeLog(on.store)).toHaveLength(1);
  });
}
