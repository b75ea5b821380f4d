import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import {
  ChangeStage,
  LoseOpportunity,
  OverrideGate,
  ReopenOpportunity,
  VoidOpportunity,
  WinOpportunity,
} from './commands.js';
import {
  ChangeStageBody,
  LoseBody,
  OverrideGateBody,
  ReopenBody,
  VoidBody,
  WinBody,
} from './opportunity-stages.dto.js';

/** The way of an opportunity through its pipeline. */
@ApiTags('opportunities')
@Controller('opportunities/:opportunityId')
export class OpportunityStagesController {
  constructor(private readonly commands: CommandBus) {}

  /** Moves it to another open stage. */
  @Post('stage')
  @HttpCode(200)
  @Requires('opportunities.move')
  changeStage(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: ChangeStageBody) {
    return this.commands.execute(new ChangeStage(opportunityId, body));
  }

  /** Lets it pass to a stage without some of what the gates ask for. */
  @Post('gate-override')
  @HttpCode(200)
  @Requires('opportunities.gates.override')
  overrideGate(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: OverrideGateBody) {
    return this.commands.execute(new OverrideGate(opportunityId, body));
  }

  /** Closes it as won. */
  @Post('win')
  @HttpCode(200)
  @Requires('opportunities.close')
  win(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: WinBody) {
    return this.commands.execute(new WinOpportunity(opportunityId, body));
  }

  /** Closes it as lost. */
  @Post('lose')
  @HttpCode(200)
  @Requires('opportunities.close')
  lose(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: LoseBody) {
    return this.commands.execute(new LoseOpportunity(opportunityId, body));
  }

  /** Closes it as neither won nor lost: registered in error, twice, or without meaning now. */
  @Post('void')
  @HttpCode(200)
  @Requires('opportunities.close')
  void(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: VoidBody) {
    return this.commands.execute(new VoidOpportunity(opportunityId, body));
  }

  /** Goes on with it after it was closed. */
  @Post('reopen')
  @HttpCode(200)
  @Requires('opportunities.reopen')
  reopen(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: ReopenBody) {
    return this.commands.execute(new ReopenOpportunity(opportunityId, body));
  }
}
