import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deadlines } from '../../apps/program/contexts.js';
import { ClockProcess } from '../../libs/processes/clock.js';
import { CompleteTask, CreateTask, RescheduleTask } from '../../libs/tasks/commands.js';
import { TasksModule } from '../../libs/tasks/tasks.module.js';
import { taskList } from '../../projections/task-list.js';
import { eventually, Program } from './program.js';

const taskId = '0190f5a0-0000-7000-8000-000000000001';
const dueAt = '2026-01-05T09:00:00.000Z';
const before = '2026-01-05T08:59:59.999Z';
const after = '2026-01-05T09:00:07.000Z';

let program: Program;
let clock: ClockProcess;

beforeEach(async () => {
  program = await Program.open([TasksModule]);
  const { readModels, commands, report } = program;
  clock = new ClockProcess({ deadlines, readModels, commands, clock: program.clock, report, interval: 5 });
});
afterEach(async () => {
  await clock.stop();
  await program.close();
});

const create = (id = taskId, reminders: string[] = []) =>
  program.send(new CreateTask(id, { kind: 'corrective', title: 'Repair the form', dueAt, reminders }), {
    correlationId: 'the complaint',
  });

/** The read models catch up, the clock looks. @returns how many deadlines it recorded */
async function tickAt(time: string): Promise<number> {
  program.clock.time = time;
  await program.project();
  return clock.tick();
}

