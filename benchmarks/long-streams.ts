import type { CustomerEvents, Owner, PortfolioEvents } from '../libs/customers/events.js';
import type { EventOf } from '../libs/event-store/event-store.js';
import type { OpportunityEvents } from '../libs/opportunities/events.js';
import type { OrganisationEvents } from '../libs/organisation/events.js';
import type { Recorder } from './append-streams.js';
import { firstNames, products, summaries, things } from './words.js';

/** People in one team of the long organisation. */
const TEAM = 50;

/** Makes the events of one stream, its id and how many are asked for; a few more where they come together. */
export type Long<Events> = (recorder: Recorder, id: string, count: number) => EventOf<Events>[];

/** An employee takes over customers, and hands every tenth on. */
export const busyPortfolio: Long<PortfolioEvents> = (recorder, employeeId, count) => {
  const events: EventOf<PortfolioEvents>[] = [];
  const held: string[] = [];
  while (events.length < count) {
    const customerId = recorder.id();
    held.push(customerId);
    events.push({ type: 'PortfolioPlaceReserved', data: { employeeId, customerId } });
    if (held.length % 10 !== 0) continue;
    events.push({ type: 'PortfolioPlaceReleased', data: { employeeId, customerId: recorder.chance.of(held) } });
  }
  return events;
};

/** A customer that is spoken to, buys, and has ever more contacts. */
export const busyCustomer: Long<CustomerEvents> = (recorder, customerId, count) => {
  const { chance } = recorder;
  const details = { name: 'North Mill', taxId: null, domain: null, phone: null, sector: null, region: null };
  const more = { source: null, establishedIn: null, employees: null, annualRevenue: null };
  const registered = { customerId, kind: 'org', details: { ...details, ...more }, tier: 'ordinary' } as const;
  const events: EventOf<CustomerEvents>[] = [
    { type: 'CustomerRegistered', data: { ...registered, tags: [], parentCustomerId: null, acceptedDuplicates: [] } },
  ];
  const interactions: string[] = [];
  const contacts: string[] = [];
  const contact = (): EventOf<CustomerEvents> => {
    const contactId = recorder.id();
    contacts.push(contactId);
    const name = `${chance.of(firstNames)} ${chance.of(things)}`;
    const person = { name, title: null, role: 'other', channels: [], birthday: null } as const;
    return { type: 'ContactAdded', data: { customerId, contactId, details: person, isPrimary: contacts.length === 1 } };
  };
  const interaction = (): EventOf<CustomerEvents> => {
    const interactionId = recorder.id();
    interactions.push(interactionId);
    const what = { channel: 'call', direction: 'inbound', summary: chance.of(summaries) } as const;
    const rest = { contactIds: [], durationMinutes: 5, location: null, nextStep: null };
    return { type: 'InteractionLogged', data: { customerId, interactionId, ownerId: null, ...what, ...rest } };
  };
  const corrected = (): EventOf<CustomerEvents> => {
    const changes = [{ field: 'durationMinutes', from: 5, to: chance.below(90) }];
    return { type: 'InteractionCorrected', data: { customerId, interactionId: chance.of(interactions), changes } };
  };
  const consent = (): EventOf<CustomerEvents> => ({
    type: 'ContactConsentGiven',
    data: { customerId, contactId: contacts.at(-1)!, channel: 'email', purpose: 'service', proof: 'on paper' },
  });
  const purchase = (): EventOf<CustomerEvents> => {
    const bought = { amount: { amount: chance.below(90_000), currency: 'EUR' }, product: chance.of(products) };
    const rest = { reference: null, opportunityId: null, ownerId: null };
    return { type: 'PurchaseRecorded', data: { customerId, purchaseId: recorder.id(), ...bought, ...rest } };
  };
  const steps = [contact, consent, interaction, corrected, interaction, purchase];
  while (events.length < count) events.push(...steps.map((step) => step()));
  return events;
};

/** An opportunity with ever more contacts, each of them the primary one for a while, and visits. */
export const busyOpportunity: Long<OpportunityEvents> = (recorder, opportunityId, count) => {
  const { chance } = recorder;
  const about = { opportunityId, customerId: recorder.id() };
  const visitorId = recorder.id();
  const owner: Owner = { employeeId: visitorId, name: 'Founder', orgUnitId: null, managerId: null };
  const stage = { stageId: 'prospecting', probability: 10, forecastCategory: 'pipeline' } as const;
  const pipeline = { pipelineId: 'direct', pipelineVersion: 1, ...stage };
  const empty = { source: null, product: null, grade: null, amount: null, expectedCloseOn: null, nextStep: null };
  const events: EventOf<OpportunityEvents>[] = [
    { type: 'OpportunityRegistered', data: { ...about, name: 'Mill', ...pipeline, ...empty, owner, customer: null } },
  ];
  while (events.length < count) {
    const visit = { ...about, visitId: recorder.id(), visitorId };
    const linked = { ...about, contactId: recorder.id(), role: 'other' as const, isPrimary: chance.below(2) === 0 };
    const planned = { ...visit, plannedFor: recorder.time, purpose: 'demonstration', contactIds: [linked.contactId] };
    events.push(
      { type: 'OpportunityContactLinked', data: linked },
      { type: 'VisitPlanned', data: planned },
      { type: 'VisitCheckedIn', data: { ...visit, lat: 0, lng: 0, accuracy: 10, late: false } },
    );
  }
  return events;
};

/** A company of teams with as many people as it takes; some are away for a day, with somebody of the team in their place. */
export const largeOrganisation: Long<OrganisationEvents> = (recorder, _, count) => {
  const root = recorder.id();
  const company = { name: 'Company', kind: 'company', level: 'senior' } as const;
  const events: EventOf<OrganisationEvents>[] = [
    { type: 'OrgUnitCreated', data: { orgUnitId: root, ...company, parentId: null } },
  ];
  for (let number = 1; events.length < count; number += 1) {
    const [orgUnitId, positionId] = [recorder.id(), recorder.id()];
    const team = { name: `Team ${number}`, kind: 'team', level: 'front_line', parentId: root } as const;
    const desk = { title: 'Account manager', reportsToPositionId: null, duties: [], processSteps: [] };
    events.push(
      { type: 'OrgUnitCreated', data: { orgUnitId, ...team } },
      { type: 'PositionDefined', data: { positionId, orgUnitId, ...desk, headcount: TEAM } },
    );
    events.push(...teamOf(recorder, orgUnitId, positionId));
  }
  return events;
};

function teamOf(recorder: Recorder, orgUnitId: string, positionId: string): EventOf<OrganisationEvents>[] {
  const people: string[] = [];
  const events: EventOf<OrganisationEvents>[] = [];
  const [from, to] = ['2024-05-06', '2024-05-07'];
  while (people.length < TEAM) {
    const employeeId = recorder.id();
    const name = `${recorder.chance.of(firstNames)} ${recorder.chance.of(things)}`;
    const place = { positionId, positionTitle: 'Account manager', orgUnitId, primary: true, until: null };
    events.push(
      { type: 'EmployeeHired', data: { employeeId, name } },
      { type: 'EmployeeAssignedToPosition', data: { employeeId, ...place } },
    );
    const deputyId = people.at(-1);
    people.push(employeeId);
    if (deputyId === undefined || people.length % 5 > 0) continue;
    events.push(
      { type: 'EmployeeAbsenceRecorded', data: { employeeId, from, to, deputyId } },
      { type: 'EmployeeReturned', data: { employeeId, from, on: to } },
    );
  }
  return events;
}
