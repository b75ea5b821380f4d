import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { stateOf } from '../../libs/processes/memory/process-state.js';
import { SqliteProcessMemory } from '../../libs/processes/memory/sqlite.process-memory.js';
import { compiled } from '../support/compiled.js';
import { event, wholeLog } from '../support/events.js';
import { seeded } from '../support/five-ways.js';
import { folder } from '../support/folder.js';
import { sqliteReader, sqliteStore } from '../support/stores.js';

const EVENTS = 600;
const STREAMS = 8;

it('a delivery that is killed at any point and started again delivers everything, in the order of each stream', async () => {
  const place = folder();
  const [log, path, file] = ['events.db', 'events-processes.db', 'delivered'].map((name) => join(place, name));
  const program = join(
    compiled(
      'libs/*.ts',
      'libs/sqlite/*.ts',
      'libs/event-store/**/*.ts',
      'libs/processes/**/*.ts',
      'libs/read-models/**/*.ts',
      'test/processes/delivering.program.ts',
    ),
    'test/processes/delivering.program.js',
  );
  const lines = () =>
    existsSync(file!)
      ? readFileSync(file!, 'utf8')
          .trim()
          .split('\n')
          .map((line) => line.split(' ') as [id: string, stream: string, position: string])
      : [];
  const start = () =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, log!, path!, file!], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  const store = sqliteStore({ path: log! });
  const random = seeded(7);
  for (let index = 0; index < EVENTS; index += 1) {
    await store.append(`stream-${Math.floor(random() * STREAMS)}`, 'any', [event('Happened', { index })]);
  }
  await store.close();

  let deaths = 0;
  for (; deaths < 40 && new Set(lines().map(([id]) => id)).size < EVENTS; deaths += 1) {
    const child = start();
    const ended = once(child, 'exit');
    const before = lines().length;
    // Anywhere from its first steps to well into the log.
    for (let waited = 0; waited < 400 && lines().length === before && child.exitCode === null; waited += 1)
      await sleep(5);
    await sleep(60 * random());
    child.kill('SIGKILL');
    await ended;
  }
  const last = start();
  expect(await once(last, 'exit')).toEqual([0, null]);

  const reader = sqliteReader(log!);
  const expected = Map.groupBy(await wholeLog(reader), ({ stream }) => stream);
  await reader.close();
  const found = Map.groupBy(lines(), ([, stream]) => stream);
  expect(deaths).toBeGreaterThan(5);
  expect(lines().length).toBeGreaterThan(EVENTS);
  for (const [stream, events] of expected) {
    // Without repeats it is the stream; a repeat begins at an event that was delivered, and goes on in order.
    const ids = found.get(stream)!.map(([id]) => id);
    const order = events.map(({ id }) => id);
    expect([...new Set(ids)]).toEqual(order);
    ids.forEach((id, at) => {
      if (at > 0) expect(order.indexOf(id)).toBeLessThanOrEqual(order.indexOf(ids[at - 1]!) + 1);
    });
  }
  const memory = new SqliteProcessMemory({ path: path!, clock: new SystemClock() });
  expect(await stateOf(memory, 'lines')).toMatchObject({ position: EVENTS, parked: {}, attempts: {} });
  await memory.close();
}, 120_000);
