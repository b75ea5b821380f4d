import { Module } from '@nestjs/common';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import { Inventory } from '../inventory/inventory.js';
import * as commands from './commands.js';
import { GetInventoryHandler } from './inventory.queries.js';
import * as employees from './employee.rules.js';
import * as units from './org-unit.rules.js';
import { NamedPositions } from './named-positions.js';
import * as leaving from './offboarding.rules.js';
import { organisation } from './organisation.decider.js';
import type { Organisation } from './organisation.decider.js';
import * as positions from './position.rules.js';
import { GetEmployeeHandler, GetStructureChartHandler, ListEmployeesHandler } from './queries.js';

/**
 * What somebody who is to leave has. Imports and the demo tell of what was handed over then, and play without read models: they are
 * believed.
 */
const belongings = async (
  { command, envelope, state }: Question<{ readonly employeeId: string }, Organisation>,
  inventory: Inventory,
) => {
  const isAsked = envelope.source === 'api' || envelope.source === 'ui';
  return { has: isAsked && state.employees.has(command.employeeId) ? await inventory.left(command.employeeId) : null };
};

/** Imports and the demo play without read models: they are believed here as well. */
const naming = async (
  { command, envelope, state }: Question<commands.RetirePosition, Organisation>,
  named: NamedPositions,
) => {
  const isAsked = envelope.source === 'api' || envelope.source === 'ui';
  return { flows: isAsked && state.positions.has(command.positionId) ? await named.flows(command.positionId) : [] };
};

@Module({
  providers: [
    NamedPositions,
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
    handle(commands.RetirePosition, organisation, positions.retirePosition, { facts: naming, from: NamedPositions }),
    handle(commands.HireEmployee, organisation, employees.hireEmployee),
    handle(commands.AssignEmployeeToPosition, organisation, employees.assignEmployeeToPosition),
    handle(commands.EndEmployeeAssignment, organisation, employees.endEmployeeAssignment),
    handle(commands.RecordEmployeeAbsence, organisation, employees.recordEmployeeAbsence),
    handle(commands.EndEmployeeAbsence, organisation, employees.endEmployeeAbsence),
    handle(commands.SuspendEmployee, organisation, employees.suspendEmployee),
    handle(commands.ReinstateEmployee, organisation, employees.reinstateEmployee),
    handle(commands.SetEmployeeSkills, organisation, employees.setEmployeeSkills),
    handle(commands.StartOffboarding, organisation, leaving.startOffboarding, { facts: belongings, from: Inventory }),
    handle(commands.OffboardEmployee, organisation, leaving.offboardEmployee, { facts: belongings, from: Inventory }),
    GetInventoryHandler,
    GetStructureChartHandler,
    ListEmployeesHandler,
    GetEmployeeHandler,
  ],
})
export class OrganisationModule {}
