import type { AssigningFacts, Crew, Person } from '../../libs/assignment/assigning.rules.js';
import { deskIdOf } from '../../libs/assignment/desk-id.js';
import type { AssignmentEvents, AssignmentRule } from '../../libs/assignment/events.js';
import type { EventOf } from '../../libs/event-store/event-store.js';

export type AssignmentEvent = EventOf<AssignmentEvents>;

export const deskId = deskIdOf('leads');
export const ruleId = '01970000-0000-7000-8000-00000000a001';
export const leadId = '01970000-0000-7000-8000-00000000a1ea';

/** Employees by one letter, so that the smallest id is that of `a`. */
export const who = (letter: string): string =>
  `01970000-0000-7000-8000-0000000000${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;

export const rule = (change: Partial<AssignmentRule> = {}): AssignmentRule => ({
  ruleId,
  name: 'Leads of fairs',
  priority: 10,
  criteria: { regions: [], sectors: [], tiers: [], grades: [], channels: [] },
  scope: { orgUnitIds: [], positionIds: [], employeeIds: ['a', 'b', 'c'].map(who) },
  method: 'round-robin',
  weights: [],
  cap: null,
  needs: { skills: [], languages: [] },
  workingHoursCalendarId: null,
  fallback: null,
  ...change,
});

export const published = (change: Partial<AssignmentRule> = {}, version = 1): AssignmentEvent => ({
  type: 'AssignmentRulePublished',
  data: { deskId, deskKind: 'leads', version, ...rule(change) },
});

export const person = (letter: string, change: Partial<Person> = {}): Person => ({
  employeeId: who(letter),
  status: 'active',
  skills: [],
  languages: [],
  load: null,
  ...change,
});

export const crew = (...people: readonly Person[]): Crew => ({ people, atWork: true });

/** A lead without an owner, for which these are the people of the rule. */
export const facts = (
  crews: Readonly<Record<string, Crew>>,
  change: Partial<AssigningFacts['subject']> = {},
  more: Partial<AssigningFacts> = {},
): { readonly found: AssigningFacts } => ({
  found: {
    deskId,
    assignmentId: `${leadId.slice(0, -4)}0001`,
    asked: false,
    crews: new Map(Object.entries(crews)),
    subject: {
      kind: 'lead',
      id: leadId,
      closed: false,
      ownerId: null,
      owned: false,
      traits: { regions: 'North', sectors: 'Pumps', grades: 'B', channels: 'event' },
      ...change,
    },
    ...more,
  },
});
