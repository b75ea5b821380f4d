import type { TaskEvents } from '../libs/tasks/events.js';
import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';

/** What a time can run out for. The clock process knows the command for each. */
export type DeadlineKind = 'task-due' | 'task-reminder';

/**
 * A time that somebody has to be told of when it passes; gone once it was recorded, or no longer matters. One document per
 * subject and kind, so that the event which settles it can name it.
 */
export interface Deadline {
  readonly deadlineId: string;
  readonly kind: DeadlineKind;
  /** The stream whose rule decides what has become of it. */
  readonly stream: string;
  readonly subjectId: string;
  readonly dueAt: string;
  /** Times of the same kind that come after `dueAt`, ascending. */
  readonly later: readonly string[];
  /** The event that set it, and its correlation: what the clock does goes back to it. */
  readonly setBy: { readonly eventId: string; readonly correlationId: string };
}

type Setting = Pick<Recorded<TaskEvents>, 'id' | 'stream' | 'metadata'>;

/** Everything that is to be recorded once its time has passed. The clock process asks for what is due. */
export const deadlines = projection<Deadline, TaskEvents>({
  name: 'deadlines',
  version: 1,
  id: ({ data: { taskId } }) => [idOf('task-due', taskId), idOf('task-reminder', taskId)],
  starts: {
    TaskCreated: (event, id) => ofTask(event, id, event.data.dueAt, event.data.reminders),
    TaskRescheduled: (event, id) => ofTask(event, id, event.data.to, event.data.reminders),
  },
  on: {
    TaskRescheduled: (_, event, id) => ofTask(event, id, event.data.to, event.data.reminders),
    TaskReminderDue: (deadline, { data }) =>
      deadline.kind === 'task-reminder' ? following(deadline, data.remindAt) : deadline,
    TaskBecameOverdue: (deadline) => (deadline.kind === 'task-due' ? null : deadline),
    TaskCompleted: () => null,
    TaskCancelled: () => null,
  },
  indexes: [['dueAt'], ['subjectId', 'dueAt']],
});

const idOf = (kind: DeadlineKind, subjectId: string): string => `${kind} ${subjectId}`;

function ofTask(
  event: Setting & { readonly data: { readonly taskId: string } },
  id: string,
  dueAt: string,
  reminders: readonly string[],
): Deadline | null {
  const { taskId } = event.data;
  return id === idOf('task-due', taskId)
    ? deadline('task-due', taskId, [dueAt], event)
    : deadline('task-reminder', taskId, reminders, event);
}

/** @param times ascending */
function deadline(kind: DeadlineKind, subjectId: string, times: readonly string[], event: Setting): Deadline | null {
  const [dueAt, ...later] = times;
  if (dueAt === undefined) return null;
  const { id: eventId, stream, metadata } = event;
  const setBy = { eventId, correlationId: metadata.correlationId };
  return { deadlineId: idOf(kind, subjectId), kind, stream, subjectId, dueAt, later, setBy };
}

/** The first time after the one that has passed. */
function following(passed: Deadline, time: string): Deadline | null {
  const [dueAt, ...later] = passed.later.filter((each) => each > time);
  return dueAt === undefined ? null : { ...passed, dueAt, later };
}
