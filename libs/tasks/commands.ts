import { command } from '../commands/command.js';
import { flag, id, list, oneOf, orNull, part, text, time, whole } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { directions, interactionChannels } from '../customers/events.js';
import { taskKinds, taskPriorities } from './events.js';

const subject = part({
  customerId: id('customer').nullish(),
  opportunityId: id('opportunity').nullish(),
  text: text(10_000).nullish(),
}).meta({ id: 'TaskSubjectBody' });

const task = {
  kind: oneOf(taskKinds),
  title: text(255),
  dueAt: time(),
  subject: subject.optional(),
  priority: oneOf(taskPriorities).optional(),
  assigneeId: id('employee').nullish().describe('Employee who is to do it; without one it waits for an assignee.'),
  reminders: list(time(), { most: 20 })
    .optional()
    .describe('When the assignee is to be reminded, before the task is due.'),
};

export type NewTask = ValuesOf<typeof task>;

export class CreateTask extends command({
  says: 'Has something done by a time.',
  post: 'tasks',
  requires: 'tasks.create',
  about: 'taskId',
  creates: { taskId: 'task' },
  in: 'task',
  fields: task,
}) {}

export class AssignTask extends command({
  says: 'Gives the task to an employee.',
  post: 'tasks/:taskId/assignee',
  requires: 'tasks.assign',
  about: 'taskId',
  fields: {
    assigneeId: id('employee'),
    fromOwnerId: id('employee').optional().describe('Who has it: refused where another one has it by now.'),
  },
}) {}

/** Sent by a transfer that was agreed to. */
export class TransferTask extends command({
  about: 'taskId',
  says: 'Gives the task to the one that a transfer names.',
  fields: { transferId: id('transfer'), fromOwnerId: orNull(id('employee')), toOwnerId: id('employee') },
}) {}

export class StartTask extends command({
  says: 'Begins to work on the task.',
  post: 'tasks/:taskId/start',
  requires: 'tasks.work',
  about: 'taskId',
  fields: {},
}) {}

export class RescheduleTask extends command({
  says: 'Has the task done by another time. Its reminders move with it.',
  post: 'tasks/:taskId/schedule',
  requires: 'tasks.work',
  about: 'taskId',
  fields: {
    dueAt: time(),
    reason: text(1_000).describe('Shown beside the task: why it is due at another time.'),
  },
}) {}

const interaction = part({
  channel: oneOf(interactionChannels),
  direction: oneOf(directions),
  summary: text(10_000),
  contactIds: list(id('contact'), { most: 50, unique: true }).nullish(),
  durationMinutes: orNull(whole(0, 10_080)),
  location: orNull(text(255)),
  nextStep: orNull(text(1_000)),
  occurredAt: orNull(time()).describe('When it took place, when that is not now.'),
}).meta({ id: 'TaskInteractionBody' });

const result = {
  outcome: text(100).nullish().describe('How it ended; each kind of task has a list of outcomes.'),
  note: text(10_000).nullish(),
  interaction: interaction.nullish(),
};

export type TaskResult = ValuesOf<typeof result>;

export class CompleteTask extends command({
  says: "Says that the task is done, and how it ended. The interaction goes into the customer's history.",
  post: 'tasks/:taskId/complete',
  requires: 'tasks.work',
  about: 'taskId',
  in: 'result',
  fields: result,
}) {}

export class CancelTask extends command({
  says: 'Says that the task will not be done.',
  post: 'tasks/:taskId/cancel',
  requires: 'tasks.work',
  about: 'taskId',
  fields: { reason: text(1_000) },
}) {}

export class MarkTaskOverdue extends command({
  says: 'Records that a due time passed; sent by the clock. A task that is due at another time by now is left alone.',
  about: 'taskId',
  fields: { dueAt: time() },
}) {}

export class RemindOfTask extends command({
  says: 'Records that the time of a reminder has come; sent by the clock.',
  about: 'taskId',
  fields: { remindAt: time() },
}) {}

/** Sent when customers were merged, or a merge was taken back. */
export class MoveTaskByMerge extends command({
  says: 'Has a task follow a merge of customers, or go back when that is taken back.',
  about: 'taskId',
  fields: { mergeId: id(), loserId: id('customer'), back: flag() },
}) {}
