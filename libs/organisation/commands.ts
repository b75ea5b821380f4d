import { command } from '../commands/command.js';
import { day, flag, id, list, money, oneOf, orNull, part, text, time, whole } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { levels, organisationId, unitKinds } from './events.js';

/* Decided on the stream of the whole organisation, whichever unit, position or employee it is about. */

const ofUnit = { about: 'orgUnitId', stream: organisationId, requires: 'organisation.units.change' } as const;
const ofPosition = { about: 'positionId', stream: organisationId, requires: 'organisation.positions.change' } as const;
const ofEmployee = { about: 'employeeId', stream: organisationId, requires: 'organisation.employees.change' } as const;

const texts = (longest: number) => list(text(longest), { most: 100, unique: true });

const unit = {
  name: text(255),
  kind: oneOf(unitKinds),
  level: oneOf(levels).describe('Never above the level of the unit above.'),
  parentId: orNull(id('orgUnit')).describe('The unit above; left out for the root of the chart.'),
};

export type NewOrgUnit = ValuesOf<typeof unit>;

export class CreateOrgUnit extends command({
  ...ofUnit,
  says: 'Sets up a unit under another one; the first one is the root of the chart.',
  post: 'org-units',
  creates: { orgUnitId: 'org-unit' },
  in: 'unit',
  fields: unit,
}) {}

export class RenameOrgUnit extends command({
  ...ofUnit,
  says: 'Gives the unit another name.',
  post: 'org-units/:orgUnitId/name',
  fields: { name: text(255) },
}) {}

export class MoveOrgUnit extends command({
  ...ofUnit,
  says: 'Puts the unit, with everything below it, under another one.',
  post: 'org-units/:orgUnitId/parent',
  fields: {
    parentId: id('orgUnit'),
    effectiveFrom: time().optional().describe('When it took effect, when that is not now.'),
  },
}) {}

export class SetOrgUnitResponsibilities extends command({
  ...ofUnit,
  says: 'Says what the unit answers for in customer management.',
  post: 'org-units/:orgUnitId/responsibilities',
  fields: {
    responsibilities: texts(1_000).describe('What the unit answers for; replaces what was said before.'),
  },
}) {}

const process = {
  process: text(255).describe('A customer-management process, such as customer development, maintenance or service.'),
};

export class AssignOrgUnitProcess extends command({
  ...ofUnit,
  says: 'Lets the unit run a customer-management process.',
  post: 'org-units/:orgUnitId/processes',
  fields: process,
}) {}

export class UnassignOrgUnitProcess extends command({
  ...ofUnit,
  says: 'Takes a process from the unit.',
  post: 'org-units/:orgUnitId/processes/remove',
  fields: process,
}) {}

export class AppointOrgUnitHead extends command({
  ...ofUnit,
  says: 'Says which of its positions leads the unit.',
  post: 'org-units/:orgUnitId/head',
  fields: { positionId: id('position').nullable().describe('A position of the unit, or null for none.') },
}) {}

export class CloseOrgUnit extends command({
  ...ofUnit,
  says: 'Lets the unit, when it is empty, cease to work.',
  post: 'org-units/:orgUnitId/close',
  fields: {},
}) {}

export class ReopenOrgUnit extends command({
  ...ofUnit,
  says: 'Lets the closed unit work again.',
  post: 'org-units/:orgUnitId/reopen',
  fields: {},
}) {}

const headcount = whole(0, 100_000);
const position = {
  title: text(255),
  orgUnitId: id('orgUnit'),
  reportsToPositionId: orNull(id('position')).describe(
    'The position it answers to; left out, it answers to the head of its unit.',
  ),
  duties: texts(1_000).default([]),
  processSteps: texts(255).default([]),
  headcount: headcount.default(1).describe('How many people it takes, one when left out.'),
};

export type NewPosition = ValuesOf<typeof position>;

export class DefinePosition extends command({
  ...ofPosition,
  says: 'Creates a position in a unit.',
  post: 'positions',
  creates: { positionId: 'position' },
  in: 'position',
  fields: position,
}) {}

export class ChangePositionDuties extends command({
  ...ofPosition,
  says: 'Says what a holder of the position does, and which steps of processes they run.',
  post: 'positions/:positionId/duties',
  fields: {
    duties: texts(1_000).describe('What a holder of the position does; replaces what was said before.'),
    processSteps: texts(255).optional().describe('Steps of processes a holder runs; left out, they stay as they are.'),
  },
}) {}

export class ChangePositionReportingLine extends command({
  ...ofPosition,
  says: 'Says which position this one answers to.',
  post: 'positions/:positionId/reporting-line',
  fields: { reportsToPositionId: id('position').nullable().describe('Null for the head of its unit.') },
}) {}

