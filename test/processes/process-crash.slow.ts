import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { stateOf, wish } from '../../libs/processes/memory/process-state.js';
import { SqliteProcessMemory } from '../../libs/processes/memory/sqlite.process-memory.js';
import { compiled } from '../support/compiled.js';
import { event } from '../support/events.js';
import { folder } from '../support/folder.js';
import { sqliteStore } from '../support/stores.js';

it('an event that takes the program with it is parked after a few deaths, and everything else is reacted to', async () => {
  const place = folder();
  const [log, path] = [join(place, 'events.db'), join(place, 'events-processes.db')];
  const program = join(
    compiled(
      'libs/*.ts',
      'libs/sqlite/*.ts',
      'libs/event-store/**/*.ts',
      'libs/processes/**/*.ts',
      'libs/read-models/**/*.ts',
      'test/processes/dying-reactions.ts',
    ),
    'test/processes/dying-reactions.js',
  );
  const printed: string[] = [];
  /** @returns the signal it died of, if it did */
  const run = async (): Promise<string | null> => {
    const child = spawn(process.execPath, [program, log, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.setEncoding('utf8').on('data', (text: string) => printed.push(...text.split('\n').filter(Boolean)));
    return (await once(child, 'close'))[1] as string | null;
  };
  const untilItLives = async (): Promise<number> => {
    for (let deaths = 0; deaths < 20; deaths += 1) if ((await run()) === null) return deaths;
    throw new Error('it never lived');
  };

  const store = sqliteStore({ path: log });
  for (let index = 0; index < 300; index += 1) {
    const text = index === 150 ? 'deadly' : 'harmless';
    await store.append(`stream-${index % 10}`, 'any', [event('Happened', { text })]);
  }
  await store.close();

  expect(await untilItLives()).toBe(5);
  // Of the parked stream only what came before; of the others everything; in the order of each stream.
  const last = new Map<string, number>();
  const firstTime = [...new Set(printed)].map((line) => line.split(' ') as [string, string]);
  for (const [stream, position] of firstTime) {
    expect(Number(position)).toBeGreaterThan(last.get(stream) ?? 0);
    last.set(stream, Number(position));
  }
  expect(firstTime).toHaveLength(285);
  expect(last.get('stream-0')).toBe(141);

  const memory = new SqliteProcessMemory({ path, clock: new SystemClock() });
  expect(await stateOf(memory, 'noting')).toMatchObject({
    position: 300,
    begun: 300,
    parked: { 'stream-0': { position: 151, waiting: 15, last: 291 } },
  });
  await wish(memory, 'noting', 'stream-0');
  await memory.close();
  expect(await untilItLives()).toBe(1);
});
