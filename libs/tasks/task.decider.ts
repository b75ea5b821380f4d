import type { CustomerStatus } from '../customers/events.js';
import { checkOwner } from '../owner-changed.js';
import { Missing, Refusal } from '../errors.js';
import { mergedInto, moveByMerge } from '../merged.js';
import type { Following, MergePath } from '../merged.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import { addMilliseconds, CLOCK_SKEW, millisecondsBetween } from '../time.js';
import type {
  AssignTask,
  CancelTask,
  CompleteTask,
  CreateTask,
  MarkTaskOverdue,
  MoveTaskByMerge,
  RemindOfTask,
  RescheduleTask,
  StartTask,
  TransferTask,
  TaskResult,
} from './commands.js';
import { contactKinds, taskOutcomes } from './events.js';
import type { TaskEvents, TaskInteraction, TaskKind } from './events.js';

type Event = EventOf<TaskEvents>;

/** A task that can still change. */
export interface OpenTask extends Following {
  readonly status: 'open' | 'in_progress';
  readonly kind: TaskKind;
  readonly assigneeId: string | null;
  readonly dueAt: string;
  /** Those still to come, ascending. */
  readonly reminders: readonly string[];
  readonly overdue: boolean;
  readonly rescheduled: number;
}

export interface ClosedTask extends Following {
  readonly status: 'done' | 'cancelled';
}

export type Task = { readonly status: 'unknown' } | ClosedTask | OpenTask;

export const task = decider<Task, TaskEvents>({
  category: 'task',
  initial: { status: 'unknown' },
  evolve: {
    TaskCreated: (_, { kind, customerId, assigneeId, dueAt, reminders }) => {
      const about = { customerId, followed: [] };
      return { status: 'open', ...about, kind, assigneeId, dueAt, reminders, overdue: false, rescheduled: 0 };
    },
    TaskAssigned: (state, { to }) => changed(state, { assigneeId: to }),
    TaskStarted: (state) => changed(state, { status: 'in_progress' }),
    TaskRescheduled: (state, { to, count, reminders }) =>
      changed(state, { dueAt: to, rescheduled: count, reminders, overdue: false }),
    TaskReminderDue: (state, { remindAt }) =>
      isOpen(state) ? { ...state, reminders: state.reminders.filter((each) => each > remindAt) } : state,
    TaskBecameOverdue: (state) => changed(state, { overdue: true }),
    TaskCompleted: (state) => closed(state, 'done'),
    TaskCancelled: (state) => closed(state, 'cancelled'),
    TaskCustomerChanged: (state, { customerId, followed }) =>
      state.status === 'unknown' ? state : { ...state, customerId, followed },
  },
});

function closed(state: Task, status: ClosedTask['status']): Task {
  return state.status === 'unknown' ? state : { status, customerId: state.customerId, followed: state.followed };
}

/** The task is about the survivor of a merge, also one that is closed, or about the customer of before again. */
export function moveTaskByMerge(
  state: Task,
  command: MoveTaskByMerge,
  _now: string,
  { path }: { readonly path: MergePath },
): Event[] {
  const { taskId, mergeId } = command;
  const moved = state.status === 'unknown' ? undefined : moveByMerge(state, command, path);
  return moved ? [{ type: 'TaskCustomerChanged', data: { taskId, mergeId, ...moved } }] : [];
}

/** What is known of the employee who is to do a task; undefined when there is no such employee. */
export type Assignee = { readonly name: string; readonly status: string } | undefined;

export interface CreationFacts {
  readonly assignee: Assignee;
  /** Nothing where there is no such customer. */
  readonly customer: { readonly status: CustomerStatus; readonly survivorId: string | null } | undefined;
  /** Whose opportunity it is; undefined when there is no such opportunity. */
  readonly opportunity: { readonly customerId: string | null } | undefined;
}

/**
 * A task about an opportunity is about its customer, too.
 * @param facts about the assignee, the customer and the opportunity, of those that the command names
 */
