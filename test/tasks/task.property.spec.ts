import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deadlines } from '../../apps/program/contexts.js';
import { Refusal } from '../../libs/errors.js';
import { replay } from '../../libs/event-store/decider.js';
import {
  AssignTask,
  CancelTask,
  CompleteTask,
  CreateTask,
  MarkTaskOverdue,
  RemindOfTask,
  RescheduleTask,
  StartTask,
} from '../../libs/tasks/commands.js';
import * as rules from '../../libs/tasks/task.decider.js';
import type { Task } from '../../libs/tasks/task.decider.js';
import { addHours } from '../../libs/time.js';
import type { Deadline } from '../../projections/deadlines.js';
import { taskList } from '../../projections/task-list.js';
import type { TaskLine } from '../../projections/task-list.js';
import { past, recorded } from '../support/given.js';
import { property } from '../support/property.js';
import { assigneeId, colleagueId, taskId } from './samples.js';
import type { TaskEvent } from './samples.js';

type Step = (state: Task, now: string) => readonly TaskEvent[];

const facts = {
  assignee: { name: 'Ada', status: 'active' },
  customer: { status: 'active' as const, survivorId: null },
  opportunity: undefined,
  contactIds: [],
  registeredAt: null,
  interactionId: '',
};
const hours = fc.integer({ min: -5, max: 60 });
const at = (hour: number): string => addHours(past, hour);

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(hours, fc.array(hours, { maxLength: 3 })).map(([due, reminders]): Step => (state, now) => {
    const task = { kind: 'care' as const, title: 'a task', dueAt: at(due), assigneeId, reminders: reminders.map(at) };
    return rules.createTask(state, new CreateTask(taskId, task), now, facts);
  }),
  fc.constantFrom(assigneeId, colleagueId).map(
    (to): Step =>
      (state, now) =>
        rules.assignTask(state, new AssignTask(taskId, { assigneeId: to }), now, facts),
  ),
  fc.constant<Step>((state) => rules.startTask(state, new StartTask(taskId))),
  hours.map(
    (due): Step =>
      (state, now) =>
        rules.rescheduleTask(state, new RescheduleTask(taskId, { dueAt: at(due), reason: 'why' }), now),
  ),
  hours.map(
    (due): Step =>
      (state, now) =>
        rules.markTaskOverdue(state, new MarkTaskOverdue(taskId, { dueAt: at(due) }), now),
  ),
  hours.map(
    (when): Step =>
      (state, now) =>
        rules.remindOfTask(state, new RemindOfTask(taskId, { remindAt: at(when) }), now),
  ),
  fc.constant<Step>((state, now) => rules.completeTask(state, new CompleteTask(taskId, {}), now, facts)),
  fc.constant<Step>((state) => rules.cancelTask(state, new CancelTask(taskId, { reason: 'why' }))),
);

/** What a history leads to when each step is tried an hour after the one before; refusals record nothing. */
function history(tries: readonly Step[]): TaskEvent[] {
  const events: TaskEvent[] = [];
  tries.forEach((step, hour) => {
    try {
      events.push(
        ...step(replay(rules.task, events, past), at(hour)).map((event) => ({ occurredAt: at(hour), ...event })),
      );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  });
  return events;
}

const histories = fc.array(steps, { maxLength: 40 }).map(history);

it('nothing happens to a task after it was closed', () => {
  fc.assert(
    fc.property(histories, (events) => {
      const end = events.findIndex(({ type }) => type === 'TaskCompleted' || type === 'TaskCancelled');
      expect(end === -1 || end === events.length - 1).toBe(true);
    }),
    property(200),
  );
});

it('a task becomes overdue at most once for each due time, and never before it', () => {
  fc.assert(
    fc.property(histories, (events) => {
      let dueAt = '';
      let counted = 0;
      for (const { type, data, occurredAt } of events) {
        if (type === 'TaskCreated' || type === 'TaskRescheduled') {
          dueAt = type === 'TaskCreated' ? data.dueAt : data.to;
          counted = 0;
        }
        if (type !== 'TaskBecameOverdue') continue;
        counted += 1;
        expect([data.dueAt, occurredAt, counted]).toEqual([dueAt, dueAt, 1]);
      }
    }),
    property(200),
  );
});

it('the read models agree with the rules about what is still to come', () => {
  fc.assert(
    fc.property(histories, (events) => {
      const state = replay(rules.task, events, past);
      let item: TaskLine | null = null;
      const pending = new Map<string, Deadline | null>();
      for (const event of recorded(events)) {
        item = taskList.evolve(item, event, taskId);
        for (const id of deadlines.projection.ids(event))
          pending.set(id, deadlines.projection.evolve(pending.get(id) ?? null, event, id));
      }
      const due = pending.get(`task-due ${taskId}`) ?? null;
      const reminder = pending.get(`task-reminder ${taskId}`) ?? null;
      const open = 'dueAt' in state ? state : undefined;
      expect(due?.dueAt).toBe(open && !open.overdue ? open.dueAt : undefined);
      expect(reminder ? [reminder.dueAt, ...reminder.later] : []).toEqual(open?.reminders ?? []);
      expect(item?.dueAt === undefined || !open || item.dueAt === open.dueAt).toBe(true);
      expect(item?.status).toBe(open?.overdue ? 'overdue' : state.status === 'unknown' ? undefined : state.status);
      for (const each of open?.reminders ?? []) expect(each < open!.dueAt).toBe(true);
    }),
    property(200),
  );
});
