import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { newId } from '../../libs/ids.js';
import { stateOf } from '../../libs/processes/memory/process-state.js';
import type { Process } from '../../libs/processes/process.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { StartTask } from '../../libs/tasks/commands.js';
import { task } from '../../libs/tasks/task.decider.js';
import { TasksModule } from '../../libs/tasks/tasks.module.js';
import { TestClock } from '../support/clock.js';
import { folder } from '../support/folder.js';
import { created } from '../tasks/samples.js';
import { Program, start } from './program.js';

let program: Program;
let path: string;
beforeEach(async () => {
  path = join(folder(), 'read-models.db');
  program = await Program.open([TasksModule], [], {
    readModels: new SqliteReadModels({ path, clock: new TestClock(start) }),
  });
  for (let index = 0; index < 9; index += 1) {
    const taskId = newId();
    await program.record(task, taskId, [created({ taskId })]);
  }
});
afterEach(() => program.close());

/** What a program before kept among the read models, in its own tables. */
function before(sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

const seen: number[] = [];
const starter: Process = {
  name: 'starter',
  version: 1,
  from: 'installation',
  types: ['TaskCreated'],
  react({ position, data }) {
    seen.push(position);
    return [{ command: new StartTask((data as { taskId: string }).taskId) }];
  },
};
async function caughtUp(): Promise<ProcessRunner> {
  seen.length = 0;
  const { store, memory, report, readModels } = program;
  const runner = new ProcessRunner({ store, memory, former: readModels, report, handlers: program.handlers(starter) });
  await runner.catchUp();
  return runner;
}

it('a process goes on where a version before stood, and what that had put aside stays so', async () => {
  const [, , third] = await program.events('TaskCreated');
  before(`INSERT INTO checkpoint VALUES ('starter', 7, 7);
    INSERT INTO parked VALUES ('starter', '${third!.stream}', 3, 5, 'a fault', 1, 0);
    INSERT INTO waiting VALUES ('starter', '${third!.stream}', 3)`);
  expect(await program.readModels.parked()).toEqual([]);
  const runner = await caughtUp();
  expect(seen).toEqual([8, 9]);
  expect(runner.status()).toMatchObject([
    { parked: [{ stream: third!.stream, position: 3, attempts: 5, error: 'a fault', waiting: 1 }] },
  ]);
  expect(await program.readModels.formerProcess('starter')).toBeUndefined();
  // Once: also without them nothing is reacted to twice.
  await caughtUp();
  expect(seen).toEqual([]);
  expect(await (await caughtUp()).retry('starter', third!.stream)).toBe(true);
  await caughtUp();
  expect(seen).toEqual([3]);
  expect(await program.parked('starter')).toEqual([]);
});

it('a stream that an operator wanted tried again is tried again', async () => {
  const [first] = await program.events('TaskCreated');
  before(`INSERT INTO checkpoint VALUES ('starter', 9, 9);
    INSERT INTO parked VALUES ('starter', '${first!.stream}', 1, 5, 'a fault', 1, 1);
    INSERT INTO waiting VALUES ('starter', '${first!.stream}', 1)`);
  await caughtUp();
  expect(seen).toEqual([1]);
  expect(await program.parked('starter')).toEqual([]);
});

it('what was begun when the program before ended, and how often, is known', async () => {
  const [, second] = await program.events('TaskCreated');
  before(`INSERT INTO checkpoint VALUES ('starter', 1, 9);
    INSERT INTO parked VALUES ('starter', 'event:', 2, 4, 'it ended', 0, 0)`);
  await caughtUp();
  expect(seen).toEqual([3, 4, 5, 6, 7, 8, 9]);
  expect(await program.parked('starter')).toMatchObject([{ stream: second!.stream, position: 2, waiting: 1 }]);
});

it('a program that ended while it took over finds what it has written, not what was there before', async () => {
  before(`INSERT INTO checkpoint VALUES ('starter', 7, 7)`);
  const { readModels } = program;
  const forget = readModels.forgetFormerProcess.bind(readModels);
  readModels.forgetFormerProcess = () => Promise.reject(new Error('it ended'));
  await expect(caughtUp()).rejects.toThrow('it ended');
  expect(await stateOf(program.memory, 'starter')).toMatchObject({ position: 7 });
  readModels.forgetFormerProcess = forget;
  await program.stands('starter', { position: 8, begun: 8 });
  await caughtUp();
  expect(seen).toEqual([9]);
  expect(await readModels.formerProcess('starter')).toBeUndefined();
});