export function createTask(
  state: Task,
  { taskId, task: wanted }: CreateTask,
  now: string,
  facts: CreationFacts,
): Event[] {
  const { kind, dueAt } = wanted;
  const { opportunityId = null, text = null, ...about } = wanted.subject ?? {};
  const customerId = about.customerId ?? facts.opportunity?.customerId ?? null;
  const assigneeId = wanted.assigneeId ?? null;
  const priority = wanted.priority ?? 'normal';
  const title = wanted.title.trim();
  const reminders = [...new Set(wanted.reminders)].sort();
  if (state.status !== 'unknown') throw new Refusal('task-exists', 'A task of this id was created before.', {}, 409);
  if (title === '') throw new Refusal('title-empty', 'A task needs a title.', { field: 'title' });
  if (dueAt < now)
    throw new Refusal('due-in-past', 'A task cannot be due before it is created.', { field: 'dueAt', now });
  if (reminders.some((reminder) => reminder >= dueAt)) {
    throw new Refusal('reminder-after-due', 'A reminder comes before the task is due.', { field: 'reminders', dueAt });
  }
  if (reminders.some((reminder) => reminder < now)) {
    throw new Refusal('reminder-in-past', 'A reminder cannot come before the task is created.', {
      field: 'reminders',
      now,
    });
  }
  if (opportunityId !== null && !facts.opportunity) throw new Missing('opportunity', opportunityId);
  if (facts.opportunity && facts.opportunity.customerId !== customerId) {
    throw new Refusal('opportunity-customer-mismatch', 'The opportunity is one of another customer.', {
      field: 'subject.opportunityId',
    });
  }
  if (customerId === null && contactKinds.includes(kind)) {
    throw new Refusal('task-without-customer', `A ${kind} is about a customer.`, { field: 'subject.customerId' });
  }
  if (about.customerId) checkCustomer(about.customerId, facts.customer);
  if (assigneeId !== null) checkAssignee(assigneeId, facts.assignee);
  const subject = { customerId, opportunityId, text };
  return [
    {
      type: 'TaskCreated',
      data: { taskId, customerId, kind, title, subject, priority, assigneeId, dueAt, reminders },
    },
  ];
}

/** @throws Missing `customer-unknown` · Refusal `customer-archived` · `customer-merged` */
function checkCustomer(customerId: string, customer: CreationFacts['customer']): void {
  if (!customer) throw new Missing('customer', customerId);
  const { survivorId } = customer;
  if (survivorId !== null) throw mergedInto(survivorId, { field: 'subject.customerId' });
  if (customer.status !== 'archived') return;
  throw new Refusal('customer-archived', 'The customer was registered by mistake and put away.', {
    field: 'subject.customerId',
  });
}

export function assignTask(
  state: Task,
  { taskId, assigneeId: to, fromOwnerId }: AssignTask,
  _now: string,
  { assignee }: { readonly assignee: Assignee },
): Event[] {
  const { customerId, assigneeId: from } = open(state, taskId);
  if (from === to) return [];
  checkOwner(fromOwnerId, from);
  checkAssignee(to, assignee);
  return [{ type: 'TaskAssigned', data: { taskId, customerId, from, to } }];
}

/** @throws Refusal `owner-changed` */
export function transferTask(
  state: Task,
  { taskId, transferId, fromOwnerId: from, toOwnerId: to }: TransferTask,
  _now: string,
  { assignee }: { readonly assignee: Assignee },
): Event[] {
  const { customerId, assigneeId } = open(state, taskId);
  checkAssignee(to, assignee);
  checkOwner(from, assigneeId);
  return [{ type: 'TaskAssigned', data: { taskId, customerId, from, to, transferId } }];
}

export function startTask(state: Task, { taskId }: StartTask): Event[] {
  const { status, customerId, assigneeId } = open(state, taskId);
  if (status === 'in_progress') throw new Refusal('task-started', 'Work on the task has begun already.');
  return [{ type: 'TaskStarted', data: { taskId, customerId, assigneeId } }];
}

/** Reminders keep their distance from the due time; those that would lie in the past are dropped. */
export function rescheduleTask(state: Task, { taskId, dueAt: to, reason }: RescheduleTask, now: string): Event[] {
  const { customerId, dueAt: from, rescheduled, reminders } = open(state, taskId);
  if (to === from) return [];
  if (to < now) throw new Refusal('due-in-past', 'A task cannot be made due in the past.', { field: 'dueAt', now });
  const shift = millisecondsBetween(from, to);
  const moved = reminders.map((reminder) => addMilliseconds(reminder, shift)).filter((reminder) => reminder >= now);
  const data = { taskId, customerId, from, to, count: rescheduled + 1, reminders: moved, reason };
  return [{ type: 'TaskRescheduled', data }];
}

/** The customer whose history the interaction of a task goes into; nothing is known of it where there is none. */
export interface CompletionFacts {
  readonly contactIds: readonly string[];
  readonly registeredAt: string | null;
  /** Of the interaction, if there is one. */
  readonly interactionId: string;
}

