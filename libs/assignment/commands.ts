import { command } from '../commands/command.js';
import { id, list, oneOf, orNull, part, text, whole } from '../commands/fields.js';
import { leadChannels, leadGrades } from '../leads/events.js';
import { tiers } from '../tiering.js';
import { deskIdOf, ruleIdOf } from './desk-id.js';
import { assignmentMethods, deskKinds } from './events.js';
import type { DeskKind } from './events.js';

const most = 200;
const words = (longest = 255) => list(text(longest), { most, unique: true }).default([]);
const ids = (names: string) => list(id(names), { most, unique: true }).default([]);
const choices = <const Word extends string>(of: readonly Word[]) =>
  list(oneOf(of), { most: of.length, unique: true }).default([]);

const criteria = part({
  regions: words(),
  sectors: words(),
  tiers: choices(tiers).describe('Of customers.'),
  grades: choices(leadGrades).describe('Of leads.'),
  channels: choices(leadChannels).describe('Of leads.'),
});

const scope = part({
  orgUnitIds: ids('orgUnit').describe('With the units below them.'),
  positionIds: ids('position'),
  employeeIds: ids('employee'),
});

const needs = part({ skills: words(100), languages: words(100) });
const weight = part({ employeeId: id('employee'), weight: whole(1, 1_000) });

export class PublishAssignmentRule extends command({
  says: 'Says how leads or customers are given out from now on; under the name of a rule, its next version.',
  post: 'assignment-rules',
  requires: 'assignment.rules.publish',
  about: 'deskId',
  creates: { deskId: ({ deskKind }: { deskKind: DeskKind }) => deskIdOf(deskKind), ruleId: ruleIdOf },
  fields: {
    ruleId: id('assignment-rule'),
    deskKind: oneOf(deskKinds).describe('What is given out.'),
    name: text(100),
    priority: whole(1, 1_000).describe('Of the rules that fit, the lowest number holds; each rule has its own.'),
    criteria: criteria
      .default({ regions: [], sectors: [], tiers: [], grades: [], channels: [] })
      .describe('What the rule gives out; an empty list fits all. Regions and sectors are compared as names are.'),
    scope: scope.describe(
      'To which people: everybody in one of these. Absent, suspended and former ones are passed over.',
    ),
    method: oneOf(assignmentMethods),
    weights: list(weight, { most }).default([]).describe('For `weighted`; people who are not named weigh 1.'),
    cap: orNull(whole(1, 1_000_000)).describe('Most open subjects of one person.'),
    needs: needs
      .default({ skills: [], languages: [] })
      .describe('Skills and languages that a person must have, all of them.'),
    workingHoursCalendarId: orNull(id('calendar')).describe(
      'The rule gives out in these working hours only; beyond them its fallback holds.',
    ),
    fallback: orNull(part({ kind: oneOf(['rule', 'employee']), id: id() })).describe(
      'Another rule of the desk, or a person, where none of its people is left.',
    ),
  },
}) {}

export class RetireAssignmentRule extends command({
  says: 'Lets the rule give nothing out any more.',
  post: 'assignment-desks/:deskId/rules/:ruleId/retire',
  requires: 'assignment.rules.publish',
  about: 'deskId',
  fields: { ruleId: id('assignment-rule'), reason: text(1_000) },
}) {}

const fromOwnerId = id('employee').optional().describe('Who has it: refused where another one has it by now.');

export class AssignLeadByRule extends command({
  says: 'Chooses who answers for the lead, by the rule that fits it, where nobody does.',
  post: 'leads/:leadId/assign-by-rule',
  requires: 'leads.assign',
  about: 'leadId',
  stream: deskIdOf('leads'),
  fields: { fromOwnerId },
}) {}

export class AssignCustomerByRule extends command({
  says: 'Chooses who answers for the customer, by the rule that fits it, where nobody does.',
  post: 'customers/:customerId/assign-by-rule',
  requires: 'customers.assign',
  about: 'customerId',
  stream: deskIdOf('customers'),
  fields: { fromOwnerId },
}) {}

/** Sent by the process that carries assignments out. */
export class PassOverAssignee extends command({
  says: 'Chooses another person for a subject that could not be assigned to the one who was chosen.',
  about: 'deskId',
  fields: { assignmentId: id('assignment'), code: text(100) },
}) {}

/** Sent by the process that carries assignments out. */
export class ConfirmAssignment extends command({
  says: 'Records that the subject has the owner who was chosen.',
  about: 'deskId',
  fields: { assignmentId: id('assignment') },
}) {}
