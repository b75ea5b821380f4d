import { Module } from '@nestjs/common';
import { calendarFacts } from '../calendars/facts.js';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import { unknownFacts } from '../organisation/facts.js';
import { assigningFacts } from './assigning.js';
import * as rules from './assigning.rules.js';
import * as commands from './commands.js';
import { desk } from './desk.decider.js';
import type { Desk } from './desk.decider.js';
import { OpenLeads } from './open-leads.js';
import { publishAssignmentRule, retireAssignmentRule } from './publishing.rules.js';
import type { NamedFacts } from './publishing.rules.js';
import { GetAssignmentHandler, GetDeskHandler, ListAssignmentsHandler, ListDesksHandler } from './queries.js';

/** What the rule names in other contexts and what is not there. */
async function named({ command, streams }: Question<commands.PublishAssignmentRule, Desk>): Promise<NamedFacts> {
  const { scope, weights, fallback, workingHoursCalendarId } = command;
  const weighed = weights.map(({ employeeId }) => employeeId);
  const fields = [
    ['scope.orgUnitIds', 'units', scope.orgUnitIds],
    ['scope.positionIds', 'positions', scope.positionIds],
    ['scope.employeeIds', 'employees', scope.employeeIds],
    ['weights', 'employees', weighed],
    ['fallback.id', 'employees', fallback?.kind === 'employee' ? [fallback.id] : []],
  ] as const;
  const unknown: { field: string; id: string }[] = [];
  for (const [field, kind, ids] of fields) {
    for (const id of await unknownFacts(streams, kind, ids)) unknown.push({ field, id });
  }
  if (workingHoursCalendarId !== null && !(await calendarFacts(streams, workingHoursCalendarId))) {
    unknown.push({ field: 'workingHoursCalendarId', id: workingHoursCalendarId });
  }
  return { unknown };
}

const lead = async (question: Question<commands.AssignLeadByRule, Desk>, openLeads: OpenLeads) => ({
  found: await assigningFacts(
    question,
    { kind: 'lead', id: question.command.leadId },
    openLeads,
    question.command.fromOwnerId,
  ),
});

const customer = async (question: Question<commands.AssignCustomerByRule, Desk>, openLeads: OpenLeads) => ({
  found: await assigningFacts(
    question,
    { kind: 'customer', id: question.command.customerId },
    openLeads,
    question.command.fromOwnerId,
  ),
});

/** The same for the subject of an assignment that was refused. */
const anew = async (question: Question<commands.PassOverAssignee, Desk>, openLeads: OpenLeads) => {
  const pending = rules.pendingOf(question.state, question.command.assignmentId);
  return { found: pending && (await assigningFacts(question, pending.subject, openLeads)) };
};

@Module({
  providers: [
    OpenLeads,
    handle(commands.PublishAssignmentRule, desk, publishAssignmentRule, named),
    handle(commands.RetireAssignmentRule, desk, retireAssignmentRule),
    handle(commands.AssignLeadByRule, desk, rules.assignByRule, { facts: lead, from: OpenLeads }),
    handle(commands.AssignCustomerByRule, desk, rules.assignByRule, { facts: customer, from: OpenLeads }),
    handle(commands.PassOverAssignee, desk, rules.passOverAssignee, { facts: anew, from: OpenLeads }),
    handle(commands.ConfirmAssignment, desk, rules.confirmAssignment),
    GetAssignmentHandler,
    ListAssignmentsHandler,
    GetDeskHandler,
    ListDesksHandler,
  ],
})
export class AssignmentModule {}
