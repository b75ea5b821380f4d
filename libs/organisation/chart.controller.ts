import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { WhenQuery } from '../http/when.dto.js';
import { Requires } from '../security/requires.js';
import { GetStructureChart } from './queries.js';

@ApiTags('organisation')
@Controller('organisation')
export class ChartController {
  constructor(private readonly queries: QueryBus) {}

  /** The structure chart, now or at a moment: units under units, with their positions and the people on them. */
  @Get('chart')
  @Requires('organisation.read')
  chart(@Query() when: WhenQuery) {
    return this.queries.execute(new GetStructureChart(when));
  }
}
