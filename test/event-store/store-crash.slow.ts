import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { compiled } from '../support/compiled.js';
import { wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { sqliteStore } from '../support/stores.js';

const KILLS = 200;
/** Long enough after the start of a process for some of them to die while opening the file, and most while writing. */
const LONGEST_LIFE = 400;

it(`loses nothing that was acknowledged in ${KILLS} crashes`, async () => {
  const path = join(folder(), 'events.db');
  const program = join(
    compiled('libs/*.ts', 'libs/sqlite/*.ts', 'libs/event-store/**/*.ts', 'test/event-store/crashing-writer.ts'),
    'test/event-store/crashing-writer.js',
  );
  /** What the log held when it was last looked at, a line per event. */
  const log: string[] = [];
  const revisions = new Map<string, number>();
  let diedWriting = 0;

  for (let kill = 0; kill < KILLS; kill += 1) {
    const writer = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    writer.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    const dead = once(writer, 'close');
    await sleep(Math.random() * LONGEST_LIFE);
    writer.kill('SIGKILL');
    expect((await dead)[1]).toBe('SIGKILL');

    const store = sqliteStore({ path });
    for (const { position, stream, revision, id } of await wholeLog(store, { after: log.length })) {
      log.push(`${position} ${stream} ${revision} ${id}`);
      expect(position).toBe(log.length);
      expect(revision).toBe((revisions.get(stream) ?? -1) + 1);
      revisions.set(stream, revision);
    }
    await store.close();
    const acknowledged = printed.split('\n').slice(0, -1);
    if (acknowledged.length > 0) diedWriting += 1;
    for (const line of acknowledged) expect(log[Number.parseInt(line, 10) - 1]).toBe(line);
  }

  expect(diedWriting).toBeGreaterThan(KILLS / 4);
  expect(new Set(log.map((line) => line.split(' ')[3])).size).toBe(log.length);
  const store = sqliteStore({ path });
  const reread = await wholeLog(store);
  expect(reread.map(({ position, stream, revision, id }) => `${position} ${stream} ${revision} ${id}`)).toEqual(log);
  await store.close();
});
