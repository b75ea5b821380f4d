import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import { newId } from '../../libs/ids.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import { SweepHandler } from '../../libs/processes/sweep-handler.js';
import { sweep } from '../../libs/processes/sweep.js';
import type { Sweep } from '../../libs/processes/sweep.js';
import type { Filter } from '../../libs/read-models/read-models.js';
import { StartTask } from '../../libs/tasks/commands.js';
import type { TaskEvents } from '../../libs/tasks/events.js';
import { task } from '../../libs/tasks/task.decider.js';
import { TasksModule } from '../../libs/tasks/tasks.module.js';
import { taskList } from '../../projections/task-list.js';
import type { TaskItem } from '../../projections/task-list.js';
import { completed, created, taskId } from '../tasks/samples.js';
import { Program } from './program.js';

let program: Program;
beforeEach(async () => {
  program = await Program.open([TasksModule]);
});
afterEach(() => program.close());

/** More than a page. */
const MANY = 700;

/** Whatever is done, tasks are started. */
const starting = (name: string, which: Filter | null): Sweep =>
  sweep<TaskItem, TaskEvents>({
    name,
    version: 1,
    from: 'beginning',
    on: { TaskCompleted: () => which },
    of: taskList,
    by: 'taskId',
    command: (id) => new StartTask(id),
  });

const runner = (commands: Pick<CommandBus, 'execute'> = program.commands): ProcessRunner => {
  const { store, memory, report, readModels } = program;
  const handlers = [
    new SweepHandler(
      starting('waiting', { status: 'open' }),
      readModels,
      commands as CommandBus,
      report,
      async () => 0,
    ),
  ];
  return new ProcessRunner({ store, memory, report, handlers, rest: 1 });
};

async function waiting(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const id = newId();
    await program.record(task, id, [created({ taskId: id })]);
  }
}
const done = () => program.record(task, taskId, [created(), completed()]);
const started = async () => (await program.events('TaskStarted')).length;

it('asks for each of the things there are, of several pages, once', async () => {
  await waiting(MANY);
  await done();
  await program.project();
  await runner().catchUp();
  await runner().catchUp();
  expect(await started()).toBe(MANY);
});

it('begins again after a failure, and asks for nothing twice', async () => {
  await waiting(MANY);
  await done();
  await program.project();
  let [sent, refused] = [0, 0];
  const failing = {
    execute: async (command: object) => {
      sent += 1;
      if (sent === MANY - 100) {
        refused += 1;
        throw new Error('the disk is gone');
      }
      return program.commands.execute(command as never);
    },
  };
  await runner(failing as never).catchUp();
  expect([refused, await started(), sent > MANY]).toEqual([1, MANY, true]);
});

it('waits for a read model that is behind, and leaves nothing out', async () => {
  await waiting(5);
  await done();
  const running = runner().catchUp();
  await program.project();
  await running;
  expect(await started()).toBe(5);
});

it('leaves out what the event does not concern, and counts what is refused', async () => {
  await waiting(3);
  const { store, memory, report, readModels, commands } = program;
  const sweeps = [starting('none', null), starting('all', {})];
  const handlers = sweeps.map((each) => new SweepHandler(each, readModels, commands, report, async () => 0));
  await done();
  await program.project();
  const running = new ProcessRunner({ store, memory, report, handlers });
  await running.catchUp();
  expect(running.status()).toMatchObject([{ refused: 0 }, { refused: 1 }]);
  expect(await started()).toBe(3);
});
