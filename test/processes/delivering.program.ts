import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { DeliveryHandler } from '../../libs/processes/delivery.js';
import { SqliteProcessMemory } from '../../libs/processes/memory/sqlite.process-memory.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';

/** Delivers a log to a file, line by line, and ends when all of it is there. */
const [log, path, file] = process.argv.slice(2) as [string, string, string];
const clock = new SystemClock();
const store = new SqliteEventStore({ path: log, clock });
const memory = new SqliteProcessMemory({ path, clock });
const lines = new DeliveryHandler({
  name: 'lines',
  version: 1,
  from: 'beginning',
  types: ['Happened'],
  async deliver({ id, stream, position }) {
    await sleep(1);
    appendFileSync(file, `${id} ${stream} ${position}\n`);
    await sleep(1);
  },
});
const runner = new ProcessRunner({ store, memory, handlers: [lines], report: () => undefined, width: 4 });
await runner.catchUp();
await runner.stop();
await memory.close();
await store.close();
