import type { EventOf } from '../../libs/event-store/event-store.js';
import type { NewOrgUnit, NewPosition } from '../../libs/organisation/commands.js';
import type { OrganisationEvents } from '../../libs/organisation/events.js';

export type Event = EventOf<OrganisationEvents>;

/** Later than everything that has happened in the company. */
export const now = '2026-03-02T09:00:00.000Z';
export const today = '2026-03-02';

const id = (kind: string, number: number): string => `0190f5a0-${kind}-7000-8000-${String(number).padStart(12, '0')}`;

export const unitIds = { company: id('0001', 1), sales: id('0001', 2), east: id('0001', 3), service: id('0001', 4) };
export const newUnit = id('0001', 9);
export const positionIds = {
  director: id('0002', 1),
  salesHead: id('0002', 2),
  representative: id('0002', 3),
  agent: id('0002', 4),
};
export const newPosition = id('0002', 9);
export const people = { ada: id('0003', 1), bob: id('0003', 2), cara: id('0003', 3), dan: id('0003', 4) };
export const newcomer = id('0003', 9);
export const nobody = id('0009', 9);

export const unitCreated = (orgUnitId: string, unit: NewOrgUnit): Event => ({
  type: 'OrgUnitCreated',
  data: { orgUnitId, ...unit },
});

export const positionDefined = (positionId: string, orgUnitId: string, more: Partial<NewPosition> = {}): Event => ({
  type: 'PositionDefined',
  data: {
    positionId,
    orgUnitId,
    title: 'representative',
    reportsToPositionId: null,
    headcount: 1,
    ...more,
    duties: [...(more.duties ?? [])],
    processSteps: [...(more.processSteps ?? [])],
  },
});

export const headAppointed = (orgUnitId: string, to: string | null, from: string | null = null): Event => ({
  type: 'OrgUnitHeadAppointed',
  data: { orgUnitId, from, to },
});

export const assigned = (
  employeeId: string,
  positionId: string,
  orgUnitId: string,
  more: { primary?: boolean; until?: string | null; positionTitle?: string } = {},
): Event => ({
  type: 'EmployeeAssignedToPosition',
  data: { employeeId, positionId, positionTitle: 'representative', orgUnitId, primary: true, until: null, ...more },
});

export const hired = (employeeId: string, name: string, positionId: string, orgUnitId: string): Event[] => [
  { type: 'EmployeeHired', data: { employeeId, name } },
  assigned(employeeId, positionId, orgUnitId),
];

export const away = (employeeId: string, from: string, to: string | null, deputyId: string | null = null): Event => ({
  type: 'EmployeeAbsenceRecorded',
  data: { employeeId, from, to, deputyId },
});

/**
 * The company (senior) with sales (middle), and east (front line) below it, and service (middle). Ada is director and head
 * of all, Bob head of sales, Cara and Dan are the two representatives in east; nobody is agent in service, and service has
 * no head.
 */
export const company: readonly Event[] = [
  unitCreated(unitIds.company, { name: 'Company', kind: 'company', level: 'senior', parentId: null }),
  unitCreated(unitIds.sales, { name: 'Sales', kind: 'department', level: 'middle', parentId: unitIds.company }),
  unitCreated(unitIds.east, { name: 'East', kind: 'team', level: 'front_line', parentId: unitIds.sales }),
  unitCreated(unitIds.service, { name: 'Service', kind: 'department', level: 'middle', parentId: unitIds.company }),
  positionDefined(positionIds.director, unitIds.company, { title: 'director' }),
  positionDefined(positionIds.salesHead, unitIds.sales, { title: 'head of sales' }),
  positionDefined(positionIds.representative, unitIds.east, { headcount: 2 }),
  positionDefined(positionIds.agent, unitIds.service, { title: 'agent' }),
  headAppointed(unitIds.company, positionIds.director),
  headAppointed(unitIds.sales, positionIds.salesHead),
  ...hired(people.ada, 'Ada', positionIds.director, unitIds.company),
  ...hired(people.bob, 'Bob', positionIds.salesHead, unitIds.sales),
  ...hired(people.cara, 'Cara', positionIds.representative, unitIds.east),
  ...hired(people.dan, 'Dan', positionIds.representative, unitIds.east),
];
