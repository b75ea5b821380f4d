import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { createdId } from '../http/new-id.js';
import { DocumentWhenQuery, PageQuery } from '../http/when.dto.js';
import { Requires } from '../security/requires.js';
import {
  AddPipelineStage,
  ChangePipelineStage,
  DefinePipeline,
  DraftPipeline,
  PublishPipeline,
  RemovePipelineStage,
  ReorderPipelineStages,
  RetirePipeline,
} from './commands.js';
import {
  AddStageBody,
  CreatePipelineBody,
  DefinePipelineBody,
  RetirePipelineBody,
  StageChangesBody,
  StageOrderBody,
} from './pipelines.dto.js';
import { GetPipeline, ListPipelines } from './queries.js';

@ApiTags('pipelines')
@Controller('pipelines')
export class PipelinesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Begins a pipeline; with its stages it is published at once. */
  @Post()
  @Requires('pipelines.define')
  create(@Body() { name, stages }: CreatePipelineBody) {
    const pipelineId = createdId('pipeline');
    return this.commands.execute(
      stages ? new DefinePipeline(pipelineId, { name, stages }) : new DraftPipeline(pipelineId, { name }),
    );
  }

  /** Pipelines by name, with their stages and versions, in pages. */
  @Get()
  @Requires('pipelines.read')
  list(@Query() page: PageQuery) {
    return this.queries.execute(new ListPipelines(page));
  }

  /** A pipeline with every version it had, now or at a moment. */
  @Get(':pipelineId')
  @Requires('pipelines.read')
  pipeline(@Param('pipelineId', IdPipe) pipelineId: string, @Query() when: DocumentWhenQuery) {
    return this.queries.execute(new GetPipeline(pipelineId, when));
  }

  /** Makes these the stages of the pipeline, and publishes them if they differ from the published ones. */
  @Post(':pipelineId/definition')
  @HttpCode(200)
  @Requires('pipelines.define')
  define(@Param('pipelineId', IdPipe) pipelineId: string, @Body() body: DefinePipelineBody) {
    return this.commands.execute(new DefinePipeline(pipelineId, body));
  }

  /** Adds a stage to the next version. */
  @Post(':pipelineId/stages')
  @HttpCode(200)
  @Requires('pipelines.define')
  addStage(@Param('pipelineId', IdPipe) pipelineId: string, @Body() { before, ...stage }: AddStageBody) {
    return this.commands.execute(new AddPipelineStage(pipelineId, { stage, before }));
  }

  /** Changes a stage in the next version; fields that are left out stay as they are. */
  @Post(':pipelineId/stages/:stageId/details')
  @HttpCode(200)
  @Requires('pipelines.define')
  changeStage(
    @Param('pipelineId', IdPipe) pipelineId: string,
    @Param('stageId') stageId: string,
    @Body() changes: StageChangesBody,
  ) {
    return this.commands.execute(new ChangePipelineStage(pipelineId, { stageId, changes }));
  }

  /** Leaves a stage out of the next version. */
  @Post(':pipelineId/stages/:stageId/remove')
  @HttpCode(200)
  @Requires('pipelines.define')
  removeStage(@Param('pipelineId', IdPipe) pipelineId: string, @Param('stageId') stageId: string) {
    return this.commands.execute(new RemovePipelineStage(pipelineId, { stageId }));
  }

  /** Puts the stages of the next version in order. */
  @Post(':pipelineId/order')
  @HttpCode(200)
  @Requires('pipelines.define')
  reorder(@Param('pipelineId', IdPipe) pipelineId: string, @Body() { stageIds }: StageOrderBody) {
    return this.commands.execute(new ReorderPipelineStages(pipelineId, { stageIds }));
  }

  /** Publishes the next version: what is registered from now on runs under it. */
  @Post(':pipelineId/publish')
  @HttpCode(200)
  @Requires('pipelines.publish')
  publish(@Param('pipelineId', IdPipe) pipelineId: string) {
    return this.commands.execute(new PublishPipeline(pipelineId));
  }

  /** Registers nothing new in the pipeline; what runs in it goes on. */
  @Post(':pipelineId/retire')
  @HttpCode(200)
  @Requires('pipelines.publish')
  retire(@Param('pipelineId', IdPipe) pipelineId: string, @Body() { reason }: RetirePipelineBody) {
    return this.commands.execute(new RetirePipeline(pipelineId, { reason }));
  }
}