describe('the clock', () => {
  it('makes a task overdue once its time has passed, exactly once, and says why', async () => {
    await create();
    expect(await tickAt(before)).toBe(0);
    expect(await tickAt(after)).toBe(1);
    // The read model does not show it yet, then it does.
    expect(await clock.tick()).toBe(0);
    expect(await tickAt('2026-03-01T09:00:00.000Z')).toBe(0);
    const [task] = await program.events('TaskCreated');
    expect(await program.events('TaskBecameOverdue')).toMatchObject([
      {
        occurredAt: dueAt,
        recordedAt: after,
        data: { taskId, dueAt },
        metadata: {
          actor: { id: 'process:clock', name: 'clock' },
          source: 'process',
          rule: { name: 'clock', version: 1 },
          causationId: task!.id,
          correlationId: 'the complaint',
        },
      },
    ]);
    expect(await program.readModels.get(taskList, taskId)).toMatchObject({ status: 'overdue', overdueCount: 1 });
  });

  it('does not record it twice when another one did, before the read model shows it', async () => {
    await create();
    await tickAt(after);
    const { readModels, commands, report } = program;
    const restarted = new ClockProcess({ deadlines, readModels, commands, clock: program.clock, report });
    await restarted.tick();
    expect(await program.events('TaskBecameOverdue')).toHaveLength(1);
    expect(restarted.status().failing).toEqual([]);
  });

  it('records each due time of a task that was given a new one', async () => {
    await create();
    await tickAt(after);
    await program.send(new RescheduleTask(taskId, { dueAt: '2026-01-09T09:00:00.000Z', reason: 'parts are missing' }));
    expect(await tickAt('2026-01-08T09:00:00.000Z')).toBe(0);
    expect(await tickAt('2026-01-10T09:00:00.000Z')).toBe(1);
    expect(await program.events('TaskBecameOverdue')).toHaveLength(2);
  });

  it('records a due time again when the task was put off and then back', async () => {
    await create();
    expect(await tickAt(dueAt)).toBe(1);
    await program.send(new RescheduleTask(taskId, { dueAt: after, reason: 'parts are missing' }));
    await program.send(new RescheduleTask(taskId, { dueAt, reason: 'parts were found' }));
    expect(await tickAt(dueAt)).toBe(1);
    expect(await program.events('TaskBecameOverdue')).toHaveLength(2);
  });

  it('leaves alone a task that was done in time, also when the read model does not know yet', async () => {
    await create();
    await program.project();
    await program.send(new CompleteTask(taskId, {}));
    program.clock.time = after;
    await clock.tick();
    expect(await program.events('TaskBecameOverdue')).toEqual([]);
    expect(await tickAt(after)).toBe(0);
  });

  it('reminds as often as was asked, then of the due time', async () => {
    const reminders = ['2026-01-03T09:00:00.000Z', '2026-01-04T09:00:00.000Z'];
    await create(taskId, reminders);
    expect(await tickAt('2026-01-03T10:00:00.000Z')).toBe(1);
    expect(await tickAt('2026-01-03T11:00:00.000Z')).toBe(0);
    expect(await tickAt('2026-01-04T10:00:00.000Z')).toBe(1);
    expect(await tickAt(after)).toBe(1);
    const passed = await program.events('TaskReminderDue', 'TaskBecameOverdue');
    expect(passed.map(({ occurredAt }) => occurredAt)).toEqual([...reminders, dueAt]);
  });

  it('works through more deadlines than it asks for at a time', async () => {
    const count = 230;
    const ids = Array.from(
      { length: count },
      (_, index) => `0190f5a0-0000-7000-8000-${String(index).padStart(12, '0')}`,
    );
    await Promise.all(ids.map((id) => create(id)));
    expect(await tickAt(after)).toBe(count);
    expect(await tickAt(after)).toBe(0);
    expect(await program.events('TaskBecameOverdue')).toHaveLength(count);
  });

  it('tries again, ever more seldom, what could not be recorded', async () => {
    await create();
    await program.project();
    const { store } = program;
    const append = store.appendAll.bind(store);
    let tries = 0;
    store.appendAll = (...given) => {
      tries += 1;
      return tries <= 2 ? Promise.reject(new Error('the disk is full')) : append(...given);
    };
    program.clock.time = after;
    await clock.tick();
    expect(clock.status()).toMatchObject({ recorded: 0, failing: [{ attempts: 1, error: 'the disk is full' }] });
    let looks = 1;
    while (clock.status().recorded === 0) {
      await clock.tick();
      looks += 1;
    }
    expect([tries, looks]).toEqual([3, 7]);
    expect(clock.status().failing).toEqual([]);
  });

  describe('asks only for what is new since its last look', () => {
    const later = '2026-01-05T09:00:08.000Z';
    const idOf = (number: number) => `0190f5a0-0000-7000-8000-${String(number).padStart(12, '0')}`;

    /** Lets nothing be recorded from now on. */
    const refuse = (): (() => void) => {
      const { store } = program;
      const append = store.appendAll.bind(store);
      store.appendAll = () => Promise.reject(new Error('the disk is full'));
      return () => (store.appendAll = append);
    };
    /** Counts the documents that the read models answer from now on. */
    const counted = (): { read: number } => {
      const { readModels } = program;
      const count = { read: 0 };
      const find = readModels.find.bind(readModels);
      readModels.find = async (...asked: Parameters<typeof find>) => {
        const found = await find(...asked);
        count.read += found.items.length;
        return found as never;
      };
      return count;
    };

    it('not for what is listed and rests after a failure', async () => {
      for (let number = 0; number < 230; number += 1) await create(idOf(number));
      await program.project();
      refuse();
      program.clock.time = after;
      const count = counted();
      await clock.tick();
      expect(count.read).toBe(230);
      await clock.tick();
      await clock.tick();
      expect(count.read).toBe(230);
      expect(clock.status().failing).toHaveLength(230);
    });

    it('and tries what failed again, unless it was settled or put off meanwhile', async () => {
      for (const number of [1, 2, 3]) await create(idOf(number));
      await program.project();
      const grant = refuse();
      program.clock.time = after;
      await clock.tick();
      grant();
      await program.send(new CompleteTask(idOf(1), {}));
      await program.send(new RescheduleTask(idOf(2), { dueAt: later, reason: 'parts are missing' }));
      await program.project();
      for (let look = 0; look < 5; look += 1) await clock.tick();
      expect(clock.status()).toMatchObject({ recorded: 1, failing: [] });
      expect(await program.events('TaskBecameOverdue')).toMatchObject([{ data: { taskId: idOf(3) } }]);
      expect(await tickAt(later)).toBe(1);
    });

    it('a time that had passed when the read model learned of it is among it', async () => {
      await create();
      await program.project();
      await create(idOf(2));
      program.clock.time = after;
      expect(await clock.tick()).toBe(1);
      await program.project();
      expect(await clock.tick()).toBe(1);
    });

    it('so is all of it when the clock was set back', async () => {
      await tickAt('2026-02-01T09:00:00.000Z');
      program.clock.time = before;
      await create();
      expect(await tickAt(after)).toBe(1);
    });

    it('so is all of it when another generation serves', async () => {
      await create();
      await program.project();
      refuse();
      program.clock.time = after;
      await clock.tick();
      const { readModels } = program;
      const generations = readModels.generations.bind(readModels);
      readModels.generations = async () => (await generations()).map((each) => ({ ...each, set: each.set + 1 }));
      const count = counted();
      await clock.tick();
      await clock.tick();
      expect(count.read).toBe(1);
    });

    it('so is, from time to time, whatever came late', async () => {
      await create();
      await program.project();
      const { readModels } = program;
      const find = readModels.find.bind(readModels);
      readModels.find = (async () => ({ items: [] })) as never;
      program.clock.time = after;
      await clock.tick();
      readModels.find = find;
      let looks = 1;
      while (looks < 100 && (await clock.tick()) === 0) looks += 1;
      expect(looks).toBe(60);
    });
  });

  it('looks by itself until it is stopped, and waits for the read model it asks', async () => {
    clock.start();
    await create();
    program.clock.time = after;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(program.reports).toEqual([]);
    await program.project();
    await eventually(async () => (await program.events('TaskBecameOverdue')).length === 1);
    expect(clock.status()).toMatchObject({ state: 'running', lookedAt: after, recorded: 1 });
    await clock.stop();
    expect(clock.status()).toMatchObject({ state: 'stopped' });
  });
});
