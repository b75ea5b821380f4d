import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, documentWhen } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { GetOpportunity, ListOpportunities, opportunityFilters } from './queries.js';

@ApiTags('opportunities')
@Controller('opportunities')
export class OpportunitiesController {
  constructor(private readonly queries: QueryBus) {}

  /** Opportunities by filter, sorted, in pages. */
  @Get()
  @Requires('opportunities.read')
  list(@Asked(opportunityFilters) filters: ValuesOf<typeof opportunityFilters>) {
    return this.queries.execute(new ListOpportunities(filters));
  }

  /** An opportunity with its team, visits and stages, now or at a moment. */
  @Get(':opportunityId')
  @Requires('opportunities.read')
  opportunity(
    @Param('opportunityId', IdPipe) opportunityId: string,
    @Asked(documentWhen) when: ValuesOf<typeof documentWhen>,
  ) {
    return this.queries.execute(new GetOpportunity(opportunityId, when));
  }
}
