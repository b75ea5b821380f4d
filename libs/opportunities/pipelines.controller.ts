import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, documentWhen, page } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { GetPipeline, ListPipelines } from './queries.js';

@ApiTags('pipelines')
@Controller('pipelines')
export class PipelinesController {
  constructor(private readonly queries: QueryBus) {}

  /** Pipelines by name, with their stages and versions, in pages. */
  @Get()
  @Requires('pipelines.read')
  list(@Asked(page) asked: ValuesOf<typeof page>) {
    return this.queries.execute(new ListPipelines(asked));
  }

  /** A pipeline with every version it had, now or at a moment. */
  @Get(':pipelineId')
  @Requires('pipelines.read')
  pipeline(@Param('pipelineId', IdPipe) pipelineId: string, @Asked(documentWhen) when: ValuesOf<typeof documentWhen>) {
    return this.queries.execute(new GetPipeline(pipelineId, when));
  }
}
