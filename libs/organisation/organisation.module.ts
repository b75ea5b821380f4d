import { Module } from '@nestjs/common';
import { handle } from '../event-store/handle.js';
import * as commands from './commands.js';
import * as employees from './employee.rules.js';
import * as units from './org-unit.rules.js';
import { organisation } from './organisation.decider.js';
import * as positions from './position.rules.js';
import { GetEmployeeHandler, GetStructureChartHandler, ListEmployeesHandler } from './queries.js';

@Module({
  providers: [
    handle(commands.CreateOrgUnit, organisation, units.createOrgUnit),
    handle(commands.RenameOrgUnit, organisation, units.renameOrgUnit),
    handle(commands.MoveOrgUnit, organisation, units.moveOrgUnit),
    handle(commands.SetOrgUnitResponsibilities, organisation, units.setOrgUnitResponsibilities),
    handle(commands.AssignOrgUnitProcess, organisation, units.assignOrgUnitProcess),
    handle(commands.UnassignOrgUnitProcess, organisation, units.unassignOrgUnitProcess),
    handle(commands.AppointOrgUnitHead, organisation, units.appointOrgUnitHead),
    handle(commands.CloseOrgUnit, organisation, units.closeOrgUnit),
    handle(commands.ReopenOrgUnit, organisation, units.reopenOrgUnit),
    handle(commands.DefinePosition, organisation, positions.definePosition),
    handle(commands.ChangePositionDuties, organisation, positions.changePositionDuties),
    handle(commands.ChangePositionReportingLine, organisation, positions.changePositionReportingLine),
    handle(commands.SetPositionApprovalLimit, organisation, positions.setPositionApprovalLimit),
    handle(commands.SetPositionCustomerCap, organisation, positions.setPositionCustomerCap),
    handle(commands.SetPositionHeadcount, organisation, positions.setPositionHeadcount),
    handle(commands.MovePosition, organisation, positions.movePosition),
    handle(commands.RetirePosition, organisation, positions.retirePosition),
    handle(commands.HireEmployee, organisation, employees.hireEmployee),
    handle(commands.AssignEmployeeToPosition, organisation, employees.assignEmployeeToPosition),
    handle(commands.EndEmployeeAssignment, organisation, employees.endEmployeeAssignment),
    handle(commands.RecordEmployeeAbsence, organisation, employees.recordEmployeeAbsence),
    handle(commands.EndEmployeeAbsence, organisation, employees.endEmployeeAbsence),
    handle(commands.SuspendEmployee, organisation, employees.suspendEmployee),
    handle(commands.ReinstateEmployee, organisation, employees.reinstateEmployee),
    handle(commands.SetEmployeeSkills, organisation, employees.setEmployeeSkills),
    handle(commands.OffboardEmployee, organisation, employees.offboardEmployee),
    GetStructureChartHandler,
    ListEmployeesHandler,
    GetEmployeeHandler,
  ],
})
export class OrganisationModule {}
