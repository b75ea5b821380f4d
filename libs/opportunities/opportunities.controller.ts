import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { createdId } from '../http/new-id.js';
import { DocumentWhenQuery } from '../http/when.dto.js';
import { Requires } from '../security/requires.js';
import {
  ChangeAmount,
  ChangeExpectedClose,
  ChangeOpportunityDetails,
  GradeOpportunity,
  OverrideProbability,
  QualifyOpportunity,
  RegisterOpportunity,
  SetForecastCategory,
} from './commands.js';
import {
  AmountBody,
  ExpectedCloseBody,
  ForecastCategoryBody,
  GradeBody,
  OpportunityDetailsBody,
  OpportunityListQuery,
  ProbabilityBody,
  QualifyBody,
  RegisterOpportunityBody,
} from './opportunities.dto.js';
import { GetOpportunity, ListOpportunities } from './queries.js';

/** What an opportunity is, and what it is worth. */
@ApiTags('opportunities')
@Controller('opportunities')
export class OpportunitiesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Reports a chance to sell. */
  @Post()
  @Requires('opportunities.register')
  register(@Body() body: RegisterOpportunityBody) {
    return this.commands.execute(new RegisterOpportunity(createdId('opportunity'), body));
  }

  /** Opportunities by filter, sorted, in pages. */
  @Get()
  @Requires('opportunities.read')
  list(@Query() query: OpportunityListQuery) {
    return this.queries.execute(new ListOpportunities(query));
  }

  /** An opportunity with its team, visits and stages, now or at a moment. */
  @Get(':opportunityId')
  @Requires('opportunities.read')
  opportunity(@Param('opportunityId', IdPipe) opportunityId: string, @Query() when: DocumentWhenQuery) {
    return this.queries.execute(new GetOpportunity(opportunityId, when));
  }

  /** Changes what it is called, comes from, sells, or needs next. */
  @Post(':opportunityId/details')
  @HttpCode(200)
  @Requires('opportunities.change')
  changeDetails(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: OpportunityDetailsBody) {
    return this.commands.execute(new ChangeOpportunityDetails(opportunityId, body));
  }

  /** Says that there is a real chance. */
  @Post(':opportunityId/qualify')
  @HttpCode(200)
  @Requires('opportunities.change')
  qualify(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: QualifyBody) {
    return this.commands.execute(new QualifyOpportunity(opportunityId, body));
  }

  /** Says how good the chance is. */
  @Post(':opportunityId/grade')
  @HttpCode(200)
  @Requires('opportunities.change')
  grade(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: GradeBody) {
    return this.commands.execute(new GradeOpportunity(opportunityId, body));
  }

  /** Says what it is worth. */
  @Post(':opportunityId/amount')
  @HttpCode(200)
  @Requires('opportunities.change')
  changeAmount(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: AmountBody) {
    return this.commands.execute(new ChangeAmount(opportunityId, body));
  }

  /** Says when it is expected to close. */
  @Post(':opportunityId/expected-close')
  @HttpCode(200)
  @Requires('opportunities.change')
  changeExpectedClose(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: ExpectedCloseBody) {
    return this.commands.execute(new ChangeExpectedClose(opportunityId, body));
  }

  /** Gives it another probability than its stage has. */
  @Post(':opportunityId/probability')
  @HttpCode(200)
  @Requires('opportunities.forecast')
  overrideProbability(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: ProbabilityBody) {
    return this.commands.execute(new OverrideProbability(opportunityId, body));
  }

  /** Forecasts it in another category than its stage is in. */
  @Post(':opportunityId/forecast-category')
  @HttpCode(200)
  @Requires('opportunities.forecast')
  setForecastCategory(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: ForecastCategoryBody) {
    return this.commands.execute(new SetForecastCategory(opportunityId, body));
  }
}