export function completeTask(
  state: Task,
  { taskId, result }: CompleteTask,
  now: string,
  { contactIds, registeredAt, interactionId }: CompletionFacts,
): Event[] {
  const { kind, customerId, assigneeId } = open(state, taskId);
  const { outcome = null, note = null } = result;
  const interaction = result.interaction ? interactionOf(result.interaction, interactionId) : null;
  const missing = contactKinds.includes(kind) ? missingFrom({ outcome, interaction }) : [];
  if (missing.length > 0) {
    throw new Refusal('task-result-required', `A ${kind} ends with an outcome and an interaction.`, { kind, missing });
  }
  if (outcome !== null && !taskOutcomes[kind].includes(outcome)) {
    throw new Refusal('outcome-unknown', `A ${kind} does not end so.`, {
      field: 'outcome',
      allowed: taskOutcomes[kind],
    });
  }
  if (interaction && customerId === null) {
    throw new Refusal('task-without-customer', 'Only a task about a customer ends with an interaction.', {
      field: 'interaction',
    });
  }
  if (interaction?.occurredAt && interaction.occurredAt > addMilliseconds(now, CLOCK_SKEW)) {
    throw new Refusal('in-the-future', 'It cannot have happened yet.', { field: 'interaction.occurredAt' });
  }
  if (interaction && registeredAt !== null && (interaction.occurredAt ?? now) < registeredAt) {
    throw new Refusal('before-registration', 'It is older than the registration of the customer.', {
      field: 'interaction.occurredAt',
      registeredAt,
    });
  }
  const unknown = interaction?.contactIds.filter((contactId) => !contactIds.includes(contactId)) ?? [];
  if (unknown.length > 0) {
    throw new Refusal('contact-customer-mismatch', 'Only contacts of this customer can take part.', {
      field: 'interaction.contactIds',
      unknown,
    });
  }
  return [{ type: 'TaskCompleted', data: { taskId, customerId, kind, assigneeId, outcome, note, interaction } }];
}

export function cancelTask(state: Task, { taskId, reason }: CancelTask): Event[] {
  const { customerId, assigneeId } = open(state, taskId);
  return [{ type: 'TaskCancelled', data: { taskId, customerId, assigneeId, reason } }];
}

/** The clock may be late and the task closed, rescheduled or marked by then: then there is nothing to record. */
export function markTaskOverdue(state: Task, { taskId, dueAt }: MarkTaskOverdue, now: string): Event[] {
  if (state.status === 'unknown') throw new Missing('task', taskId);
  if (!isOpen(state) || state.overdue || state.dueAt !== dueAt) return [];
  if (now < dueAt) throw new Refusal('task-not-due', 'The task is not due yet.', { dueAt });
  const { customerId, assigneeId } = state;
  return [{ type: 'TaskBecameOverdue', data: { taskId, customerId, assigneeId, dueAt }, ...at(dueAt, now) }];
}

export function remindOfTask(state: Task, { taskId, remindAt }: RemindOfTask, now: string): Event[] {
  if (state.status === 'unknown') throw new Missing('task', taskId);
  if (!isOpen(state) || !state.reminders.includes(remindAt)) return [];
  if (now < remindAt) throw new Refusal('task-not-due', 'The reminder is not due yet.', { dueAt: remindAt });
  const { customerId, assigneeId, dueAt } = state;
  return [{ type: 'TaskReminderDue', data: { taskId, customerId, assigneeId, remindAt, dueAt }, ...at(remindAt, now) }];
}

/** @throws Missing · Refusal `task-closed` */
function open(state: Task, taskId: string): OpenTask {
  if (isOpen(state)) return state;
  if (state.status === 'unknown') throw new Missing('task', taskId);
  throw new Refusal('task-closed', `The task is ${state.status}.`, { state: state.status });
}

const isOpen = (state: Task): state is OpenTask => state.status === 'open' || state.status === 'in_progress';

const changed = (state: Task, change: Partial<OpenTask>): Task => (isOpen(state) ? { ...state, ...change } : state);

const interactionOf = (
  { contactIds, ...said }: NonNullable<TaskResult['interaction']>,
  interactionId: string,
): TaskInteraction => ({ ...said, contactIds: contactIds ?? [], interactionId });

const missingFrom = ({ outcome, interaction }: TaskResult): string[] => [
  ...(outcome ? [] : ['outcome']),
  ...(interaction ? [] : ['interaction']),
];

/** What a clock records was true when the time passed, however late the clock was. */
const at = (time: string, now: string): { occurredAt?: string } => (time === now ? {} : { occurredAt: time });

function checkAssignee(assigneeId: string, assignee: Assignee): void {
  if (!assignee) throw new Missing('employee', assigneeId);
  if (assignee.status !== 'active' && assignee.status !== 'absent') {
    throw new Refusal('assignee-inactive', `${assignee.name} is ${assignee.status} and cannot be given a task.`, {
      field: 'assigneeId',
    });
  }
}
