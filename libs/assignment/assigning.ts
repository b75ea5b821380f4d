import { calendarFacts } from '../calendars/facts.js';
import { customerFacts, heldFacts } from '../customers/facts.js';
import { Missing } from '../errors.js';
import type { StateReader } from '../event-store/decider.js';
import type { Question } from '../event-store/handle.js';
import { idFrom } from '../ids.js';
import { leadFacts } from '../leads/facts.js';
import { employeeFacts, peopleFacts } from '../organisation/facts.js';
import { isWorkingTime } from '../working-time.js';
import { ruleFor, stepsOf } from './assigning.rules.js';
import type { AssigningFacts, Crew, Person, Step, Subject } from './assigning.rules.js';
import type { Desk, Pending } from './desk.decider.js';
import { deskIdOf } from './desk-id.js';
import type { AssignmentSubject, DeskKind } from './events.js';
import type { OpenLeads } from './open-leads.js';

const deskKindOf = (kind: AssignmentSubject['kind']): DeskKind => (kind === 'lead' ? 'leads' : 'customers');

/**
 * What a desk asks for before it chooses a person. A desk without rules looks nothing up, unless a person asks.
 * @param fromOwnerId the person from whom it is taken; refusals are told then as they are to a person
 */
export async function assigningFacts(
  { state, streams, envelope, now }: Question<unknown, Desk>,
  { kind, id }: AssignmentSubject,
  openLeads: OpenLeads,
  fromOwnerId?: string,
): Promise<AssigningFacts | undefined> {
  const asked = fromOwnerId !== undefined || envelope.source === 'api' || envelope.source === 'ui';
  if (!asked && state.rules.every(({ retired }) => retired)) return undefined;
  const subject = await subjectOf(streams, { kind, id });
  if (!subject) {
    if (asked) throw kind === 'lead' ? new Missing('lead', id) : new Missing('customer', id);
    return undefined;
  }
  const deskId = deskIdOf(deskKindOf(kind));
  const takesOne = !subject.closed && !subject.owned;
  const rule = takesOne ? ruleFor(state, subject) : undefined;
  const crews = new Map<string, Crew>();
  if (rule) {
    for (const step of stepsOf(state, rule)) {
      crews.set(step.key, await crewOf(step, { state, streams, now, kind }, openLeads));
    }
  }
  return { deskId, subject, asked, crews, assignmentId: idFrom('assignment', deskId, String(state.turns + 1)) };
}

async function subjectOf(streams: StateReader, { kind, id }: AssignmentSubject): Promise<Subject | undefined> {
  if (kind === 'lead') {
    const lead = await leadFacts(streams, id);
    if (!lead) return undefined;
    const { open, ownerId, region, sector, grade: grades, channel: channels } = lead;
    const traits = { regions: region, sectors: sector, grades, channels };
    return { kind, id, closed: !open, ownerId, owned: await isPresent(streams, ownerId), traits };
  }
  const customer = await customerFacts(streams, id);
  if (!customer) return undefined;
  const { status, ownerId, region, sector, tier } = customer;
  const traits = { regions: region, sectors: sector, tiers: tier };
  return {
    kind,
    id,
    closed: status === 'archived' || status === 'merged',
    ownerId,
    owned: await isPresent(streams, ownerId),
    traits,
  };
}

/** Owners who are away for some days stay owners. */
async function isPresent(streams: StateReader, employeeId: string | null): Promise<boolean> {
  const employee = employeeId === null ? undefined : await employeeFacts(streams, employeeId);
  return employee !== undefined && employee.status === 'active';
}

interface Asking {
  readonly state: Desk;
  readonly streams: StateReader;
  readonly now: string;
  readonly kind: AssignmentSubject['kind'];
}

async function crewOf({ rule, employeeId }: Step, asking: Asking, openLeads: OpenLeads): Promise<Crew> {
  const { streams, now } = asking;
  const { scope, workingHoursCalendarId, method, cap } = rule;
  const named = { orgUnitIds: [], positionIds: [], employeeIds: [employeeId ?? ''] };
  const people = await peopleFacts(streams, employeeId === null ? scope : named, now);
  const calendar =
    employeeId !== null || workingHoursCalendarId === null
      ? undefined
      : await calendarFacts(streams, workingHoursCalendarId);
  const counts = employeeId === null && (method === 'least-loaded' || cap !== null);
  const active = people.filter(({ status }) => status === 'active').map((each) => each.employeeId);
  const loads = counts ? await loadsOf(active, asking, openLeads) : undefined;
  const withLoad = people.map((person): Person => ({ ...person, load: loads?.get(person.employeeId) ?? null }));
  const inOrder = withLoad.toSorted((one, other) => (one.employeeId < other.employeeId ? -1 : 1));
  return { people: inOrder, atWork: !calendar || isWorkingTime(calendar.calendar, now) };
}

/**
 * Open subjects of these people, with those that they were chosen for and that are being assigned. Of these the streams are read
 * before what is counted: one that is assigned in between changes its stream, and the desk decides again.
 */
async function loadsOf(
  employeeIds: readonly string[],
  { state, streams, kind }: Asking,
  openLeads: OpenLeads,
): Promise<ReadonlyMap<string, number>> {
  const coming: Pending[] = [];
  for (const pending of state.pending.values()) {
    const subject = await subjectOf(streams, pending.subject);
    if (subject && subject.ownerId !== pending.chosen) coming.push(pending);
  }
  const held = kind === 'lead' ? await openLeads.of(employeeIds) : await heldBy(streams, employeeIds);
  return new Map(
    employeeIds.map((employeeId) => {
      const more = coming.filter(({ chosen }) => chosen === employeeId).length;
      return [employeeId, (held.get(employeeId) ?? 0) + more];
    }),
  );
}

async function heldBy(streams: StateReader, employeeIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const held = new Map<string, number>();
  for (const employeeId of employeeIds) held.set(employeeId, await heldFacts(streams, employeeId));
  return held;
}
