import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { DocumentWhenQuery } from '../http/when.dto.js';
import { Requires } from '../security/requires.js';
import { ReviseTarget, SetTarget, WithdrawTarget } from './commands.js';
import { GetTarget, ListTargets } from './queries.js';
import { targetIdOf } from './target-id.js';
import { ReviseTargetBody, SetTargetBody, TargetListQuery, WithdrawTargetBody } from './targets.dto.js';

@ApiTags('targets')
@Controller('targets')
export class TargetsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Lays down what a figure of an employee or a unit is to come to in a period. */
  @Post()
  @Requires('targets.set')
  set(@Body() body: SetTargetBody) {
    return this.commands.execute(new SetTarget(targetIdOf(body), body));
  }

  /** Targets by filter, in the order of their periods, in pages. */
  @Get()
  @Requires('targets.read')
  list(@Query() query: TargetListQuery) {
    return this.queries.execute(new ListTargets(query));
  }

  /** A target, now or at a moment. */
  @Get(':targetId')
  @Requires('targets.read')
  target(@Param('targetId', IdPipe) targetId: string, @Query() when: DocumentWhenQuery) {
    return this.queries.execute(new GetTarget(targetId, when));
  }

  /** Has the target come to something else, in the same currency. */
  @Post(':targetId/revise')
  @HttpCode(200)
  @Requires('targets.set')
  revise(@Param('targetId', IdPipe) targetId: string, @Body() { value, reason }: ReviseTargetBody) {
    return this.commands.execute(new ReviseTarget(targetId, value, reason));
  }

  /** Takes the target back. It can be set anew. */
  @Post(':targetId/withdraw')
  @HttpCode(200)
  @Requires('targets.set')
  withdraw(@Param('targetId', IdPipe) targetId: string, @Body() { reason }: WithdrawTargetBody) {
    return this.commands.execute(new WithdrawTarget(targetId, reason));
  }
}
