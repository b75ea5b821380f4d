import { describe, expect, it } from '@jest/globals';
import { deadlines } from '../../apps/program/contexts.js';
import type { Deadline } from '../../projections/deadlines.js';
import { recorded } from '../support/given.js';
import {
  afterDue,
  cancelled,
  completed,
  created,
  customerId,
  assigneeId,
  dueAt,
  overdue,
  rescheduled,
  taskId,
} from './samples.js';
import type { TaskEvent } from './samples.js';

/** What is pending after these events, soonest first. */
function pending(...events: TaskEvent[]): Deadline[] {
  const documents = new Map<string, Deadline | null>();
  for (const event of recorded(events)) {
    for (const id of deadlines.projection.ids(event))
      documents.set(id, deadlines.projection.evolve(documents.get(id) ?? null, event, id));
  }
  const there = [...documents.values()].filter((deadline) => deadline !== null);
  return there.sort((one, other) => (one.dueAt < other.dueAt ? -1 : 1));
}

const [first, second] = ['2026-01-03T09:00:00.000Z', '2026-01-04T09:00:00.000Z'] as const;
const reminded = (remindAt: string): TaskEvent => ({
  type: 'TaskReminderDue',
  data: { taskId, customerId, assigneeId, remindAt, dueAt },
});

describe('deadlines', () => {
  it('hold the due time of a task, and what set it', () => {
    expect(pending(created())).toEqual([
      {
        deadlineId: `task-due ${taskId}`,
        kind: 'task-due',
        stream: 'given-1',
        subjectId: taskId,
        dueAt,
        later: [],
        setBy: { eventId: '00000000-0000-7000-8000-000000000000', correlationId: 'c0' },
        changedAt: 1,
      },
    ]);
  });

  it('hold the next reminder, then the one after it, then none', () => {
    const task = created({ reminders: [first, second] });
    expect(pending(task)).toMatchObject([
      { kind: 'task-reminder', dueAt: first, later: [second] },
      { kind: 'task-due' },
    ]);
    expect(pending(task, reminded(first))).toMatchObject([{ dueAt: second, later: [] }, { kind: 'task-due' }]);
    expect(pending(task, reminded(first), reminded(second))).toMatchObject([{ kind: 'task-due' }]);
  });

  it('are gone once they were recorded, and come back with another time', () => {
    expect(pending(created(), overdue)).toEqual([]);
    expect(pending(created(), overdue, rescheduled(afterDue))).toMatchObject([{ kind: 'task-due', dueAt: afterDue }]);
  });

  it('move with the task', () => {
    const moved = rescheduled(afterDue, { reminders: [second] });
    expect(pending(created({ reminders: [first] }), moved)).toMatchObject([
      { kind: 'task-reminder', dueAt: second },
      { kind: 'task-due', dueAt: afterDue },
    ]);
  });

  it.each([['done', completed()] as const, ['cancelled', cancelled] as const])(
    'do not matter once a task is %s',
    (_, end) => {
      expect(pending(created({ reminders: [first] }), end)).toEqual([]);
    },
  );
});
