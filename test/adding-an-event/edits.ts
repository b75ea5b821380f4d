/** An edit that a step of README.md asks for. */
export interface Edit {
  /** Its step in the list, from 1. */
  readonly step: number;
  /** What it is, as README.md writes it. */
  readonly named: string;
  readonly file: string;
  /** Text that is there once; nothing for what is added at the end of a file, or makes one. */
  readonly at?: string;
  /** What stands there instead. */
  readonly put: string;
}

const PERSONAL = "  TaskCancelled: [{ of: 'customerId', paths: ['reason'] }],\n";
const ENTRY =
  '  TaskCancelled: { taskId: string; customerId: string | null; assigneeId: string | null; reason: string };\n';
const HANDLED = '    handle(AssignTask, task, rules.assignTask, assignment),\n';
const EVOLVED = "    TaskCancelled: (state) => closed(state, 'cancelled'),\n";
const RULE = 'export function startTask(';
const IMPORTED = '  RescheduleTask,\n';
const DEFINED = 'export class StartTask ';
const FOLDED = '    TaskAssigned: (task, { data, revision }) => ({ ...task, assigneeId: data.to, revision }),\n';
const USED = "  await done(api.POST('/tasks/{taskId}/cancel'";
const TOLD = "      ['TaskCreated', 'TaskCancelled', ['TaskCustomerChanged', { customerId: otherCustomerId }]],\n";

/** A task is given back by its assignee: an event, with a command of its own. */
export const edits = {
  entry: {
    step: 1,
    named: '`libs/<context>/events.ts`',
    file: 'libs/tasks/events.ts',
    at: ENTRY,
    put: `${ENTRY}  /** Its assignee gave it back; it waits for another one. */
  TaskReleased: { taskId: string; customerId: string | null; from: string; reason: string };\n`,
  },
  personal: {
    step: 1,
    named: '`personal`',
    file: 'libs/tasks/events.ts',
    at: PERSONAL,
    put: `${PERSONAL}  TaskReleased: [{ of: 'customerId', paths: ['reason'] }],\n`,
  },
  evolve: {
    step: 2,
    named: '`evolve`',
    file: 'libs/tasks/task.decider.ts',
    at: EVOLVED,
    put: `${EVOLVED}    TaskReleased: (state) => changed(state, { assigneeId: null }),\n`,
  },
  rule: {
    step: 3,
    named: 'The rule',
    file: 'libs/tasks/task.decider.ts',
    at: RULE,
    put: `/** A task without assignee stays as it is. */
export function releaseTask(state: Task, { taskId, reason }: ReleaseTask): Event[] {
  const { customerId, assigneeId: from } = open(state, taskId);
  if (from === null) return [];
  return [{ type: 'TaskReleased', data: { taskId, customerId, from, reason } }];
}

${RULE}`,
  },
  ruleImports: {
    step: 3,
    named: 'The rule',
    file: 'libs/tasks/task.decider.ts',
    at: IMPORTED,
    put: `  ReleaseTask,\n${IMPORTED}`,
  },
  command: {
    step: 3,
    named: '`commands.ts`',
    file: 'libs/tasks/commands.ts',
    at: DEFINED,
    put: `export class ReleaseTask extends command({
  says: 'Gives the task back. It waits for another assignee.',
  post: 'tasks/:taskId/release',
  requires: 'tasks.work',
  about: 'taskId',
  fields: { reason: text(1_000) },
}) {}

${DEFINED}`,
  },
  moduleImports: {
    step: 3,
    named: 'module',
    file: 'libs/tasks/tasks.module.ts',
    at: IMPORTED,
    put: `  ReleaseTask,\n${IMPORTED}`,
  },
  handled: {
    step: 3,
    named: '`handle(…)`',
    file: 'libs/tasks/tasks.module.ts',
    at: HANDLED,
    put: `${HANDLED}    handle(ReleaseTask, task, rules.releaseTask),\n`,
  },
  client: {
    step: 3,
    named: '`test/client/`',
    file: 'test/client/every-command.ts',
    at: USED,
    put: `  await done(api.POST('/tasks/{taskId}/release', { params: { path: { taskId: other } }, body: { reason } }));
${USED}`,
  },
  handler: {
    step: 4,
    named: 'one handler each',
    file: 'projections/task-list.ts',
    at: FOLDED,
    put: `${FOLDED}    TaskReleased: (task, { data: { reason }, revision }) => ({ ...task, assigneeId: null, reason, revision }),\n`,
  },
  version: {
    step: 4,
    named: '`version`',
    file: 'projections/task-list.ts',
    at: '  version: 2,\n',
    put: '  version: 3,\n',
  },
  spec: {
    step: 5,
    named: 'One spec',
    file: 'test/tasks/release-task.spec.ts',
    put: `import { describe, it } from '@jest/globals';
import { ReleaseTask } from '../../libs/tasks/commands.js';
import { releaseTask, task } from '../../libs/tasks/task.decider.js';
import { taskList } from '../../projections/task-list.js';
import { given } from '../support/given.js';
import { assigneeId, cancelled, created, customerId, taskId } from './samples.js';
import type { TaskEvent } from './samples.js';

const reason = 'on leave from tomorrow on';
const releasing = (...before: TaskEvent[]) =>
  given(task, ...before).when((state) => releaseTask(state, new ReleaseTask(taskId, { reason })));

describe('giving a task back', () => {
  it('leaves it without assignee, and says why', () => {
    releasing(created())
      .thenRecords({ type: 'TaskReleased', data: { taskId, customerId, from: assigneeId, reason } })
      .thenReads(taskList, taskId, { assigneeId: null, reason, revision: 1 });
  });

  it('changes nothing while there is no assignee', () => {
    releasing(created({ assigneeId: null })).thenRecords();
  });
  it('refuses a closed task', () => releasing(created(), cancelled).thenRefuses('task-closed'));
});
`,
  },
  golden: {
    step: 5,
    named: '`test/golden/events.jsonl`',
    file: 'test/golden/events.jsonl',
    put: `${JSON.stringify({
      type: 'TaskReleased',
      schemaVersion: 1,
      occurredAt: '2026-01-08T08:00:00.000Z',
      data: {
        taskId: '01a20105-91e3-75d2-9157-0246b5cc9f50',
        customerId: '01a20105-8f0a-7274-9ac4-7d6833b11e94',
        from: '01a20105-8efc-75ea-8759-28f493adc473',
        reason: 'on leave from tomorrow on',
      },
    })}\n`,
  },
  history: {
    step: 5,
    named: '`test/golden/histories.ts`',
    file: 'test/golden/histories.ts',
    at: TOLD,
    put: TOLD.replace("'TaskCancelled'", "'TaskReleased', 'TaskCancelled'"),
  },
} satisfies Readonly<Record<string, Edit>>;
