import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { directions, interactionChannels } from '../customers/events.js';
import type { Direction, InteractionChannel } from '../customers/events.js';
import { IsId, IsIdOrNone, IsPart, IsText, IsTime, MayBeLeftOut } from '../http/validation.js';
import { PageQuery } from '../http/when.dto.js';
import { utc } from '../time.js';
import { taskKinds, taskPriorities, taskStatuses } from './events.js';
import type { TaskKind, TaskPriority, TaskStatus } from './events.js';

/** Times of a list, as `IsTime` makes them of a single one. */
const InUtc = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    Array.isArray(value)
      ? value.map((time: unknown) => (typeof time === 'string' ? (utc(time) ?? time) : time))
      : value,
  );

/** What a task is about. */
export class TaskSubjectBody {
  @IsOptional()
  @IsId()
  customerId?: string | null;

  @IsOptional()
  @IsId()
  opportunityId?: string | null;

  @IsOptional()
  @IsText(10_000)
  text?: string | null;
}

export class CreateTaskBody {
  @IsIn(taskKinds)
  kind: TaskKind;

  @IsText(255)
  title: string;

  @IsTime()
  dueAt: string;

  @MayBeLeftOut()
  @IsPart(() => TaskSubjectBody)
  subject?: TaskSubjectBody;

  @MayBeLeftOut()
  @IsIn(taskPriorities)
  priority?: TaskPriority;

  /** Employee who is to do it; without one it waits for an assignee. */
  @IsOptional()
  @IsId()
  assigneeId?: string | null;

  /** When the assignee is to be reminded, before the task is due. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(20)
  @InUtc()
  @IsTime({ each: true })
  reminders?: string[];
}

export class TaskAssigneeBody {
  @IsId()
  assigneeId: string;
}

export class TaskScheduleBody {
  @IsTime()
  dueAt: string;

  /** Shown beside the task: why it is due at another time. */
  @IsText(1_000)
  reason: string;
}

/** The contact with the customer that the task ended with. */
export class TaskInteractionBody {
  @IsIn(interactionChannels)
  channel: InteractionChannel;

  @IsIn(directions)
  direction: Direction;

  @IsText(10_000)
  summary: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsId({ each: true })
  contactIds?: string[] | null;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(10_080)
  durationMinutes?: number | null;

  @IsOptional()
  @IsText(255)
  location?: string | null;

  @IsOptional()
  @IsText(1_000)
  nextStep?: string | null;

  /** When it took place, when that is not now. */
  @IsOptional()
  @IsTime()
  occurredAt?: string | null;
}

export class CompleteTaskBody {
  /** How it ended; each kind of task has a list of outcomes. */
  @IsOptional()
  @IsText(100)
  outcome?: string | null;

  @IsOptional()
  @IsText(10_000)
  note?: string | null;

  @IsOptional()
  @IsPart(() => TaskInteractionBody)
  interaction?: TaskInteractionBody | null;
}

export class CancelTaskBody {
  @IsText(1_000)
  reason: string;
}

/** `pending` are all that are neither done nor cancelled. */
export const taskStatusFilters = [...taskStatuses, 'pending'] as const;

export class TaskListQuery extends PageQuery {
  /** Employee who is to do it, or `none`. */
  @MayBeLeftOut()
  @IsIdOrNone()
  assignee?: string;

  @MayBeLeftOut()
  @IsId()
  customer?: string;

  @MayBeLeftOut()
  @IsIn(taskStatusFilters)
  status?: TaskStatus | 'pending';

  @MayBeLeftOut()
  @IsIn(taskKinds)
  kind?: TaskKind;

  /** Due at this time or later. */
  @MayBeLeftOut()
  @IsTime()
  dueFrom?: string;

  /** Due before this time. */
  @MayBeLeftOut()
  @IsTime()
  dueTo?: string;

  @MayBeLeftOut()
  @IsIn(['due', '-due'])
  sort?: 'due' | '-due';
}
