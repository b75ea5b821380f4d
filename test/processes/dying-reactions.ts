import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import type { Process } from '../../libs/processes/process.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';

/** Reacts to a log and prints what it reacted to; it kills itself over events whose text is `deadly`. */
const [log, models] = process.argv.slice(2) as [string, string];
const clock = new SystemClock();
const store = new SqliteEventStore({ path: log, clock });
const readModels = new SqliteReadModels({ path: models, clock });

class Note {
  constructor(readonly line: string) {}
}

const noting: Process = {
  name: 'noting',
  version: 1,
  types: ['Happened'],
  react({ stream, position, data }) {
    if ((data as { text: string }).text === 'deadly') process.kill(process.pid, 'SIGKILL');
    return [{ command: new Note(`${stream} ${position}\n`) }];
  },
};

/** Commands are heard of only by whoever reads what is printed: a write to a pipe is done when the call returns. */
const commands = { execute: async ({ line }: Note) => process.stdout.write(line) };

const runner = new ProcessRunner({
  store,
  readModels,
  commands: commands as unknown as ConstructorParameters<typeof ProcessRunner>[0]['commands'],
  processes: [noting],
  report: () => undefined,
});
await runner.catchUp();
await runner.stop();
await readModels.close();
await store.close();
