import { describe, it } from '@jest/globals';
import { AssignEmployeeToPosition, EndEmployeeAssignment } from '../../libs/organisation/commands.js';
import type { Assignment } from '../../libs/organisation/commands.js';
import { assignEmployeeToPosition, endEmployeeAssignment } from '../../libs/organisation/employee.rules.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { employeeList } from '../../projections/employee-list.js';
import { structureChart } from '../../projections/structure-chart.js';
import { given } from '../support/given.js';
import { assigned, company, nobody, now, people, positionIds, unitIds } from './company.js';
import type { Event } from './company.js';

const { bob, cara } = people;
const { agent, representative, salesHead } = positionIds;
const { east, service } = unitIds;
const earlier = '2026-02-01T08:00:00.000Z';
const june = '2026-06-01T00:00:00.000Z';
const to = (assignment: Partial<Assignment> = {}, employeeId = cara) =>
  new AssignEmployeeToPosition(employeeId, { positionId: agent, primary: true, ...assignment });
const asAgent = (more: object = {}) => assigned(cara, agent, service, { positionTitle: 'agent', ...more });
const ended = (employeeId: string, positionId: string, orgUnitId: string, primary: boolean): Event => ({
  type: 'EmployeeAssignmentEnded',
  data: { employeeId, positionId, orgUnitId, primary },
});
const left: Event = { type: 'EmployeeLeft', data: { employeeId: cara } };

describe('giving an employee a primary position', () => {
  it('ends the one before, so that there is always exactly one', () => {
    given(organisation, ...company)
      .when((state) => assignEmployeeToPosition(state, to(), now))
      .thenRecords(ended(cara, representative, east, true), asAgent())
      .thenReads(employeeList, cara, { positionId: agent, positionTitle: 'agent', orgUnitId: service });
  });

  it('records both changes with the time they were true', () => {
    given(organisation, ...company)
      .when((state) => assignEmployeeToPosition(state, to({ from: earlier }), now))
      .thenRecords(
        { ...ended(cara, representative, east, true), occurredAt: earlier },
        { ...asAgent(), occurredAt: earlier },
      );
  });

  it('makes a secondary position the primary one', () => {
    given(organisation, ...company, asAgent({ primary: false, until: june }))
      .when((state) => assignEmployeeToPosition(state, to(), now))
      .thenRecords(ended(cara, representative, east, true), asAgent())
      .thenReads(structureChart, cara, {
        assignments: [{ positionId: agent, primary: true, since: '2026-01-01T00:00:00.000Z', until: null }],
      });
  });

  it('records nothing for the one held', () => {
    given(organisation, ...company)
      .when((state) => assignEmployeeToPosition(state, to({ positionId: representative }), now))
      .thenRecords();
  });

  it('refuses an end, since there would be none afterwards', () => {
    given(organisation, ...company)
      .when((state) => assignEmployeeToPosition(state, to({ until: june }), now))
      .thenRefuses('primary-position-required');
  });

  it('refuses a time before the one held began, before joining, or to come', () => {
    const moved: Event[] = [
      { ...ended(cara, representative, east, true), occurredAt: earlier },
      { ...asAgent(), occurredAt: earlier },
    ];
    given(organisation, ...company, ...moved)
      .when((state) =>
        assignEmployeeToPosition(state, to({ positionId: representative, from: '2026-01-15T00:00:00.000Z' }), now),
      )
      .thenRefuses('assignment-overlap', { earliest: earlier });
    given(organisation, ...company)
      .when((state) => assignEmployeeToPosition(state, to({ from: '2025-12-31T00:00:00.000Z' }), now))
      .thenRefuses('assignment-before-hire');
    given(organisation, ...company)
      .when((state) => assignEmployeeToPosition(state, to({ from: june }), now))
      .thenRefuses('in-the-future', { field: 'from' });
  });
});

describe('giving an employee a secondary position', () => {
  it('records it with the end that is foreseen, beside the primary one', () => {
    given(organisation, ...company)
      .when((state) => assignEmployeeToPosition(state, to({ primary: false, until: june }), now))
      .thenRecords(asAgent({ primary: false, until: june }))
      .thenReads(employeeList, cara, { positionId: representative });
  });

  it('records nothing for the same, and another end when it changes', () => {
    given(organisation, ...company, asAgent({ primary: false, until: june }))
      .when((state) => assignEmployeeToPosition(state, to({ primary: false, until: june }), now))
      .thenRecords();
    given(organisation, ...company, asAgent({ primary: false, until: june }))
      .when((state) => assignEmployeeToPosition(state, to({ primary: false }), now))
      .thenRecords(asAgent({ primary: false }));
  });

  it('gives it again once its end has come', () => {
    given(organisation, ...company, asAgent({ primary: false, until: earlier }))
      .when((state) => assignEmployeeToPosition(state, to({ primary: false, until: june }), now))
      .thenRecords(asAgent({ primary: false, until: june }));
  });

  it('refuses to make the primary position a secondary one', () => {
    given(organisation, ...company)
      .when((state) => assignEmployeeToPosition(state, to({ positionId: representative, primary: false }), now))
      .thenRefuses('primary-position-required');
  });

  it('refuses an end before the beginning', () => {
    given(organisation, ...company)
      .when((state) => assignEmployeeToPosition(state, to({ primary: false, from: now, until: earlier }), now))
      .thenRefuses('assignment-ends-before-start', { field: 'until' });
  });
});

