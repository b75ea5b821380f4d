import type { EventOf } from '../../libs/event-store/event-store.js';
import type { TaskEvents, TaskInteraction, TaskKind } from '../../libs/tasks/events.js';
import { past } from '../support/given.js';

export const taskId = '0190f5a0-0000-7000-8000-000000000001';
export const customerId = '0190f5a0-0000-7000-8000-000000000002';
export const assigneeId = '0190f5a0-0000-7000-8000-000000000003';
export const colleagueId = '0190f5a0-0000-7000-8000-000000000004';
export const contactId = '0190f5a0-0000-7000-8000-000000000005';
export const opportunityId = '0190f5a0-0000-7000-8000-000000000007';

/** Between what is given and what is due. */
export const now = '2026-01-02T09:00:00.000Z';
export const dueAt = '2026-01-05T09:00:00.000Z';
export const afterDue = '2026-01-06T09:00:00.000Z';

export type TaskEvent = EventOf<TaskEvents>;
export type Created = TaskEvents['TaskCreated'];

export const createdData = (change: Partial<Created> = {}): Created => ({
  taskId,
  customerId,
  kind: 'care',
  title: 'Send the season’s greetings',
  subject: { customerId, opportunityId: null, text: null },
  priority: 'normal',
  assigneeId,
  dueAt,
  reminders: [],
  ...change,
});

export const created = (change: Partial<Created> = {}): TaskEvent => ({
  type: 'TaskCreated',
  data: createdData(change),
});

export const started: TaskEvent = { type: 'TaskStarted', data: { taskId, customerId, assigneeId } };
export const overdue: TaskEvent = {
  type: 'TaskBecameOverdue',
  data: { taskId, customerId, assigneeId, dueAt },
  occurredAt: dueAt,
};
export const cancelled: TaskEvent = {
  type: 'TaskCancelled',
  data: { taskId, customerId, assigneeId, reason: 'no need' },
};

export const completed = (kind: TaskKind = 'care', interaction: TaskInteraction | null = null): TaskEvent => ({
  type: 'TaskCompleted',
  data: { taskId, customerId, kind, assigneeId, outcome: null, note: null, interaction },
});

export const rescheduled = (to: string, change: Partial<TaskEvents['TaskRescheduled']> = {}): TaskEvent => ({
  type: 'TaskRescheduled',
  data: { taskId, customerId, from: dueAt, to, count: 1, reminders: [], reason: 'on leave', ...change },
});

export const aCall: TaskInteraction = {
  interactionId: '0190f5a0-0000-7000-8000-000000000006',
  channel: 'call',
  direction: 'outbound',
  summary: 'Asked for an offer',
  contactIds: [],
  durationMinutes: 10,
  location: null,
  nextStep: null,
  occurredAt: null,
};

export { past };
