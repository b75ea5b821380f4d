import type { InteractionDetails } from '../customers/events.js';
import type { Followed } from '../merged.js';
import type { Personal } from '../personal.js';

export const taskKinds = ['follow_up', 'visit', 'return_visit', 'care', 'approval', 'corrective'] as const;
export const taskPriorities = ['low', 'normal', 'high', 'urgent'] as const;
export const taskStatuses = ['open', 'in_progress', 'overdue', 'done', 'cancelled'] as const;

export type TaskKind = (typeof taskKinds)[number];
export type TaskPriority = (typeof taskPriorities)[number];
export type TaskStatus = (typeof taskStatuses)[number];

/** How a task of each kind can end. */
export const taskOutcomes: Readonly<Record<TaskKind, readonly string[]>> = {
  follow_up: ['reached', 'not_reached', 'interested', 'not_interested', 'appointment_made', 'resolved'],
  visit: ['visited', 'not_met', 'interested', 'not_interested', 'appointment_made'],
  return_visit: ['satisfied', 'dissatisfied', 'suggestion_made', 'not_reached'],
  care: ['given', 'declined', 'not_reached'],
  approval: ['approved', 'rejected'],
  corrective: ['corrected', 'not_corrected', 'not_needed'],
};

/** Kinds that mean talking to a customer: they end with an outcome, and with an interaction in the customer's history. */
export const contactKinds: readonly TaskKind[] = ['follow_up', 'visit', 'return_visit'];

/** What a task is about. `text` says what no reference can. */
export interface TaskSubject {
  readonly customerId: string | null;
  readonly opportunityId: string | null;
  readonly text: string | null;
}

/** The contact with the customer that a task ended with. */
export interface TaskInteraction extends InteractionDetails {
  readonly interactionId: string;
  /** When it took place; null when that was the completion. */
  readonly occurredAt: string | null;
}

/**
 * Everything that can happen to a task. Stored for ever: add, never rename or remove. Each event names the customer the
 * task is about, so that what reads a customer's history needs no look-up.
 */
export type TaskEvents = {
  /** Somebody, or a rule, wants something done by a time. A task without assignee waits for one. */
  TaskCreated: {
    taskId: string;
    customerId: string | null;
    kind: TaskKind;
    title: string;
    subject: TaskSubject;
    priority: TaskPriority;
    assigneeId: string | null;
    dueAt: string;
    /** When the assignee is to be reminded, ascending, all before `dueAt`. */
    reminders: readonly string[];
  };
  /** Somebody else is to do it; `from` is null when nobody was. */
  TaskAssigned: {
    taskId: string;
    customerId: string | null;
    from: string | null;
    to: string;
    /** The transfer that moved it. */
    transferId?: string;
  };
  /** Work on it began. */
  TaskStarted: { taskId: string; customerId: string | null; assigneeId: string | null };
  /** It is due at another time; it is not overdue before that has passed. */
  TaskRescheduled: {
    taskId: string;
    customerId: string | null;
    from: string;
    to: string;
    /** How often it has been rescheduled, this time included. */
    count: number;
    /** The reminders still to come, which moved with the due time. */
    reminders: readonly string[];
    reason: string;
  };
  /** A time at which the assignee wanted to be reminded has come. */
  TaskReminderDue: {
    taskId: string;
    customerId: string | null;
    assigneeId: string | null;
    remindAt: string;
    dueAt: string;
  };
  /** The due time passed before the task was closed. Happens once per due time, at that time. */
  TaskBecameOverdue: { taskId: string; customerId: string | null; assigneeId: string | null; dueAt: string };
  /** It is done. A process writes the interaction into the customer's history. */
  TaskCompleted: {
    taskId: string;
    customerId: string | null;
    kind: TaskKind;
    assigneeId: string | null;
    /** One of `taskOutcomes` of its kind; null for kinds that need none. */
    outcome: string | null;
    note: string | null;
    interaction: TaskInteraction | null;
  };
  /** It is about another customer, since two were merged, or such a merge was taken back. */
  TaskCustomerChanged: {
    taskId: string;
    customerId: string;
    from: string;
    mergeId: string;
    /** The merges by which it is about this customer. */
    followed: readonly Followed[];
  };
  /** It will not be done. */
  TaskCancelled: { taskId: string; customerId: string | null; assigneeId: string | null; reason: string };
};

/** Personal values, and whose they are: what is written about a customer. */
export const personal = {
  TaskCreated: [{ of: 'customerId', paths: ['title', 'subject.text'] }],
  TaskRescheduled: [{ of: 'customerId', paths: ['reason'] }],
  TaskCompleted: [
    {
      of: 'customerId',
      paths: ['note', 'interaction.summary', 'interaction.location', 'interaction.nextStep'],
    },
  ],
  TaskCancelled: [{ of: 'customerId', paths: ['reason'] }],
} as const satisfies Personal<TaskEvents>;
