import type { DecidedFacts } from '../assignment/events.js';
import { differences } from '../changes.js';
import { Missing, Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { e164 } from '../phone.js';
import { afterWorkingTime } from '../working-time.js';
import type {
  AssignLead,
  AssignLeadAsDecided,
  CaptureLead,
  ChangeLeadDetails,
  ContactLead,
  DisqualifyLead,
  LeadDetailsGiven,
  MarkLeadDuplicate,
  NoteLead,
  QualifyLead,
  RecordLeadResponseBreach,
  RecycleLead,
  ReopenLead,
  TransferLead,
} from './commands.js';
import type { LeadDetails, LeadEvents } from './events.js';
import { checkOwner } from '../owner-changed.js';
import { lead, open, present } from './lead.decider.js';
import type { KnownLead, Lead, ResponseClock } from './lead.decider.js';
import { responseRuleFor } from './lead-policy.decider.js';
import { judged } from './lead-score.rules.js';
import type { CaptureFacts, Counting } from './lead-score.rules.js';

type Event = EventOf<LeadEvents>;

const MINUTE = 60_000;

const detailsIn = (given: LeadDetailsGiven): LeadDetails => ({
  personName: given.personName ?? null,
  personTitle: given.personTitle ?? null,
  email: given.email ?? null,
  phone: typeof given.phone === 'string' ? e164(given.phone, undefined, 'details.phone') : null,
  companyName: given.companyName ?? null,
  domain: given.domain ?? null,
  sector: given.sector ?? null,
  region: given.region ?? null,
  message: given.message ?? null,
});

/** Capturing the same lead with the same content again changes nothing. */
export function captureLead(
  state: Lead,
  { leadId, source, details: given, ownerId }: CaptureLead,
  now: string,
  facts: CaptureFacts,
): Event[] {
  const details = detailsIn(given);
  checkNamed(details, 'details.personName');
  if (state.status !== 'unknown') {
    const same =
      JSON.stringify([state.source, state.details, state.capturedFor]) === JSON.stringify([source, details, ownerId]);
    if (same) return [];
    throw new Refusal(
      'lead-exists',
      'A lead of this id was captured with other details, or for another owner.',
      { leadId },
      409,
    );
  }
  const captured: Event = { type: 'LeadCaptured', data: { leadId, source, details } };
  const events = [captured, ...judged(lead.evolve.LeadCaptured(state, captured.data, now) as KnownLead, leadId, facts)];
  if (ownerId !== null)
    events.push({ type: 'LeadAssigned', data: { leadId, from: null, to: ownerId, basis: 'capture' } });
  const graded = events.find((event) => event.type === 'LeadGraded');
  return [...events, ...answeredBy({ source, grade: graded?.data.to ?? null }, leadId, now, facts)];
}

/** By when the lead is to be answered from now on. An archive is not. */
function answeredBy(
  { source, grade }: Pick<KnownLead, 'source' | 'grade'>,
  leadId: string,
  now: string,
  { policy, calendars, imported }: CaptureFacts,
): Event[] {
  const rule = imported || !policy ? undefined : responseRuleFor(policy, grade, source);
  if (!rule) return [];
  const clock = clockOf({ ...rule, since: now, policyVersion: policy!.version }, calendars.get(rule.calendarId));
  return clock ? [{ type: 'LeadResponseDue', data: { leadId, ...clock } }] : [];
}

/** @throws Refusal `lead-nameless` */
function checkNamed({ personName, companyName }: LeadDetails, field: string): void {
  if (personName !== null || companyName !== null) return;
  throw new Refusal('lead-nameless', 'A lead has the name of a person or of a company.', {
    field,
  });
}

/** The clock on the calendar as it is now; nothing where so much working time never comes. */
function clockOf(
  { since, minutes, calendarId, policyVersion }: Omit<ResponseClock, 'dueAt' | 'calendarRevision'>,
  counting: Counting | undefined,
): ResponseClock | undefined {
  const dueAt = counting && afterWorkingTime(counting.calendar, since, minutes * MINUTE);
  if (dueAt === undefined) return undefined;
  return { since, dueAt, minutes, calendarId, calendarRevision: counting!.revision, policyVersion };
}

/** What changes the score is scored anew. */
export function changeLeadDetails(
  state: Lead,
  { leadId, details }: ChangeLeadDetails,
  _now: string,
  facts: CaptureFacts,
): Event[] {
  const known = open(state, leadId);
  const wanted = typeof details.phone === 'string' ? { ...details, phone: e164(details.phone) } : details;
  const changes = differences(known.details, wanted);
  if (!changes) return [];
  const next = lead.evolve.LeadDetailsChanged(known, { leadId, changes }, '') as KnownLead;
  checkNamed(next.details, 'personName');
  return [{ type: 'LeadDetailsChanged', data: { leadId, changes } }, ...judged(next, leadId, facts)];
}

export function noteLead(state: Lead, { leadId, text }: NoteLead): Event[] {
  present(state, leadId);
  return [{ type: 'LeadNoted', data: { leadId, text } }];
}

export function assignLead(
  state: Lead,
  { leadId, ownerId: to, reason, fromOwnerId }: AssignLead,
  _now: string,
  { openTransferId }: { readonly openTransferId: string | null },
): Event[] {
  const { ownerId: from } = open(state, leadId);
  if (from === to) return [];
  checkOwner(fromOwnerId, from);
  if (openTransferId !== null) {
    throw new Refusal('transfer-pending', 'A transfer is open for it.', { transferId: openTransferId }, 409);
  }
  const why = reason === undefined ? {} : { reason };
  return [{ type: 'LeadAssigned', data: { leadId, from, to, basis: 'supervisor', ...why } }];
}

/** @param decided undefined when the lead does not wait for the assignment */
export function assignLeadAsDecided(
  state: Lead,
  { leadId }: AssignLeadAsDecided,
  _now: string,
  { decided }: { readonly decided: DecidedFacts | undefined },
): Event[] {
  const { ownerId: from } = open(state, leadId);
  if (!decided || decided.from !== from) {
    throw new Refusal('assignment-overtaken', 'The lead came to its owner in another way meanwhile.', { leadId }, 409);
  }
  const { chosen: to, assignment } = decided;
  return [{ type: 'LeadAssigned', data: { leadId, from, to, basis: 'rule', assignment } }];
}

export function transferLead(state: Lead, { leadId, transferId, fromOwnerId, toOwnerId: to }: TransferLead): Event[] {
  const { ownerId: from } = open(state, leadId);
  checkOwner(fromOwnerId, from);
  return [{ type: 'LeadAssigned', data: { leadId, from, to, basis: 'transfer', transferId } }];
}

/** The calendar of a clock that runs. */
export interface ClockFacts {
  readonly counting: Counting | undefined;
}

/**
 * The first answer is in time or it is not, by the calendar as it is now: one that changed under the clock moves its end. When the
 * clock has recorded before that the time was over, it is over.
 */
export function contactLead(
  state: Lead,
  { leadId, channel, summary }: ContactLead,
  now: string,
  { counting }: ClockFacts,
): Event[] {
  const { ownerId, clock } = open(state, leadId);
  const contacted: Event = { type: 'LeadContacted', data: { leadId, channel, summary, ownerId } };
  if (!clock) return [contacted];
  const { moved, dueAt } = asOfNow(clock, leadId, counting);
  const data = { leadId, dueAt, ownerId };
  if (now <= dueAt) return [...moved, { type: 'LeadFirstResponseMet', data }, contacted];
  return [...moved, { type: 'LeadFirstResponseBreached', data, occurredAt: dueAt }, contacted];
}

/** A time that was answered, or that a changed calendar has moved, is not over. */
export function recordLeadResponseBreach(
  state: Lead,
  { leadId, dueAt: passed }: RecordLeadResponseBreach,
  now: string,
  { counting }: ClockFacts,
): Event[] {
  const { status, ownerId, clock } = present(state, leadId);
  if (status === 'converted' || !clock || clock.dueAt !== passed) return [];
  const { moved, dueAt } = asOfNow(clock, leadId, counting);
  if (dueAt > now) return moved;
  return [...moved, { type: 'LeadFirstResponseBreached', data: { leadId, dueAt, ownerId }, occurredAt: dueAt }];
}

function asOfNow(clock: ResponseClock, leadId: string, counting: Counting | undefined) {
  const next = counting?.revision === clock.calendarRevision ? clock : (clockOf(clock, counting) ?? clock);
  const moved: Event[] = next.dueAt === clock.dueAt ? [] : [{ type: 'LeadResponseDue', data: { leadId, ...next } }];
  return { moved, dueAt: next.dueAt };
}

export function qualifyLead(state: Lead, { leadId, note }: QualifyLead): Event[] {
  const { status, ownerId } = open(state, leadId);
  if (status === 'qualified') return [];
  if (ownerId === null)
    throw new Refusal('lead-unowned', 'A lead is qualified by who answers for it: assign it first.');
  return [{ type: 'LeadQualified', data: { leadId, note } }];
}

export function disqualifyLead(state: Lead, { leadId, reason, note }: DisqualifyLead): Event[] {
  open(state, leadId);
  return [{ type: 'LeadDisqualified', data: { leadId, reason, note } }];
}

export function recycleLead(state: Lead, { leadId, reason }: RecycleLead): Event[] {
  const { ownerId: from } = open(state, leadId);
  const recycled: Event = { type: 'LeadRecycled', data: { leadId, reason } };
  if (from === null) return [recycled];
  return [recycled, { type: 'LeadAssigned', data: { leadId, from, to: null, basis: 'recycled' } }];
}

/** It is to be answered anew, by the policy in force. */
export function reopenLead(state: Lead, { leadId, reason }: ReopenLead, now: string, facts: CaptureFacts): Event[] {
  const known = present(state, leadId);
  if (known.status === 'unqualified' || known.status === 'recycled' || known.status === 'duplicate') {
    return [{ type: 'LeadReopened', data: { leadId, reason } }, ...answeredBy(known, leadId, now, facts)];
  }
  // A converted lead is refused; one that is open is what is asked for.
  open(state, leadId);
  return [];
}

export function markLeadDuplicate(
  state: Lead,
  { leadId, of }: MarkLeadDuplicate,
  _now: string,
  { there, isDuplicate }: { readonly there: boolean; readonly isDuplicate: boolean },
): Event[] {
  open(state, leadId);
  if (of.id === leadId)
    throw new Refusal('duplicate-of-itself', 'A lead is no duplicate of itself.', { field: 'of.id' });
  if (!there) throw new Missing(of.kind === 'lead' ? 'lead' : 'customer', of.id);
  if (isDuplicate) {
    throw new Refusal('duplicate-of-duplicate', 'That lead is a duplicate itself: name the one it is the same as.', {
      field: 'of.id',
    });
  }
  return [{ type: 'LeadMarkedDuplicate', data: { leadId, of } }];
}
