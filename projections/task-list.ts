import type { TaskEvents, TaskInteraction, TaskKind, TaskPriority, TaskStatus } from '../libs/tasks/events.js';
import { mergesOf } from '../libs/merged.js';
import { projection } from '../libs/read-models/projection.js';

/** A task as a to-do list and its page show it. */
export interface TaskItem {
  readonly taskId: string;
  readonly kind: TaskKind;
  readonly title: string;
  readonly text: string | null;
  readonly priority: TaskPriority;
  readonly status: TaskStatus;
  readonly dueAt: string;
  readonly reminders: readonly string[];
  readonly assigneeId: string | null;
  readonly customerId: string | null;
  readonly opportunityId: string | null;
  readonly createdAt: string;
  /** Whoever wanted it done; `rule` when automation did. */
  readonly createdBy: { readonly id: string; readonly name: string; readonly rule: string | null };
  readonly startedAt: string | null;
  /** How often it became overdue, and how often it was rescheduled. */
  readonly overdueCount: number;
  readonly rescheduledCount: number;
  readonly closedAt: string | null;
  /** Whether it was completed after it was due; null unless it was completed. */
  readonly late: boolean | null;
  readonly outcome: string | null;
  readonly note: string | null;
  readonly interaction: Pick<TaskInteraction, 'interactionId' | 'channel' | 'summary'> | null;
  /** Why it was cancelled or last rescheduled. */
  readonly reason: string | null;
  readonly revision: number;
}

/** With the merges of customers by which it is about its customer. */
export interface TaskLine extends TaskItem {
  readonly mergeIds: readonly string[];
}

export const taskItem = ({ mergeIds: _, ...item }: TaskLine): TaskItem => item;

export const taskList = projection<TaskLine, TaskEvents>({
  name: 'task-list',
  version: 2,
  id: ({ data }) => data.taskId,
  starts: {
    TaskCreated: ({ data, occurredAt, revision, metadata: { actor, rule } }) => ({
      taskId: data.taskId,
      kind: data.kind,
      title: data.title,
      text: data.subject.text,
      priority: data.priority,
      status: 'open',
      dueAt: data.dueAt,
      reminders: data.reminders,
      assigneeId: data.assigneeId,
      customerId: data.subject.customerId,
      opportunityId: data.subject.opportunityId,
      createdAt: occurredAt,
      createdBy: { id: actor.id, name: actor.name, rule: rule?.name ?? null },
      startedAt: null,
      overdueCount: 0,
      rescheduledCount: 0,
      closedAt: null,
      late: null,
      outcome: null,
      note: null,
      interaction: null,
      reason: null,
      mergeIds: [],
      revision,
    }),
  },
  on: {
    TaskAssigned: (task, { data, revision }) => ({ ...task, assigneeId: data.to, revision }),
    TaskStarted: (task, { occurredAt, revision }) => ({
      ...task,
      status: task.status === 'overdue' ? 'overdue' : 'in_progress',
      startedAt: occurredAt,
      revision,
    }),
    TaskRescheduled: (task, { data: { to, count, reminders, reason }, revision }) => ({
      ...task,
      status: task.startedAt === null ? 'open' : 'in_progress',
      dueAt: to,
      rescheduledCount: count,
      reminders,
      reason,
      revision,
    }),
    TaskReminderDue: (task, { data, revision }) => ({
      ...task,
      reminders: task.reminders.filter((reminder) => reminder > data.remindAt),
      revision,
    }),
    TaskBecameOverdue: (task, { revision }) => ({
      ...task,
      status: 'overdue',
      overdueCount: task.overdueCount + 1,
      revision,
    }),
    TaskCompleted: (task, { data: { outcome, note, interaction }, occurredAt, revision }) => ({
      ...task,
      status: 'done',
      closedAt: occurredAt,
      late: occurredAt > task.dueAt,
      outcome,
      note,
      revision,
      interaction: interaction && {
        interactionId: interaction.interactionId,
        channel: interaction.channel,
        summary: interaction.summary,
      },
    }),
    TaskCustomerChanged: (task, { data: { customerId, followed }, revision }) => ({
      ...task,
      customerId,
      mergeIds: mergesOf(followed),
      revision,
    }),
    TaskCancelled: (task, { data: { reason }, occurredAt, revision }) => ({
      ...task,
      status: 'cancelled',
      closedAt: occurredAt,
      reason,
      revision,
    }),
  },
  indexes: [['dueAt']],
  filters: ['assigneeId', 'customerId', 'status', 'kind'],
  lists: ['mergeIds'],
  stream: (taskId) => `task-${taskId}`,
});