export class SetPositionApprovalLimit extends command({
  ...ofPosition,
  says: 'Says up to which amount a holder approves.',
  post: 'positions/:positionId/approval-limit',
  fields: { limit: money().nullable().describe('Null when the position approves nothing by amount.') },
}) {}

const cap = part({
  max: whole(0, 1_000_000),
  excludeWon: flag().default(false).describe('Whether customers that bought do not count.'),
}).meta({ id: 'CustomerCapValue' });

export class SetPositionCustomerCap extends command({
  ...ofPosition,
  says: 'Says how many customers a holder may own.',
  post: 'positions/:positionId/customer-cap',
  fields: { cap: cap.nullable().describe('Null for any number of customers.') },
}) {}

export class SetPositionHeadcount extends command({
  ...ofPosition,
  says: 'Says how many people the position takes.',
  post: 'positions/:positionId/headcount',
  fields: { headcount: headcount.describe('How many people the position takes.') },
}) {}

export class MovePosition extends command({
  ...ofPosition,
  says: 'Puts the position, with the people on it, into another unit.',
  post: 'positions/:positionId/unit',
  fields: { orgUnitId: id('orgUnit') },
}) {}

export class RetirePosition extends command({
  ...ofPosition,
  says: 'Does away with the position, when nobody holds it.',
  post: 'positions/:positionId/retire',
  fields: {},
}) {}

const hiring = {
  name: text(255),
  positionId: id('position').describe('The first primary position.'),
  hiredAt: time().optional().describe('When the person joined, when that is not now.'),
  assignedFrom: time().optional().describe('When they took up the position, when that was not on joining.'),
};

export type Hiring = ValuesOf<typeof hiring>;

export class HireEmployee extends command({
  ...ofEmployee,
  says: 'Takes a person on, in their first position.',
  post: 'employees',
  creates: { employeeId: 'employee' },
  in: 'hiring',
  fields: hiring,
}) {}

const assignment = {
  positionId: id('position'),
  primary: flag().describe('A primary position takes the place of the one before; a secondary one comes on top.'),
  from: time().optional().describe('When it began, when that is not now.'),
  until: time().nullish().describe('When it will end; for secondary positions only.'),
};

export type Assignment = ValuesOf<typeof assignment>;

export class AssignEmployeeToPosition extends command({
  ...ofEmployee,
  says: 'Gives the employee a position.',
  post: 'employees/:employeeId/assignments',
  in: 'assignment',
  fields: assignment,
}) {}

export class EndEmployeeAssignment extends command({
  ...ofEmployee,
  says: 'Takes a secondary position from the employee.',
  post: 'employees/:employeeId/assignments/:positionId/end',
  fields: {
    positionId: id('position'),
    endedAt: time().optional().describe('When it ended, when that is not now.'),
  },
}) {}

export class RecordEmployeeAbsence extends command({
  ...ofEmployee,
  says: 'Says when the employee is away, and who stands in.',
  post: 'employees/:employeeId/absences',
  fields: {
    from: day().describe('First day away.'),
    to: orNull(day()).describe('Last day away; left out while nobody knows.'),
    deputyId: orNull(id('employee')).describe('The employee who stands in.'),
  },
}) {}

export class EndEmployeeAbsence extends command({
  ...ofEmployee,
  says: 'Says that the employee is back.',
  post: 'employees/:employeeId/return',
  fields: {
    on: day().optional().describe('First day back, today when left out; the first day of an absence calls it off.'),
  },
}) {}

export class SuspendEmployee extends command({
  ...ofEmployee,
  says: 'Lets the employee not act for the time being.',
  post: 'employees/:employeeId/suspend',
  requires: 'organisation.employees.suspend',
  fields: { reason: text(1_000) },
}) {}

export class ReinstateEmployee extends command({
  ...ofEmployee,
  says: 'Lets the suspended employee act again.',
  post: 'employees/:employeeId/reinstate',
  requires: 'organisation.employees.suspend',
  fields: {},
}) {}

export class SetEmployeeSkills extends command({
  ...ofEmployee,
  says: 'Says what the employee can do, and which languages they speak.',
  post: 'employees/:employeeId/skills',
  fields: {
    skills: texts(100).describe('Replaces what was said before.'),
    languages: texts(100).describe('Replaces what was said before.'),
  },
}) {}

export class StartOffboarding extends command({
  ...ofEmployee,
  says: 'Says that the employee is going to leave: nothing comes to them any more, and what they have can be handed over.',
  post: 'employees/:employeeId/offboarding',
  fields: {
    handOverTo: orNull(id('employee')).describe('Who is to have what they have, where a hand-over names nobody.'),
  },
}) {}

export class OffboardEmployee extends command({
  ...ofEmployee,
  says: 'Lets the employee go for good, once their off-boarding has begun and nothing is left to hand over.',
  post: 'employees/:employeeId/leave',
  fields: { leftAt: time().optional().describe('When the person left, when that is not now.') },
}) {}
