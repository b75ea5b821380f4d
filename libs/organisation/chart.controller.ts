import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, when } from '../http/asked.js';
import { Requires } from '../security/requires.js';
import { GetStructureChart } from './queries.js';

@ApiTags('organisation')
@Controller('organisation')
export class ChartController {
  constructor(private readonly queries: QueryBus) {}

  /** The structure chart, now or at a moment: units under units, with their positions and the people on them. */
  @Get('chart')
  @Requires('organisation.read')
  chart(@Asked(when) moment: ValuesOf<typeof when>) {
    return this.queries.execute(new GetStructureChart(moment));
  }
}
