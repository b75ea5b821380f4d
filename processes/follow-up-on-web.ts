import type { CustomerEvents } from '../libs/customers/events.js';
import { idFrom } from '../libs/ids.js';
import { CreateTask } from '../libs/tasks/commands.js';
import type { NewTask } from '../libs/tasks/commands.js';
import { addHours } from '../libs/time.js';
import { interactionOfTask } from './interaction-of-task.js';
import { process } from '../libs/processes/process.js';
import type { Reaction } from '../libs/processes/process.js';

/** Policy: how soon a customer who came by the web site hears from us. */
export const RESPONSE_HOURS = 24;

const NAME = 'follow-up-on-web';

/**
 * A customer who consults us on the web site is called back by the one who answers for it; when that one has left or is
 * suspended the task waits for an assignee. History that is imported is not a to-do list, and what was talked about while
 * doing a task is no new question.
 */
export const followUpOnWeb = process<CustomerEvents>({
  name: NAME,
  version: 1,
  from: 'installation',
  on: {
    InteractionLogged({ id, occurredAt, data, metadata }) {
      const { customerId, ownerId, channel, direction, summary } = data;
      if (channel !== 'web' || direction !== 'inbound' || ownerId === null) return [];
      if (metadata.source === 'import' || metadata.rule?.name === interactionOfTask.name) return [];
      const task: NewTask = {
        kind: 'follow_up',
        title: 'Answer the inquiry on the web site',
        dueAt: addHours(occurredAt, RESPONSE_HOURS),
        subject: { customerId, text: summary },
      };
      return [created(idFrom(NAME, id), { ...task, assigneeId: ownerId })];
    },
  },
});

/** About the customer that stands for it where it was merged meanwhile; without the assignee where that one cannot have it. */
const created = (taskId: string, task: NewTask): Reaction => ({
  command: new CreateTask(taskId, task),
  otherwise: ({ code, details: { survivorId } }) => {
    if (code === 'customer-merged') {
      return created(taskId, { ...task, subject: { ...task.subject!, customerId: String(survivorId) } });
    }
    return task.assigneeId === undefined ? null : created(taskId, { ...task, assigneeId: undefined });
  },
});
