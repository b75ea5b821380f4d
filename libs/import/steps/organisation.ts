import {
  AppointOrgUnitHead,
  AssignEmployeeToPosition,
  AssignOrgUnitProcess,
  CreateOrgUnit,
  DefinePosition,
  HireEmployee,
  OffboardEmployee,
  RecordEmployeeAbsence,
  SetOrgUnitResponsibilities,
  SetPositionApprovalLimit,
  SetPositionCustomerCap,
} from '../../organisation/commands.js';
import { organisationId } from '../../organisation/events.js';
import type { AnyCommand } from '../../commands/command.js';
import { step } from './step.js';
import type { Target } from './step.js';

/**
 * A step of the organisation, whose units, positions and people lie on one stream.
 * @param without fields of the command that rows do not have
 */
const toOrganisation = (command: AnyCommand, says: string, without: readonly string[] = []): Target =>
  step(command, {
    says,
    fields: Object.fromEntries(without.map((name) => [name, null])),
    stream: () => `organisation-${organisationId}`,
    identity: (made: object) => ({ organisationId, ...made }),
  });

export const organisationTargets: Readonly<Record<string, Target>> = {
  orgUnit: toOrganisation(CreateOrgUnit, 'A unit of the organisation.'),
  orgUnitResponsibilities: toOrganisation(SetOrgUnitResponsibilities, 'What a unit answers for.'),
  orgUnitProcess: toOrganisation(AssignOrgUnitProcess, 'A customer-management process that a unit runs.'),
  orgUnitHead: toOrganisation(
    AppointOrgUnitHead,
    'The position that leads a unit; it must be a position of that unit.',
  ),
  position: toOrganisation(DefinePosition, 'A position in a unit, for one person unless `headcount` says more.'),
  positionCustomerCap: toOrganisation(SetPositionCustomerCap, 'How many customers each holder of a position may own.'),
  positionApprovalLimit: toOrganisation(SetPositionApprovalLimit, 'Up to which amount a position approves.'),
  employee: toOrganisation(
    HireEmployee,
    'A person who works here, with the first position; hired at the business time.',
    ['hiredAt', 'assignedFrom'],
  ),
  employeePosition: toOrganisation(
    AssignEmployeeToPosition,
    'Another position of a person: a new primary one takes the place of the one before, others come on top.',
    ['from'],
  ),
  employeeAbsence: toOrganisation(RecordEmployeeAbsence, 'Days a person is away, both included, and who stands in.'),
  employeeLeft: toOrganisation(OffboardEmployee, 'A person left, at the business time.', ['leftAt']),
};
