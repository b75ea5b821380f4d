import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { newId } from '../../libs/ids.js';
import { stateOf } from '../../libs/processes/memory/process-state.js';
import type { Beginning, Process } from '../../libs/processes/process.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import { StartTask } from '../../libs/tasks/commands.js';
import { task } from '../../libs/tasks/task.decider.js';
import { TasksModule } from '../../libs/tasks/tasks.module.js';
import { created } from '../tasks/samples.js';
import { Program } from './program.js';

let program: Program;
beforeEach(async () => {
  program = await Program.open([TasksModule]);
});
afterEach(() => program.close());

/** Starts each task that was created. */
const starter = (from: Beginning): Process => ({
  name: 'starter',
  version: 1,
  from,
  types: ['TaskCreated'],
  react: ({ data }) => [{ command: new StartTask((data as { taskId: string }).taskId) }],
});
const runner = (from: Beginning): ProcessRunner => {
  const { store, memory, report } = program;
  return new ProcessRunner({ store, memory, report, handlers: program.handlers(starter(from)) });
};
async function creates(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const taskId = newId();
    await program.record(task, taskId, [created({ taskId })]);
  }
}
const started = async () => (await program.events('TaskStarted')).length;

it.each([
  ['installation', 0],
  ['beginning', 30],
] as const)(
  'a process that is new on a log of 30 events and is from its %s reacts to %i of them',
  async (from, count) => {
    await creates(30);
    await runner(from).catchUp();
    expect(await started()).toBe(count);
    await creates(2);
    await runner(from).catchUp();
    expect(await started()).toBe(count + 2);
  },
);

it.each(['installation', 'beginning'] as const)(
  'on an empty log one that is from its %s reacts to everything',
  async (from) => {
    await runner(from).prepare();
    await creates(3);
    await runner(from).catchUp();
    expect(await started()).toBe(3);
  },
);

it('where it begins is remembered at once: what happens before it runs again is reacted to', async () => {
  await creates(5);
  await runner('installation').prepare();
  expect(await stateOf(program.memory, 'starter')).toMatchObject({ position: 5, begun: 5 });
  await creates(2);
  await runner('installation').catchUp();
  expect(await started()).toBe(2);
});

it('a state of another log counts for nothing, and that is said', async () => {
  await creates(5);
  await program.stands('starter', { position: 3, begun: 3, log: 'another@1' });
  await runner('installation').catchUp();
  expect(await started()).toBe(0);
  expect(program.reports).toMatchObject([{ what: 'state is of another log', details: { log: 'another@1' } }]);
});
