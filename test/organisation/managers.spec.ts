import { describe, expect, it } from '@jest/globals';
import { replay } from '../../libs/event-store/decider.js';
import { factsOf } from '../../libs/organisation/facts.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import {
  assigned,
  away,
  company,
  headAppointed,
  hired,
  newcomer,
  nobody,
  now,
  people,
  positionIds,
  unitIds,
} from './company.js';
import type { Event } from './company.js';

const { ada, bob, cara, dan } = people;
const { director, salesHead, representative, agent } = positionIds;
const { sales, east, service } = unitIds;

const factsAbout = (employeeId: string, ...more: Event[]) =>
  factsOf(replay(organisation, [...company, ...more], '2026-01-01T00:00:00.000Z'), employeeId, now);
const managerOf = (employeeId: string, ...more: Event[]) => factsAbout(employeeId, ...more)?.managerId;
const reports = (positionId: string, to: string): Event => ({
  type: 'PositionReportingLineChanged',
  data: { positionId, from: null, to },
});

describe('the manager of an employee', () => {
  it('is the head of the unit', () => {
    expect(managerOf(newcomer, ...hired(newcomer, 'Eva', agent, service), headAppointed(service, agent))).toBe(ada);
    expect(managerOf(bob, headAppointed(east, representative))).toBe(ada);
    expect(managerOf(cara, headAppointed(east, null))).toBe(bob);
  });

  it('is the head of the nearest unit above where the unit has none, or its head is nobody', () => {
    expect(managerOf(cara)).toBe(bob);
    expect(managerOf(cara, headAppointed(sales, null, salesHead))).toBe(ada);
    expect(managerOf(newcomer, ...hired(newcomer, 'Eva', agent, service))).toBe(ada);
  });

  it('is somebody above for the head of a unit, also for one of two', () => {
    expect(managerOf(bob)).toBe(ada);
    expect(managerOf(cara, headAppointed(east, representative))).toBe(bob);
    expect(managerOf(dan, headAppointed(east, representative))).toBe(bob);
  });

  it('is nobody for the head of all', () => {
    expect(managerOf(ada)).toBeNull();
  });

  it('is the holder of the position theirs reports to, before any head', () => {
    expect(managerOf(cara, reports(representative, director))).toBe(ada);
    expect(managerOf(ada, reports(director, agent), assigned(dan, agent, service, { primary: false }))).toBe(dan);
  });

  it('is the head of the unit while the position theirs reports to is vacant or only their own', () => {
    expect(managerOf(cara, reports(representative, agent))).toBe(bob);
    expect(managerOf(cara, reports(representative, agent), assigned(cara, agent, service, { primary: false }))).toBe(
      bob,
    );
  });

  it('is who holds the position first of all, before those who help out in it', () => {
    const helping: Event = {
      ...assigned(dan, salesHead, sales, { primary: false }),
      occurredAt: '2025-06-01T00:00:00.000Z',
    };
    expect(managerOf(cara, helping)).toBe(bob);
  });

  it('is nobody who helped out until before', () => {
    const helping = (until: string) => assigned(dan, agent, service, { primary: false, until });
    const line = reports(representative, agent);
    expect(managerOf(cara, line, helping('2026-03-02T09:00:00.001Z'))).toBe(dan);
    expect(managerOf(cara, line, helping(now))).toBe(bob);
  });
});

describe('what others may know of an employee', () => {
  const cap = { max: 30, excludeWon: false };

  it('is their primary position, its unit and its cap', () => {
    const facts = factsAbout(
      cara,
      { type: 'PositionCustomerCapSet', data: { positionId: representative, from: null, to: cap } },
      assigned(cara, agent, service, { primary: false }),
    );
    expect(facts).toEqual({
      employeeId: cara,
      name: 'Cara',
      status: 'active',
      offboarding: null,
      deputyId: null,
      positionId: representative,
      positionTitle: 'representative',
      orgUnitId: east,
      orgUnitName: 'East',
      managerId: bob,
      customerCap: cap,
    });
  });

  it('says who is away today, suspended or gone', () => {
    expect(factsAbout(cara, away(cara, '2026-03-02', '2026-03-02'))?.status).toBe('absent');
    expect(factsAbout(cara, away(cara, '2026-03-03', null))?.status).toBe('active');
    const suspended: Event = { type: 'EmployeeSuspended', data: { employeeId: cara, reason: 'inquiry' } };
    expect(factsAbout(cara, away(cara, '2026-03-02', null), suspended)?.status).toBe('suspended');
    expect(factsAbout(cara, { type: 'EmployeeLeft', data: { employeeId: cara } })).toMatchObject({
      status: 'left',
      positionId: null,
      orgUnitId: null,
      managerId: null,
      customerCap: null,
    });
  });

  it('is nothing of somebody unknown', () => {
    expect(factsAbout(nobody)).toBeUndefined();
  });
});
