import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { createdId } from '../http/new-id.js';
import { DocumentWhenQuery } from '../http/when.dto.js';
import { idFrom } from '../ids.js';
import { Requires } from '../security/requires.js';
import { AssignTask, CancelTask, CompleteTask, CreateTask, RescheduleTask, StartTask } from './commands.js';
import type { TaskInteraction } from './events.js';
import { GetTask, ListTasks } from './queries.js';
import {
  CancelTaskBody,
  CompleteTaskBody,
  CreateTaskBody,
  TaskAssigneeBody,
  TaskInteractionBody,
  TaskListQuery,
  TaskScheduleBody,
} from './tasks.dto.js';

@ApiTags('tasks')
@Controller('tasks')
export class TasksController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Has something done by a time. */
  @Post()
  @Requires('tasks.create')
  create(@Body() body: CreateTaskBody) {
    return this.commands.execute(new CreateTask(createdId('task'), body));
  }

  /** Tasks by filter, soonest due first, in pages. */
  @Get()
  @Requires('tasks.read')
  list(@Query() query: TaskListQuery) {
    return this.queries.execute(new ListTasks(query));
  }

  /** A task, now or at a moment. */
  @Get(':taskId')
  @Requires('tasks.read')
  task(@Param('taskId', IdPipe) taskId: string, @Query() when: DocumentWhenQuery) {
    return this.queries.execute(new GetTask(taskId, when));
  }

  /** Gives the task to an employee. */
  @Post(':taskId/assignee')
  @HttpCode(200)
  @Requires('tasks.assign')
  assign(@Param('taskId', IdPipe) taskId: string, @Body() { assigneeId }: TaskAssigneeBody) {
    return this.commands.execute(new AssignTask(taskId, assigneeId));
  }

  /** Begins to work on the task. */
  @Post(':taskId/start')
  @HttpCode(200)
  @Requires('tasks.work')
  start(@Param('taskId', IdPipe) taskId: string) {
    return this.commands.execute(new StartTask(taskId));
  }

  /** Has the task done by another time. Its reminders move with it. */
  @Post(':taskId/schedule')
  @HttpCode(200)
  @Requires('tasks.work')
  reschedule(@Param('taskId', IdPipe) taskId: string, @Body() { dueAt, reason }: TaskScheduleBody) {
    return this.commands.execute(new RescheduleTask(taskId, dueAt, reason));
  }

  /** Says that the task is done, and how it ended. The interaction goes into the customer's history. */
  @Post(':taskId/complete')
  @HttpCode(200)
  @Requires('tasks.work')
  complete(@Param('taskId', IdPipe) taskId: string, @Body() { outcome, note, interaction }: CompleteTaskBody) {
    const result = { outcome, note, interaction: interaction && interactionOf(taskId, interaction) };
    return this.commands.execute(new CompleteTask(taskId, result));
  }

  /** Says that the task will not be done. */
  @Post(':taskId/cancel')
  @HttpCode(200)
  @Requires('tasks.work')
  cancel(@Param('taskId', IdPipe) taskId: string, @Body() { reason }: CancelTaskBody) {
    return this.commands.execute(new CancelTask(taskId, reason));
  }
}

/** A task is completed once, so its id makes the interaction's, and a repeated request names the same. */
function interactionOf(taskId: string, body: TaskInteractionBody): TaskInteraction {
  const { channel, direction, summary } = body;
  const contactIds = body.contactIds ?? [];
  const durationMinutes = body.durationMinutes ?? null;
  const location = body.location ?? null;
  const nextStep = body.nextStep ?? null;
  const occurredAt = body.occurredAt ?? null;
  const interactionId = idFrom('interaction of task', taskId);
  return { interactionId, channel, direction, summary, contactIds, durationMinutes, location, nextStep, occurredAt };
}
