import { Controller, Get, Query, UseInterceptors } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiNotFoundResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Requires } from '../security/requires.js';
import { CsvInterceptor } from './csv.interceptor.js';
import { GetReport } from './queries.js';
import { parametersOf, ReportQuery } from './reports.dto.js';

@ApiTags('reports')
@ApiProduces('application/json', 'text/csv')
@ApiNotFoundResponse()
@Controller('reports')
@UseInterceptors(CsvInterceptor)
export class ReportsController {
  constructor(private readonly queries: QueryBus) {}

  /** How opportunities get through the stages of their pipeline. Basis `cohort` or `activity`. */
  @Get('funnel')
  @Requires('reports.read')
  funnel(@Query() query: ReportQuery) {
    return this.queries.execute(new GetReport('funnel', parametersOf(query)));
  }

  /** Who sold what: won and lost, win rate, amounts against targets, time to close, what is open. */
  @Get('performance')
  @Requires('reports.read')
  performance(@Query() query: ReportQuery) {
    return this.queries.execute(new GetReport('performance', parametersOf(query)));
  }

  /** Who came back. Basis `cohort`, `rolling` or `churn`. */
  @Get('retention')
  @Requires('reports.read')
  retention(@Query() query: ReportQuery) {
    return this.queries.execute(new GetReport('retention', parametersOf(query)));
  }

  /** Recency, frequency, monetary value. Basis `segment`, `class`, `quintile` or `customer`. */
  @Get('rfm')
  @Requires('reports.read')
  rfm(@Query() query: ReportQuery) {
    return this.queries.execute(new GetReport('rfm', parametersOf(query)));
  }

  /** Who holds which customers, and how fairly they are spread. Basis `held` or `fairness`. */
  @Get('portfolio')
  @Requires('reports.read')
  portfolio(@Query() query: ReportQuery) {
    return this.queries.execute(new GetReport('portfolio', parametersOf(query)));
  }
}
