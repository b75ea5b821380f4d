import type { CommandBus } from '@nestjs/cqrs';
import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import type { Process } from '../../libs/processes/process.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import { SqliteProcessMemory } from '../../libs/processes/memory/sqlite.process-memory.js';
import { ProcessHandler } from '../../libs/processes/reactions.js';

/** Reacts to a log and prints what it reacted to; it kills itself over events whose text is `deadly`. */
const [log, path] = process.argv.slice(2) as [string, string];
const clock = new SystemClock();
const store = new SqliteEventStore({ path: log, clock });
const memory = new SqliteProcessMemory({ path, clock });

class Note {
  constructor(readonly line: string) {}
}

const noting: Process = {
  name: 'noting',
  version: 1,
  from: 'beginning',
  types: ['Happened'],
  react({ stream, position, data }) {
    if ((data as { text: string }).text === 'deadly') process.kill(process.pid, 'SIGKILL');
    return [{ command: new Note(`${stream} ${position}\n`) }];
  },
};

/** Commands are heard of only by whoever reads what is printed: a write to a pipe is done when the call returns. */
const report = (): void => undefined;
const commands = { execute: async ({ line }: Note) => process.stdout.write(line) };

const runner = new ProcessRunner({
  store,
  memory,
  handlers: [new ProcessHandler(noting, commands as unknown as CommandBus, report)],
  report,
});
await runner.catchUp();
await runner.stop();
await memory.close();
await store.close();
