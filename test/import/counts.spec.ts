import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { Mapping, Step } from '../../libs/import/mapping.js';
import { closePrograms, exported, forgetExports, program } from './program.js';
import { base, company, customers, files, withSteps } from './samples.js';

afterEach(closePrograms);
afterAll(forgetExports);

const tasks: Step = {
  file: 'tasks',
  target: 'task',
  key: ['{id}'],
  at: '{made}',
  fields: {
    kind: 'follow_up',
    title: 'Task {id}',
    dueAt: '{due}',
    customerId: { ref: 'customer', key: ['{customer}'] },
    assigneeId: { ref: 'employee', key: ['Ada'] },
  },
};
const done: Step = {
  file: 'tasks',
  target: 'taskDone',
  when: { column: 'done', present: true },
  at: '{done}',
  fields: {
    taskId: { ref: 'task', key: ['{id}'] },
    outcome: 'reached',
    channel: 'call',
    direction: 'outbound',
    summary: 'Talked.',
  },
};
const owners: Step = {
  file: 'accounts',
  target: 'customerOwner',
  at: '2024-02-01',
  fields: { customerId: { ref: 'customer', key: ['{id}'] }, ownerId: { ref: 'employee', key: ['Cleo'] } },
};
const mapping: Mapping = {
  ...withSteps(...company, customers, tasks, done, owners),
  files: { ...base.files, tasks: { path: 'tasks.csv' } },
};
// t1 was done in time, t2 never, t3 is not due yet.
const rows = ['t1,1,2024-03-01,2024-03-05,2024-03-04', 't2,2,2024-03-01,2024-03-06,', 't3,3,2024-03-01,2027-01-01,'];
const folder = () => exported({ ...files, 'tasks.csv': `id,customer,made,due,done\n${rows.join('\n')}\n` });

describe('what an import led to', () => {
  it('is counted with what processes and passed times added, the same in a dry run', async () => {
    const real = await program();
    const report = await real.import(mapping, folder());
    expect(report.rejections).toEqual([]);
    const log = await real.log();
    expect(report.events).toBe(log.length);
    const types = log.filter(({ metadata }) => metadata.source === 'process').map(({ type }) => type);
    expect(types.toSorted()).toEqual(['InteractionLogged', 'TaskBecameOverdue']);
    const trial = await program({ dryRun: 'on nothing' });
    expect(await trial.import(mapping, folder())).toMatchObject({ events: report.events, rows: report.rows });
    expect(await real.import(mapping, folder())).toMatchObject({ events: 0 });
  });

  it('names the file and the row it comes from, event by event', async () => {
    const opened = await program();
    await opened.import(mapping, folder(), { importId: 'import-1' });
    const log = (await opened.log()).filter(({ metadata }) => metadata.importId === 'import-1');
    expect(log.filter(({ metadata }) => metadata.importRow === undefined)).toEqual([]);
    const rowOf = (type: string) => log.find((event) => event.type === type)?.metadata.importRow;
    expect(rowOf('OrgUnitCreated')).toEqual({ step: 'orgUnit', file: null, row: 0 });
    expect(rowOf('TaskCompleted')).toEqual({ step: 'taskDone', file: 'tasks.csv', row: 1 });
    // What a process adds names the row that made it act.
    expect(rowOf('InteractionLogged')).toEqual({ step: 'taskDone', file: 'tasks.csv', row: 1 });
    // What is recorded because its time has passed names the row that set the time.
    expect(rowOf('TaskBecameOverdue')).toEqual({ step: 'task', file: 'tasks.csv', row: 2 });
    expect(rowOf('CustomerRegistered')).toMatchObject({ step: 'customer', file: 'accounts.csv' });
  });
});
