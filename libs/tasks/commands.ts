import { Command } from '@nestjs/cqrs';
import type { Decided } from '../event-store/streams.js';
import type { TaskInteraction, TaskKind, TaskPriority, TaskSubject } from './events.js';

export interface NewTask {
  readonly kind: TaskKind;
  readonly title: string;
  readonly dueAt: string;
  readonly subject?: { readonly [Field in keyof TaskSubject]?: TaskSubject[Field] | undefined } | undefined;
  readonly priority?: TaskPriority | undefined;
  readonly assigneeId?: string | null | undefined;
  /** In any order; the rule sorts them. */
  readonly reminders?: readonly string[] | undefined;
}

/** Have something done by a time. */
export class CreateTask extends Command<Decided> {
  constructor(
    readonly taskId: string,
    readonly task: NewTask,
  ) {
    super();
  }
}

/** Give a task to an employee. */
export class AssignTask extends Command<Decided> {
  constructor(
    readonly taskId: string,
    readonly assigneeId: string,
  ) {
    super();
  }
}

/** Begin to work on a task. */
export class StartTask extends Command<Decided> {
  constructor(readonly taskId: string) {
    super();
  }
}

/** Have a task done by another time. Its reminders move with it. */
export class RescheduleTask extends Command<Decided> {
  constructor(
    readonly taskId: string,
    readonly dueAt: string,
    readonly reason: string,
  ) {
    super();
  }
}

export interface TaskResult {
  readonly outcome?: string | null | undefined;
  readonly note?: string | null | undefined;
  /** What was talked about with the customer; its id is made from the task's, which is completed once. */
  readonly interaction?: TaskInteraction | null | undefined;
}

/** Say that a task is done, and how it ended. */
export class CompleteTask extends Command<Decided> {
  constructor(
    readonly taskId: string,
    readonly result: TaskResult,
  ) {
    super();
  }
}

/** Say that a task will not be done. */
export class CancelTask extends Command<Decided> {
  constructor(
    readonly taskId: string,
    readonly reason: string,
  ) {
    super();
  }
}

/** Record that a due time passed; sent by the clock. A task that is due at another time by now is left alone. */
export class MarkTaskOverdue extends Command<Decided> {
  constructor(
    readonly taskId: string,
    readonly dueAt: string,
  ) {
    super();
  }
}

/** Record that the time of a reminder has come; sent by the clock. */
export class RemindOfTask extends Command<Decided> {
  constructor(
    readonly taskId: string,
    readonly remindAt: string,
  ) {
    super();
  }
}
