import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, documentWhen } from '../http/asked.js';
import { Requires } from '../security/requires.js';
import { GetTarget, ListTargets, targetFilters } from './queries.js';

@ApiTags('targets')
@Controller('targets')
export class TargetsController {
  constructor(private readonly queries: QueryBus) {}

  /** Targets by filter, in the order of their periods, in pages. */
  @Get()
  @Requires('targets.read')
  list(@Asked(targetFilters) filters: ValuesOf<typeof targetFilters>) {
    return this.queries.execute(new ListTargets(filters));
  }

  /** A target, now or at a moment. */
  @Get(':targetId')
  @Requires('targets.read')
  target(@Param('targetId', IdPipe) targetId: string, @Asked(documentWhen) when: ValuesOf<typeof documentWhen>) {
    return this.queries.execute(new GetTarget(targetId, when));
  }
}
