import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { createdId } from '../http/new-id.js';
import { Requires } from '../security/requires.js';
import { about } from './about.js';
import {
  AppointHead,
  AssignProcess,
  CloseOrgUnit,
  CreateOrgUnit,
  MoveOrgUnit,
  RenameOrgUnit,
  ReopenOrgUnit,
  SetResponsibilities,
  UnassignProcess,
} from './commands.js';
import {
  CreateOrgUnitBody,
  HeadBody,
  ProcessBody,
  ResponsibilitiesBody,
  UnitNameBody,
  UnitParentBody,
} from './org-units.dto.js';

@ApiTags('organisation')
@Controller('org-units')
export class OrgUnitsController {
  constructor(private readonly commands: CommandBus) {}

  /** Sets up a unit under another one; the first one is the root of the chart. */
  @Post()
  @Requires('organisation.units.change')
  create(@Body() { name, kind, level, parentId = null }: CreateOrgUnitBody) {
    const orgUnitId = createdId('org-unit');
    return about(orgUnitId, this.commands.execute(new CreateOrgUnit(orgUnitId, { name, kind, level, parentId })));
  }

  /** Gives the unit another name. */
  @Post(':orgUnitId/name')
  @HttpCode(200)
  @Requires('organisation.units.change')
  rename(@Param('orgUnitId', IdPipe) orgUnitId: string, @Body() { name }: UnitNameBody) {
    return about(orgUnitId, this.commands.execute(new RenameOrgUnit(orgUnitId, name)));
  }

  /** Puts the unit, with everything below it, under another one. */
  @Post(':orgUnitId/parent')
  @HttpCode(200)
  @Requires('organisation.units.change')
  move(@Param('orgUnitId', IdPipe) orgUnitId: string, @Body() { parentId, effectiveFrom }: UnitParentBody) {
    return about(orgUnitId, this.commands.execute(new MoveOrgUnit(orgUnitId, parentId, effectiveFrom)));
  }

  /** Says what the unit answers for in customer management. */
  @Post(':orgUnitId/responsibilities')
  @HttpCode(200)
  @Requires('organisation.units.change')
  setResponsibilities(
    @Param('orgUnitId', IdPipe) orgUnitId: string,
    @Body() { responsibilities }: ResponsibilitiesBody,
  ) {
    return about(orgUnitId, this.commands.execute(new SetResponsibilities(orgUnitId, responsibilities)));
  }

  /** Lets the unit run a customer-management process. */
  @Post(':orgUnitId/processes')
  @HttpCode(200)
  @Requires('organisation.units.change')
  assignProcess(@Param('orgUnitId', IdPipe) orgUnitId: string, @Body() { process }: ProcessBody) {
    return about(orgUnitId, this.commands.execute(new AssignProcess(orgUnitId, process)));
  }

  /** Takes a process from the unit. */
  @Post(':orgUnitId/processes/remove')
  @HttpCode(200)
  @Requires('organisation.units.change')
  unassignProcess(@Param('orgUnitId', IdPipe) orgUnitId: string, @Body() { process }: ProcessBody) {
    return about(orgUnitId, this.commands.execute(new UnassignProcess(orgUnitId, process)));
  }

  /** Says which of its positions leads the unit. */
  @Post(':orgUnitId/head')
  @HttpCode(200)
  @Requires('organisation.units.change')
  appointHead(@Param('orgUnitId', IdPipe) orgUnitId: string, @Body() { positionId }: HeadBody) {
    return about(orgUnitId, this.commands.execute(new AppointHead(orgUnitId, positionId)));
  }

  /** Lets the unit, when it is empty, cease to work. */
  @Post(':orgUnitId/close')
  @HttpCode(200)
  @Requires('organisation.units.change')
  close(@Param('orgUnitId', IdPipe) orgUnitId: string) {
    return about(orgUnitId, this.commands.execute(new CloseOrgUnit(orgUnitId)));
  }

  /** Lets the closed unit work again. */
  @Post(':orgUnitId/reopen')
  @HttpCode(200)
  @Requires('organisation.units.change')
  reopen(@Param('orgUnitId', IdPipe) orgUnitId: string) {
    return about(orgUnitId, this.commands.execute(new ReopenOrgUnit(orgUnitId)));
  }
}
