import { directions, interactionChannels } from '../../customers/events.js';
import { idFrom } from '../../ids.js';
import { AssignTask, CancelTask, CompleteTask, CreateTask, RescheduleTask, StartTask } from '../../tasks/commands.js';
import { taskKinds, taskPriorities } from '../../tasks/events.js';
import type { TaskInteraction } from '../../tasks/events.js';
import { CancelTaskBody, CompleteTaskBody, CreateTaskBody, TaskAssigneeBody } from '../../tasks/tasks.dto.js';
import { TaskInteractionBody, TaskScheduleBody, TaskSubjectBody } from '../../tasks/tasks.dto.js';
import { formed } from '../form.js';
import { idIn, integer, list, moment, oneOf, ref, required, text } from './step.js';
import type { Target, Values } from './step.js';

const taskId = required(ref('task'));
const stream = (_: string, values: Values) => `task-${idIn(values, 'taskId')}`;

export const taskTargets: Readonly<Record<string, Target>> = {
  task: {
    says: 'Something to be done by a time that is not before the business time; follow-ups and visits are about a customer.',
    makes: 'task',
    fields: {
      kind: required(oneOf(taskKinds)),
      title: required(text),
      dueAt: required(moment),
      customerId: ref('customer'),
      opportunityId: ref('opportunity'),
      text,
      priority: oneOf(taskPriorities),
      assigneeId: ref('employee'),
      reminders: list(moment),
    },
    stream: (id) => `task-${id}`,
    command(id, { customerId, opportunityId, text: about, ...values }) {
      const subject = Object.assign(new TaskSubjectBody(), { customerId, opportunityId, text: about });
      const body = formed(CreateTaskBody, { ...values, subject });
      const { customerId: customer = null, opportunityId: opportunity = null, text: said = null } = subject;
      return new CreateTask(id, { ...body, subject: { customerId: customer, opportunityId: opportunity, text: said } });
    },
  },
  taskStarted: {
    says: 'Work on it began.',
    about: 'taskId',
    fields: { taskId },
    stream,
    command: (_, values) => new StartTask(idIn(values, 'taskId')),
  },
  taskAssignee: {
    says: 'Somebody else is to do it.',
    about: 'taskId',
    fields: { taskId, assigneeId: required(ref('employee')) },
    stream,
    command: (_, { taskId: id, ...values }) => new AssignTask(String(id), formed(TaskAssigneeBody, values).assigneeId),
  },
  taskRescheduled: {
    says: 'It is due at another time.',
    about: 'taskId',
    fields: { taskId, dueAt: required(moment), reason: required(text) },
    stream,
    command(_, { taskId: id, ...values }) {
      const { dueAt, reason } = formed(TaskScheduleBody, values);
      return new RescheduleTask(String(id), dueAt, reason);
    },
  },
  taskDone: {
    says: 'It was done. Follow-ups and visits end with an outcome, and with what was talked about: channel, direction, summary.',
    about: 'taskId',
    fields: {
      taskId,
      outcome: text,
      note: text,
      channel: oneOf(interactionChannels),
      direction: oneOf(directions),
      summary: text,
      contactIds: list(ref('contact')),
      durationMinutes: integer,
      location: text,
      nextStep: text,
    },
    stream,
    command(_, { taskId: id, outcome, note, ...talk }) {
      const body = formed(CompleteTaskBody, { outcome, note });
      const interaction = Object.keys(talk).length > 0 ? talkedAbout(String(id), talk) : null;
      return new CompleteTask(String(id), { outcome: body.outcome, note: body.note, interaction });
    },
  },
  taskCancelled: {
    says: 'It will not be done.',
    about: 'taskId',
    fields: { taskId, reason: required(text) },
    stream,
    command: (_, { taskId: id, ...values }) => new CancelTask(String(id), formed(CancelTaskBody, values).reason),
  },
};

/** A task is completed once, so its id makes the interaction's. */
function talkedAbout(taskId: string, values: Values): TaskInteraction {
  const { channel, direction, summary, contactIds, ...body } = formed(TaskInteractionBody, values);
  const { durationMinutes = null, location = null, nextStep = null } = body;
  const interactionId = idFrom('interaction of task', taskId);
  const rest = { durationMinutes, location, nextStep, occurredAt: null };
  return { interactionId, channel, direction, summary, contactIds: contactIds ?? [], ...rest };
}
