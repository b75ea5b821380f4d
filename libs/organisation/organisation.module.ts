import { Module } from '@nestjs/common';
import { handleKeyed } from '../event-store/handle.js';
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
    handleKeyed(commands.CreateOrgUnit, organisation, 'organisationId', units.createOrgUnit),
    handleKeyed(commands.RenameOrgUnit, organisation, 'organisationId', units.renameOrgUnit),
    handleKeyed(commands.MoveOrgUnit, organisation, 'organisationId', units.moveOrgUnit),
    handleKeyed(commands.SetResponsibilities, organisation, 'organisationId', units.setResponsibilities),
    handleKeyed(commands.AssignProcess, organisation, 'organisationId', units.assignProcess),
    handleKeyed(commands.UnassignProcess, organisation, 'organisationId', units.unassignProcess),
    handleKeyed(commands.AppointHead, organisation, 'organisationId', units.appointHead),
    handleKeyed(commands.CloseOrgUnit, organisation, 'organisationId', units.closeOrgUnit),
    handleKeyed(commands.ReopenOrgUnit, organisation, 'organisationId', units.reopenOrgUnit),
    handleKeyed(commands.DefinePosition, organisation, 'organisationId', positions.definePosition),
    handleKeyed(commands.ChangeDuties, organisation, 'organisationId', positions.changeDuties),
    handleKeyed(commands.ChangeReportingLine, organisation, 'organisationId', positions.changeReportingLine),
    handleKeyed(commands.SetApprovalLimit, organisation, 'organisationId', positions.setApprovalLimit),
    handleKeyed(commands.SetCustomerCap, organisation, 'organisationId', positions.setCustomerCap),
    handleKeyed(commands.SetHeadcount, organisation, 'organisationId', positions.setHeadcount),
    handleKeyed(commands.MovePosition, organisation, 'organisationId', positions.movePosition),
    handleKeyed(commands.RetirePosition, organisation, 'organisationId', positions.retirePosition),
    handleKeyed(commands.HireEmployee, organisation, 'organisationId', employees.hireEmployee),
    handleKeyed(commands.AssignToPosition, organisation, 'organisationId', employees.assignToPosition),
    handleKeyed(commands.EndAssignment, organisation, 'organisationId', employees.endAssignment),
    handleKeyed(commands.RecordAbsence, organisation, 'organisationId', employees.recordAbsence),
    handleKeyed(commands.EndAbsence, organisation, 'organisationId', employees.endAbsence),
    handleKeyed(commands.SuspendEmployee, organisation, 'organisationId', employees.suspendEmployee),
    handleKeyed(commands.ReinstateEmployee, organisation, 'organisationId', employees.reinstateEmployee),
    handleKeyed(commands.CompleteOffboarding, organisation, 'organisationId', employees.completeOffboarding),
    GetStructureChartHandler,
    ListEmployeesHandler,
    GetEmployeeHandler,
  ],
})
export class OrganisationModule {}