describe('giving an employee any position', () => {
  it('refuses one that is full, retired, unknown, or in a closed unit', () => {
    for (const primary of [true, false]) {
      given(organisation, ...company)
        .when((state) => assignEmployeeToPosition(state, to({ positionId: representative, primary }, bob), now))
        .thenRefuses('headcount-exceeded', { headcount: 2, incumbents: 2 });
      given(organisation, ...company, { type: 'PositionRetired', data: { positionId: agent } })
        .when((state) => assignEmployeeToPosition(state, to({ primary }), now))
        .thenRefuses('position-retired');
      given(organisation, ...company)
        .when((state) => assignEmployeeToPosition(state, to({ positionId: nobody, primary }), now))
        .thenRefuses('position-unknown');
      given(organisation, ...company, { type: 'OrgUnitClosed', data: { orgUnitId: service } })
        .when((state) => assignEmployeeToPosition(state, to({ primary }), now))
        .thenRefuses('org-unit-closed');
    }
  });

  it('refuses somebody who left, and somebody unknown', () => {
    given(organisation, ...company, left)
      .when((state) => assignEmployeeToPosition(state, to(), now))
      .thenRefuses('employee-left');
    given(organisation, ...company)
      .when((state) => assignEmployeeToPosition(state, to({}, nobody), now))
      .thenRefuses('employee-unknown');
  });
});

describe('ending an assignment', () => {
  const helping = asAgent({ primary: false, until: june });

  it('records the end of a secondary position', () => {
    given(organisation, ...company, helping)
      .when((state) => endEmployeeAssignment(state, new EndEmployeeAssignment(cara, { positionId: agent }), now))
      .thenRecords(ended(cara, agent, service, false))
      .thenReads(employeeList, cara, { positionId: representative });
    given(organisation, ...company, helping)
      .when((state) =>
        endEmployeeAssignment(state, new EndEmployeeAssignment(cara, { positionId: agent, endedAt: earlier }), now),
      )
      .thenRecords({ ...ended(cara, agent, service, false), occurredAt: earlier });
  });

  it('refuses the primary position', () => {
    given(organisation, ...company)
      .when((state) =>
        endEmployeeAssignment(state, new EndEmployeeAssignment(cara, { positionId: representative }), now),
      )
      .thenRefuses('primary-position-required');
  });

  it('refuses a position the employee does not hold, or no longer', () => {
    given(organisation, ...company)
      .when((state) => endEmployeeAssignment(state, new EndEmployeeAssignment(cara, { positionId: salesHead }), now))
      .thenRefuses('assignment-unknown');
    given(organisation, ...company, asAgent({ primary: false, until: earlier }))
      .when((state) => endEmployeeAssignment(state, new EndEmployeeAssignment(cara, { positionId: agent }), now))
      .thenRefuses('assignment-unknown');
  });

  it('refuses an end before the beginning, and one to come', () => {
    given(organisation, ...company, helping)
      .when((state) =>
        endEmployeeAssignment(
          state,
          new EndEmployeeAssignment(cara, { positionId: agent, endedAt: '2025-12-31T00:00:00.000Z' }),
          now,
        ),
      )
      .thenRefuses('assignment-ends-before-start');
    given(organisation, ...company, helping)
      .when((state) =>
        endEmployeeAssignment(state, new EndEmployeeAssignment(cara, { positionId: agent, endedAt: june }), now),
      )
      .thenRefuses('in-the-future', { field: 'endedAt' });
  });

  it('refuses somebody who left, and somebody unknown', () => {
    given(organisation, ...company, left)
      .when((state) => endEmployeeAssignment(state, new EndEmployeeAssignment(cara, { positionId: agent }), now))
      .thenRefuses('employee-left');
    given(organisation, ...company)
      .when((state) => endEmployeeAssignment(state, new EndEmployeeAssignment(nobody, { positionId: agent }), now))
      .thenRefuses('employee-unknown');
  });
});
