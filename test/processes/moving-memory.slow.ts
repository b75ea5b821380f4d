import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { EsdbEventStore } from '../../libs/event-store/esdb/esdb.event-store.js';
import { move } from '../../libs/event-store/move/move.js';
import { openMovable } from '../../libs/event-store/move/open-movable.js';
import { standing } from '../../libs/processes/memory/claim.js';
import { checkMovable, moveMemory } from '../../libs/processes/memory/moving.js';
import { openProcessMemory } from '../../libs/processes/memory/open-process-memory.js';
import { NONE } from '../../libs/processes/memory/process-memory.js';
import { stateName, stateOf } from '../../libs/processes/memory/process-state.js';
import type { ProcessState } from '../../libs/processes/memory/process-state.js';
import { event, wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { ForeignWriter } from '../support/foreign-writer.js';
import { logProgram } from '../support/log-program.js';
import type { LogProgram } from '../support/log-program.js';
import { sqliteReader, sqliteStore, writer } from '../support/stores.js';

const clock = new SystemClock();
const names = ['current', 'behind', 'new'];
let server: LogProgram;
beforeEach(async () => {
  server = await logProgram(join(folder(), 'server.db'));
});
afterEach(() => server.stop());

async function written(url: string, states: Readonly<Record<string, ProcessState>>): Promise<void> {
  const memory = await openProcessMemory({ url, clock });
  for (const [name, state] of Object.entries(states)) await memory.write(stateName(name), state, NONE);
  await memory.close();
}

/** Moves a log and what is remembered beside it. @returns what is remembered beside the target */
async function moved(from: string, to: string): Promise<Readonly<Record<string, ProcessState | undefined>>> {
  const [source, target] = [await openMovable(from, 'source', writer), await openMovable(to, 'target', writer)];
  const [before, after] = [await openProcessMemory({ url: from, clock }), await openProcessMemory({ url: to, clock })];
  try {
    const here = { log: source, memory: before };
    await checkMovable(names, here);
    await move(source, target, { quiet: 10 });
    const known = await moveMemory(names, here, { log: target, memory: after });
    expect(known).toEqual(['current', 'behind']);
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await stateOf(after, name)] as const)),
    );
  } finally {
    for (const each of [source, target, before, after]) await each.close();
  }
}

it('processes go on in another log behind the same events, and what is parked stays so at the same events', async () => {
  const path = join(folder(), 'events.db');
  const [embedded, back] = [`sqlite:${path}`, `sqlite:${join(folder(), 'back.db')}`];
  const store = sqliteStore({ path });
  for (let index = 0; index < 12; index += 1)
    await store.append(`customer-${index % 3}`, 'any', [event('Happened', { index })]);
  await store.close();
  const failed = { position: 4, attempts: 5, error: 'a fault', waiting: 3, last: 10 };
  const states = {
    current: { ...standing(12), parked: { 'customer-0': failed } },
    behind: { ...standing(7), begun: 9, attempts: { 'customer-2': { position: 9, attempts: 2, error: 'a fault' } } },
  };
  await written(embedded, states);

  const there = await moved(embedded, server.url);
  const served = await EsdbEventStore.open({ url: server.url });
  const log = await wholeLog(served);
  await served.close();
  const at = (number: number): number => (log[number - 1] as RecordedEvent).position;
  // Positions are others there: else this would show nothing.
  expect(at(12)).not.toBe(12);
  expect(there).toEqual({
    current: { ...standing(at(12)), parked: { 'customer-0': { ...failed, position: at(4), last: at(10) } } },
    behind: {
      ...standing(at(7)),
      begun: at(9),
      attempts: { 'customer-2': { position: at(9), attempts: 2, error: 'a fault' } },
    },
    new: undefined,
  });
  expect(await moved(server.url, back)).toEqual({ ...states, new: undefined });
  const reader = sqliteReader(back.slice('sqlite:'.length));
  expect(await wholeLog(reader)).toHaveLength(12);
  await reader.close();
  // Moved once more it changes nothing, and nothing that has gone on since.
  expect(await moved(server.url, back)).toEqual({ ...states, new: undefined });
});

it('a process that stands where no event of Annals lies, with more behind it, is refused before anything is moved', async () => {
  const store = await EsdbEventStore.open({ url: server.url });
  const other = new ForeignWriter(server.url);
  await store.append('customer-1', 'any', [event('Happened')]);
  await other.json('orders-1', 'OrderPlaced', {});
  const position = await store.head();
  await store.append('customer-1', 'any', [event('Happened')]);
  await store.close();
  await other.close();
  await written(server.url, { current: standing(position), behind: standing(0) });
  const to = `sqlite:${join(folder(), 'back.db')}`;
  await expect(moved(server.url, to)).rejects.toMatchObject({ code: 'process-behind', status: 409 });
});
