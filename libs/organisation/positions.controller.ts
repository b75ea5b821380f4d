import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { createdId } from '../http/new-id.js';
import { Requires } from '../security/requires.js';
import { about } from './about.js';
import {
  ChangeDuties,
  ChangeReportingLine,
  DefinePosition,
  MovePosition,
  RetirePosition,
  SetApprovalLimit,
  SetCustomerCap,
  SetHeadcount,
} from './commands.js';
import {
  ApprovalLimitBody,
  CustomerCapBody,
  DefinePositionBody,
  DutiesBody,
  HeadcountBody,
  PositionUnitBody,
  ReportingLineBody,
} from './positions.dto.js';

@ApiTags('organisation')
@Controller('positions')
export class PositionsController {
  constructor(private readonly commands: CommandBus) {}

  /** Creates a position in a unit. */
  @Post()
  @Requires('organisation.positions.change')
  define(@Body() body: DefinePositionBody) {
    const { orgUnitId, title, reportsToPositionId = null, duties = [], processSteps = [], headcount = 1 } = body;
    const positionId = createdId('position');
    const position = { orgUnitId, title, reportsToPositionId, duties, processSteps, headcount };
    return about(positionId, this.commands.execute(new DefinePosition(positionId, position)));
  }

  /** Says what a holder of the position does, and which steps of processes they run. */
  @Post(':positionId/duties')
  @HttpCode(200)
  @Requires('organisation.positions.change')
  changeDuties(@Param('positionId', IdPipe) positionId: string, @Body() { duties, processSteps }: DutiesBody) {
    return about(positionId, this.commands.execute(new ChangeDuties(positionId, duties, processSteps)));
  }

  /** Says which position this one answers to. */
  @Post(':positionId/reporting-line')
  @HttpCode(200)
  @Requires('organisation.positions.change')
  changeReportingLine(
    @Param('positionId', IdPipe) positionId: string,
    @Body() { reportsToPositionId }: ReportingLineBody,
  ) {
    return about(positionId, this.commands.execute(new ChangeReportingLine(positionId, reportsToPositionId)));
  }

  /** Says up to which amount a holder approves. */
  @Post(':positionId/approval-limit')
  @HttpCode(200)
  @Requires('organisation.positions.change')
  setApprovalLimit(@Param('positionId', IdPipe) positionId: string, @Body() { limit }: ApprovalLimitBody) {
    return about(positionId, this.commands.execute(new SetApprovalLimit(positionId, limit)));
  }

  /** Says how many customers a holder may own. */
  @Post(':positionId/customer-cap')
  @HttpCode(200)
  @Requires('organisation.positions.change')
  setCustomerCap(@Param('positionId', IdPipe) positionId: string, @Body() { cap }: CustomerCapBody) {
    const { max, excludeWon = false } = cap ?? { max: null };
    return about(
      positionId,
      this.commands.execute(new SetCustomerCap(positionId, max === null ? null : { max, excludeWon })),
    );
  }

  /** Says how many people the position takes. */
  @Post(':positionId/headcount')
  @HttpCode(200)
  @Requires('organisation.positions.change')
  setHeadcount(@Param('positionId', IdPipe) positionId: string, @Body() { headcount }: HeadcountBody) {
    return about(positionId, this.commands.execute(new SetHeadcount(positionId, headcount)));
  }

  /** Puts the position, with the people on it, into another unit. */
  @Post(':positionId/unit')
  @HttpCode(200)
  @Requires('organisation.positions.change')
  move(@Param('positionId', IdPipe) positionId: string, @Body() { orgUnitId }: PositionUnitBody) {
    return about(positionId, this.commands.execute(new MovePosition(positionId, orgUnitId)));
  }

  /** Does away with the position, when nobody holds it. */
  @Post(':positionId/retire')
  @HttpCode(200)
  @Requires('organisation.positions.change')
  retire(@Param('positionId', IdPipe) positionId: string) {
    return about(positionId, this.commands.execute(new RetirePosition(positionId)));
  }
}
