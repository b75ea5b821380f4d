import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Refusal, Unavailable } from '../../libs/errors.js';
import { newId } from '../../libs/ids.js';
import type { Process } from '../../libs/processes/process.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import { CreateTask, StartTask } from '../../libs/tasks/commands.js';
import { task } from '../../libs/tasks/task.decider.js';
import { TasksModule } from '../../libs/tasks/tasks.module.js';
import { created } from '../tasks/samples.js';
import { eventually, Program, start } from './program.js';

let program: Program;

beforeEach(async () => {
  program = await Program.open([TasksModule]);
});
afterEach(() => program.close());

const runnerOf = (...processes: Process[]): ProcessRunner => {
  const { store, memory, report } = program;
  return new ProcessRunner({ store, memory, handlers: program.handlers(...processes), report, rest: 1 });
};

describe('reacting', () => {
  const taskIds = ['a', 'b', 'c'].map((letter) => `0190f5a0-0000-7000-8000-00000000000${letter}`);
  const creation = async () => {
    for (const taskId of taskIds) await program.record(task, taskId, [created({ taskId })]);
  };

  /** Starts each task that was created; `fails` decides before. */
  const starter = (fails: (stream: string) => void = () => undefined): Process => ({
    name: 'starter',
    version: 1,
    from: 'beginning',
    types: ['TaskCreated', 'TaskAssigned'],
    react({ stream, type, data }) {
      fails(stream);
      return type === 'TaskCreated' ? [{ command: new StartTask((data as { taskId: string }).taskId) }] : [];
    },
  });
  const startedStreams = async () => (await program.events('TaskStarted')).map(({ stream }) => stream).sort();

  it('takes a refusal as an answer', async () => {
    await creation();
    const runner = runnerOf(starter(), { ...starter(), name: 'second starter' });
    await runner.catchUp();
    expect(await startedStreams()).toHaveLength(3);
    const [first, second] = await runner.status();
    expect(first!.refused + second!.refused).toBe(3);
    expect(program.reports[0]).toMatchObject({ what: 'reaction refused', details: { code: 'task-started' } });
  });

  it('tries again what may succeed later, as often as it takes', async () => {
    await creation();
    const { store } = program;
    const append = store.appendAll.bind(store);
    const [busy, contested] = [`task-${taskIds[0]}`, `task-${taskIds[1]}`];
    const left = { [busy]: 6, [contested]: 6 };
    store.appendAll = (writes, checks) => {
      if (writes[0]?.stream !== busy || left[busy]! <= 0) return append(writes, checks);
      left[busy]! -= 1;
      return Promise.reject(new Unavailable('store-busy', 'Too many writes are waiting.', 1));
    };
    const runner = runnerOf(
      starter((stream) => {
        if (stream !== contested || left[contested]! <= 0) return;
        left[contested]! -= 1;
        throw new Refusal('concurrency-conflict', 'Somebody was faster.', {}, 409);
      }),
    );
    await runner.catchUp();
    expect(left).toEqual({ [busy]: 0, [contested]: 0 });
    expect(await startedStreams()).toHaveLength(3);
    expect(await runner.status()).toMatchObject([{ handled: 3, refused: 0, parked: [] }]);
  });

  it('goes from each process’s own checkpoint', async () => {
    await creation();
    await runnerOf(starter()).catchUp();
    const both = runnerOf(starter(), { ...starter(), name: 'newcomer', types: ['TaskCreated', 'TaskStarted'] });
    await both.catchUp();
    expect(await both.status()).toMatchObject([
      { name: 'starter', handled: 0 },
      { name: 'newcomer', handled: 6, refused: 3 },
    ]);
  });

  it('keeps no checkpoint beyond what is unfinished when it is stopped', async () => {
    await creation();
    const runner = runnerOf(
      starter((stream) => {
        if (stream === `task-${taskIds[1]}`) throw new Unavailable('store-busy', 'Too many writes are waiting.', 1);
      }),
    );
    runner.start();
    await eventually(async () => (await startedStreams()).length === 2);
    await runner.stop();
    expect(await program.position('starter')).toBe(1);
    await runnerOf(starter()).catchUp();
    expect(await startedStreams()).toHaveLength(3);
  });

  it('parks a command nobody handles', async () => {
    await creation();
    class Unheard {}
    const runner = runnerOf({ ...starter(), react: () => [{ command: new Unheard() }] });
    await runner.catchUp();
    expect((await runner.status())[0]!.parked).toHaveLength(3);
  });

  it('numbers the commands that follow from one event', async () => {
    const following = [newId(), newId()];
    const pair: Process = {
      name: 'pair',
      version: 1,
      from: 'beginning',
      types: ['TaskStarted'],
      react: () =>
        following.map((taskId) => ({
          command: new CreateTask(taskId, { kind: 'care', title: 'one more', dueAt: start }),
        })),
    };
    await creation();
    await program.send(new StartTask(taskIds[0]!));
    await runnerOf(pair).catchUp();
    await program.stands('pair', { position: 0 });
    await runnerOf(pair).catchUp();
    expect(
      (await program.events('TaskCreated')).slice(3).map(({ data }) => (data as { taskId: string }).taskId),
    ).toEqual(following);
  });

  it('carries the import an event came with', async () => {
    await program.record(task, taskIds[0]!, [created()], { source: 'import', importId: 'batch 7' });
    const runner = runnerOf({ ...starter(), react: () => [{ command: new StartTask(taskIds[0]!) }] });
    await runner.catchUp();
    expect(await program.events('TaskStarted')).toMatchObject([
      { metadata: { source: 'process', importId: 'batch 7' } },
    ]);
  });

  it('begins from the start of a log that is not the one its checkpoint is of', async () => {
    await program.stands('starter', { position: 4_711, begun: 4_711 });
    await creation();
    await runnerOf(starter()).catchUp();
    expect(await startedStreams()).toHaveLength(3);
    expect(program.reports[0]).toMatchObject({ what: 'checkpoint beyond the log', details: { position: 4_711 } });
  });

  it('survives a log that cannot be read for a while', async () => {
    await creation();
    const { store } = program;
    const readLog = store.readLog.bind(store);
    let failing = 2;
    store.readLog = (range) => {
      if (!range.types?.includes('TaskAssigned')) return readLog(range);
      failing -= 1;
      return failing >= 0 ? Promise.reject(new Error('the disk is away')) : readLog(range);
    };
    const runner = runnerOf(starter());
    runner.start();
    await eventually(async () => (await program.events('TaskStarted')).length === 3);
    await runner.stop();
    expect(program.reports.map(({ what }) => what)).toContain('the log cannot be reacted to');
  });
});
