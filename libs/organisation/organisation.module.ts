import { Module } from '@nestjs/common';
import { handle } from '../event-store/handle.js';
import { ChartController } from './chart.controller.js';
import * as commands from './commands.js';
import * as employees from './employee.rules.js';
import { EmployeesController } from './employees.controller.js';
import * as units from './org-unit.rules.js';
import { OrgUnitsController } from './org-units.controller.js';
import { organisation } from './organisation.decider.js';
import * as positions from './position.rules.js';
import { PositionsController } from './positions.controller.js';
import { GetEmployeeHandler, GetStructureChartHandler, ListEmployeesHandler } from './queries.js';

@Module({
  controllers: [ChartController, OrgUnitsController, PositionsController, EmployeesController],
  providers: [
    handle(commands.CreateOrgUnit, organisation, 'organisationId', units.createOrgUnit),
    handle(commands.RenameOrgUnit, organisation, 'organisationId', units.renameOrgUnit),
    handle(commands.MoveOrgUnit, organisation, 'organisationId', units.moveOrgUnit),
    handle(commands.SetResponsibilities, organisation, 'organisationId', units.setResponsibilities),
    handle(commands.AssignProcess, organisation, 'organisationId', units.assignProcess),
    handle(commands.UnassignProcess, organisation, 'organisationId', units.unassignProcess),
    handle(commands.AppointHead, organisation, 'organisationId', units.appointHead),
    handle(commands.CloseOrgUnit, organisation, 'organisationId', units.closeOrgUnit),
    handle(commands.ReopenOrgUnit, organisation, 'organisationId', units.reopenOrgUnit),
    handle(commands.DefinePosition, organisation, 'organisationId', positions.definePosition),
    handle(commands.ChangeDuties, organisation, 'organisationId', positions.changeDuties),
    handle(commands.ChangeReportingLine, organisation, 'organisationId', positions.changeReportingLine),
    handle(commands.SetApprovalLimit, organisation, 'organisationId', positions.setApprovalLimit),
    handle(commands.SetCustomerCap, organisation, 'organisationId', positions.setCustomerCap),
    handle(commands.SetHeadcount, organisation, 'organisationId', positions.setHeadcount),
    handle(commands.MovePosition, organisation, 'organisationId', positions.movePosition),
    handle(commands.RetirePosition, organisation, 'organisationId', positions.retirePosition),
    handle(commands.HireEmployee, organisation, 'organisationId', employees.hireEmployee),
    handle(commands.AssignToPosition, organisation, 'organisationId', employees.assignToPosition),
    handle(commands.EndAssignment, organisation, 'organisationId', employees.endAssignment),
    handle(commands.RecordAbsence, organisation, 'organisationId', employees.recordAbsence),
    handle(commands.EndAbsence, organisation, 'organisationId', employees.endAbsence),
    handle(commands.SuspendEmployee, organisation, 'organisationId', employees.suspendEmployee),
    handle(commands.ReinstateEmployee, organisation, 'organisationId', employees.reinstateEmployee),
    handle(commands.CompleteOffboarding, organisation, 'organisationId', employees.completeOffboarding),
    GetStructureChartHandler,
    ListEmployeesHandler,
    GetEmployeeHandler,
  ],
})
export class OrganisationModule {}
