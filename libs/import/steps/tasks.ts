import { AssignTask, CancelTask, CompleteTask, CreateTask, RescheduleTask, StartTask } from '../../tasks/commands.js';
import type { TaskResult } from '../../tasks/commands.js';
import { interactionIdOf } from '../../tasks/facts.js';
import { step } from './step.js';
import type { Target } from './step.js';

const noSubject = { customerId: null, opportunityId: null, text: null };

export const taskTargets: Readonly<Record<string, Target>> = {
  task: step(CreateTask, {
    says: 'Something to be done by a time that is not before the business time; follow-ups and visits are about a customer.',
    identity: ({ taskId, task: { subject, ...task } }: CreateTask) => ({
      taskId,
      task: { ...task, subject: { ...noSubject, ...subject } },
    }),
  }),
  taskStarted: step(StartTask, { says: 'Work on it began.' }),
  taskAssignee: step(AssignTask, { says: 'Somebody else is to do it.', fields: { fromOwnerId: null } }),
  taskRescheduled: step(RescheduleTask, { says: 'It is due at another time.' }),
  taskDone: step(CompleteTask, {
    says: 'It was done. Follow-ups and visits end with an outcome, and with what was talked about: channel, direction, summary.',
    fields: { occurredAt: null },
    identity: ({ taskId, result: { interaction, ...result } }: CompleteTask) => ({
      taskId,
      result: { ...result, interaction: interaction ? talkedAbout(taskId, interaction) : null },
    }),
  }),
  taskCancelled: step(CancelTask, { says: 'It will not be done.' }),
};

function talkedAbout(taskId: string, interaction: NonNullable<TaskResult['interaction']>) {
  const { channel, direction, summary, contactIds, ...rest } = interaction;
  return { interactionId: interactionIdOf(taskId), channel, direction, summary, contactIds: contactIds ?? [], ...rest };
}
