import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { memoryBeside, openProcessMemory } from '../../libs/processes/memory/open-process-memory.js';
import { NONE } from '../../libs/processes/memory/process-memory.js';
import { ScratchProcessMemory } from '../../libs/processes/memory/scratch.process-memory.js';
import { SqliteProcessMemory } from '../../libs/processes/memory/sqlite.process-memory.js';
import { processMemoryContract } from '../contracts/process-memory.contract.js';
import { folder } from '../support/folder.js';
import { LockHolder } from '../support/lock-holder.js';

const clock = new SystemClock();

processMemoryContract('SQLite', async () => {
  const place = folder();
  return {
    open: () => openProcessMemory({ url: `sqlite:${join(place, 'events.db')}`, clock }),
    remove: async () => rmSync(place, { recursive: true, force: true }),
  };
});

processMemoryContract(
  'nothing but memory',
  async () => ({ open: async () => new ScratchProcessMemory(), remove: async () => undefined }),
  { lasts: false },
);

it('the memory of a log lies beside it under its name, and a reader makes no file', async () => {
  const place = folder();
  expect([memoryBeside('/data/events.db'), memoryBeside('/data/log')]).toEqual([
    '/data/events-processes.db',
    '/data/log-processes.db',
  ]);
  const [one, other] = ['one.db', 'other.db'].map((log) => ({ url: `sqlite:${join(place, log)}`, clock }));
  const written = await openProcessMemory(one!);
  await written.write('state.a', { position: 1 }, NONE);
  for (const opening of [other!, { ...other!, readOnly: true }]) {
    const memory = await openProcessMemory(opening);
    expect(await memory.read('state.a')).toBeUndefined();
    await memory.close();
  }
  const reader = await openProcessMemory({ ...one!, readOnly: true });
  expect(await reader.read('state.a')).toMatchObject({ document: { position: 1 } });
  await reader.close();
  await written.close();
});

it('while another program holds the write lock of the file it is read, and writing is refused after a while', async () => {
  const path = join(folder(), 'events-processes.db');
  const memory = new SqliteProcessMemory({ path, clock, patience: 50 });
  const first = await memory.write('state.a', { position: 1 }, NONE);
  const holder = await LockHolder.of(path);
  await expect(memory.write('state.a', { position: 2 }, first)).rejects.toMatchObject({
    code: 'storage-locked',
    status: 503,
  });
  expect(await memory.read('state.a')).toEqual({ document: { position: 1 }, revision: first });
  await holder.letGo();
  await memory.write('state.a', { position: 2 }, first);
  await memory.close();
});
