import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ForeignEvent, NewEvent } from '../../libs/event-store/event-store.js';
import { checkApart, openMovable } from '../../libs/event-store/move/open-movable.js';
import type { LoggedEvent } from '../../libs/event-store/move/movable.js';
import { move } from '../../libs/event-store/move/move.js';
import type { MoveOptions, Moved } from '../../libs/event-store/move/move.js';
import { newId } from '../../libs/ids.js';
import { event, events, wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { property } from '../support/property.js';
import { sqliteReader, sqliteStore, writer } from '../support/stores.js';

const foreign = (data: Uint8Array): ForeignEvent => ({
  id: newId(),
  type: 'Sent',
  foreign: { contentType: 'application/octet-stream', data, metadata: Buffer.from('{ "n": 1.0 }') },
});

async function logOf(
  ...appends: readonly (readonly [string, readonly (NewEvent | ForeignEvent)[]])[]
): Promise<string> {
  const path = join(folder(), 'events.db');
  const store = sqliteStore({ path });
  for (const [stream, all] of appends) await store.append(stream, 'any', all);
  await store.close();
  return path;
}

async function moved(from: string, to: string, options: MoveOptions = {}): Promise<Moved> {
  const source = await openMovable(`sqlite:${from}`, 'source', writer);
  const target = await openMovable(`sqlite:${to}`, 'target', writer);
  try {
    return await move(source, target, options);
  } finally {
    await source.close();
    await target.close();
  }
}

async function contents(path: string): Promise<LoggedEvent[]> {
  const log = await openMovable(`sqlite:${path}`, 'source', writer);
  const all: LoggedEvent[] = [];
  for await (const each of log.read(0)) all.push(each);
  await log.close();
  return all;
}

const appended = fc.record({
  stream: fc.constantFrom('customer-1', 'customer-2', 'sent-1', 'sent-2'),
  count: fc.integer({ min: 1, max: 4 }),
  body: fc.uint8Array({ maxLength: 20 }),
});

it('a log that is moved is the same log, also when a move was killed before', async () => {
  const moving = fc.asyncProperty(
    fc.array(appended, { minLength: 1, maxLength: 40 }),
    fc.nat(60),
    async (appends, stop) => {
      const log = await logOf(
        ...appends.map(({ stream, count, body }) => {
          const all = stream.startsWith('sent')
            ? Array.from({ length: count }, () => foreign(body))
            : events(count).map((each) => ({ ...each, data: { body: [...body] } }));
          return [stream, all] as const;
        }),
      );
      const count = appends.reduce((sum, each) => sum + each.count, 0);
      const to = await partOf(log, stop);
      const { hash, ...counts } = await moved(log, to);
      expect(counts).toEqual({ events: count, copied: Math.max(0, count - stop) });
      expect(await contents(to)).toEqual(await contents(log));
      expect(await moved(to, join(folder(), 'events.db'))).toEqual({ events: count, copied: count, hash });
      expect(await moved(log, to)).toEqual({ events: count, copied: 0, hash });
    },
  );
  await fc.assert(moving, property(20));
});

/** As a program leaves it that was killed after so many events. */
async function partOf(log: string, count: number): Promise<string> {
  const to = join(folder(), 'events.db');
  const source = await openMovable(`sqlite:${log}`, 'source', writer);
  const target = await openMovable(`sqlite:${to}`, 'target', writer);
  let left = count;
  for await (const { stream, revision, event: each } of source.read(0)) {
    if (left === 0) break;
    left -= 1;
    await target.append([{ stream, revision, events: [each] }]);
  }
  await source.close();
  await target.close();
  return to;
}

it('an id that lies in two streams is moved as it lies, whoever wrote it', async () => {
  const theirs = foreign(Buffer.from('x'));
  const log = await logOf(['sent-1', [theirs]], ['sent-2', [theirs]]);
  const source = await openMovable(`sqlite:${log}`, 'target', writer);
  const ours = { ...event(), recordedAt: new Date().toISOString() };
  await source.append(['customer-1', 'customer-2'].map((stream) => ({ stream, revision: 0, events: [ours] })));
  await source.close();
  const to = join(folder(), 'events.db');
  await moved(log, to);
  expect(await contents(to)).toEqual(await contents(log));
  expect((await contents(to)).map(({ stream }) => stream)).toEqual(['sent-1', 'sent-2', 'customer-1', 'customer-2']);
});

it('what is stored in an old version stays in it', async () => {
  const log = await logOf(['customer-1', [event('Happened', {}, { schemaVersion: 3 }), event()]]);
  const to = join(folder(), 'events.db');
  await moved(log, to);
  const store = sqliteReader(to);
  expect(await store.storedVersions()).toContainEqual({ type: 'Happened', schemaVersion: 3 });
  await store.close();
});

it.each([
  ['another event', [event()]],
  ['the same event with other contents', 'changed' as const],
  ['more', 'more' as const],
])('a target that holds %s is refused, and stays as it is', async (_, what) => {
  const first = event();
  const log = await logOf(['customer-1', [first]], ['customer-2', events(2)]);
  const same = sqliteReader(log);
  const [recorded] = await wholeLog(same);
  await same.close();
  const { recordedAt } = recorded!;
  const to =
    what === 'changed'
      ? await logOf(['customer-1', [{ ...first, recordedAt, data: { changed: true } }]])
      : what === 'more'
        ? await partOf(log, 3)
        : await logOf(['customer-1', what]);
  if (what === 'more') {
    const store = sqliteStore({ path: to });
    await store.append('customer-3', 'no-stream', events(1));
    await store.close();
  }
  const before = await contents(to);
  const refused = moved(log, to);
  await expect(refused).rejects.toMatchObject({
    code: 'target-differs',
    details: { number: what === 'more' ? 4 : 1 },
  });
  expect(await contents(to)).toEqual(before);
});

it('one that is stopped leaves a beginning', async () => {
  const log = await logOf(...Array.from({ length: 700 }, (_, index) => [`customer-${index}`, events(1)] as const));
  const to = join(folder(), 'events.db');
  const stop = new AbortController();
  const stopping = moved(log, to, { signal: stop.signal, progress: () => stop.abort(new Error('stopped')) });
  await expect(stopping).rejects.toThrow('stopped');
  const left = await contents(to);
  expect(left.length).toBeGreaterThan(0);
  expect(left.length).toBeLessThan(700);
  expect(left).toEqual((await contents(log)).slice(0, left.length));
  await moved(log, to);
  expect(await contents(to)).toEqual(await contents(log));
});

it('a source that is written at the moment, that is not there, or that is the target is refused', async () => {
  const log = await logOf(['customer-1', events(1)]);
  const store = sqliteStore({ path: log });
  await expect(moved(log, join(folder(), 'events.db'))).rejects.toMatchObject({ code: 'data-held' });
  await store.close();
  const nowhere = join(folder(), 'events.db');
  await expect(moved(nowhere, join(folder(), 'events.db'))).rejects.toMatchObject({ code: 'data-missing' });
  expect(existsSync(nowhere)).toBe(false);
  const twice = () => checkApart(`sqlite:${log}`, `sqlite:${join(log, '..', '.', 'events.db')}`);
  expect(twice).toThrow(expect.objectContaining({ code: 'move-onto-itself' }));
});
