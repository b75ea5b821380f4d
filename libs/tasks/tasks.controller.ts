import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, documentWhen } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { GetTask, ListTasks, taskFilters } from './queries.js';

@ApiTags('tasks')
@Controller('tasks')
export class TasksController {
  constructor(private readonly queries: QueryBus) {}

  /** Tasks by filter, soonest due first, in pages. */
  @Get()
  @Requires('tasks.read')
  list(@Asked(taskFilters) filters: ValuesOf<typeof taskFilters>) {
    return this.queries.execute(new ListTasks(filters));
  }

  /** A task, now or at a moment. */
  @Get(':taskId')
  @Requires('tasks.read')
  task(@Param('taskId', IdPipe) taskId: string, @Asked(documentWhen) when: ValuesOf<typeof documentWhen>) {
    return this.queries.execute(new GetTask(taskId, when));
  }
}
