import { idFrom } from '../../../libs/ids.js';
import { process } from '../../../libs/processes/process.js';
import { CreateTask } from '../../../libs/tasks/commands.js';
import { addHours } from '../../../libs/time.js';
import type { ComplaintEvents } from './events.js';

/** Policy: how soon something has to be done about a complaint. */
const ANSWER_HOURS = 48;

/** Every complaint becomes a task, which waits for an assignee. */
export const taskOfComplaint = process<ComplaintEvents>({
  name: 'task-of-complaint',
  version: 1,
  from: 'installation',
  on: {
    ComplaintReceived: ({ id, occurredAt, data: { customerId, text } }) => [
      {
        command: new CreateTask(idFrom('task-of-complaint', id), {
          kind: 'corrective',
          title: 'Settle a complaint',
          dueAt: addHours(occurredAt, ANSWER_HOURS),
          subject: { customerId, text },
        }),
      },
    ],
  },
});
