import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, when } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { GetPool, ListPools, poolFilters } from './queries.js';

@ApiTags('pools')
@Controller('pools')
export class PoolsController {
  constructor(private readonly queries: QueryBus) {}

  /** Pools by name, in pages, the common ones first. What lies in one is listed by `GET /customers?pool=`. */
  @Get()
  @Requires('pools.read')
  list(@Asked(poolFilters) filters: ValuesOf<typeof poolFilters>) {
    return this.queries.execute(new ListPools(filters));
  }

  /** A pool with its rules, now or at a moment, and the rules before. */
  @Get(':poolId')
  @Requires('pools.read')
  pool(@Param('poolId', IdPipe) poolId: string, @Asked(when) asked: ValuesOf<typeof when>) {
    return this.queries.execute(new GetPool(poolId, asked));
  }
}
