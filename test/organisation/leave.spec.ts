import { describe, it } from '@jest/globals';
import { OffboardEmployee, ReinstateEmployee, SuspendEmployee } from '../../libs/organisation/commands.js';
import { reinstateEmployee, suspendEmployee } from '../../libs/organisation/employee.rules.js';
import { offboardEmployee } from '../../libs/organisation/offboarding.rules.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { employeeList } from '../../projections/employee-list.js';
import { structureChart } from '../../projections/structure-chart.js';
import { given } from '../support/given.js';
import { assigned, away, company, headAppointed, nobody, now, people, positionIds, unitIds } from './company.js';
import type { Event } from './company.js';

const { bob, cara, dan } = people;
const { agent, representative } = positionIds;
const { sales, east, service } = unitIds;
const earlier = '2026-02-01T08:00:00.000Z';
const suspended: Event = { type: 'EmployeeSuspended', data: { employeeId: cara, reason: 'inquiry' } };
const left = (employeeId: string): Event => ({ type: 'EmployeeLeft', data: { employeeId } });
const ended = (positionId: string, orgUnitId: string, primary: boolean): Event => ({
  type: 'EmployeeAssignmentEnded',
  data: { employeeId: cara, positionId, orgUnitId, primary },
});

describe('suspending an employee', () => {
  it('records why, and they keep their position', () => {
    given(organisation, ...company)
      .when((state) => suspendEmployee(state, new SuspendEmployee(cara, { reason: 'inquiry' })))
      .thenRecords(suspended)
      .thenReads(employeeList, cara, { status: 'suspended', positionId: representative })
      .thenReads(structureChart, cara, { status: 'suspended' });
  });

  it('refuses a second time, somebody who left, somebody unknown', () => {
    given(organisation, ...company, suspended)
      .when((state) => suspendEmployee(state, new SuspendEmployee(cara, { reason: 'again' })))
      .thenRefuses('employee-suspended');
    given(organisation, ...company, left(cara))
      .when((state) => suspendEmployee(state, new SuspendEmployee(cara, { reason: 'inquiry' })))
      .thenRefuses('employee-left');
    given(organisation, ...company)
      .when((state) => suspendEmployee(state, new SuspendEmployee(nobody, { reason: 'inquiry' })))
      .thenRefuses('employee-unknown');
  });
});

describe('reinstating an employee', () => {
  it('records it', () => {
    given(organisation, ...company, suspended)
      .when((state) => reinstateEmployee(state, new ReinstateEmployee(cara)))
      .thenRecords({ type: 'EmployeeReinstated', data: { employeeId: cara } })
      .thenReads(employeeList, cara, { status: 'active' })
      .thenReads(structureChart, cara, { status: 'active' });
  });

  it('refuses somebody who is not suspended, who left, who is unknown', () => {
    given(organisation, ...company)
      .when((state) => reinstateEmployee(state, new ReinstateEmployee(cara)))
      .thenRefuses('employee-not-suspended');
    given(organisation, ...company, suspended, left(cara))
      .when((state) => reinstateEmployee(state, new ReinstateEmployee(cara)))
      .thenRefuses('employee-left');
    given(organisation, ...company)
      .when((state) => reinstateEmployee(state, new ReinstateEmployee(nobody)))
      .thenRefuses('employee-unknown');
  });
});

describe('leaving', () => {
  it('ends every position that is still held', () => {
    given(
      organisation,
      ...company,
      assigned(cara, agent, service, { primary: false }),
      assigned(cara, positionIds.salesHead, sales, { primary: false, until: earlier }),
    )
      .when((state) => offboardEmployee(state, new OffboardEmployee(cara), now, { has: null }))
      .thenRecords(ended(representative, east, true), ended(agent, service, false), left(cara))
      .thenReads(employeeList, cara, {
        status: 'left',
        positionId: null,
        orgUnitId: null,
        leftAt: '2026-01-01T00:00:00.000Z',
      })
      .thenReads(structureChart, cara, { status: 'left', assignments: [] });
  });

  it('is recorded with the time it was true', () => {
    given(organisation, ...company)
      .when((state) => offboardEmployee(state, new OffboardEmployee(cara, { leftAt: earlier }), now, { has: null }))
      .thenRecords(
        { ...ended(representative, east, true), occurredAt: earlier },
        { ...left(cara), occurredAt: earlier },
      )
      .thenReads(employeeList, cara, { leftAt: earlier });
  });

  it('is possible while suspended', () => {
    given(organisation, ...company, suspended)
      .when((state) => offboardEmployee(state, new OffboardEmployee(cara), now, { has: null }))
      .thenRecords(ended(representative, east, true), left(cara));
  });

  it('is refused to the head of a unit and to a deputy, naming all there is to hand over', () => {
    given(organisation, ...company, away(cara, '2026-03-01', '2026-03-02', bob), away(dan, '2026-05-01', null, bob))
      .when((state) => offboardEmployee(state, new OffboardEmployee(bob), now, { has: null }))
      .thenRefuses('offboarding-incomplete', {
        unmet: [
          { what: 'head-of-unit', count: 1, ids: [sales] },
          { what: 'deputy', count: 2, ids: [cara, dan] },
        ],
      });
  });

  it('is open to one of two heads, and to the deputy of somebody who is back or gone', () => {
    given(
      organisation,
      ...company,
      headAppointed(east, representative),
      away(dan, '2026-02-01', '2026-03-01', cara),
      away(bob, '2026-03-01', null, cara),
      left(bob),
    )
      .when((state) => offboardEmployee(state, new OffboardEmployee(cara), now, { has: null }))
      .thenRecords(ended(representative, east, true), left(cara));
  });

  it('is refused for a time before the position held began, and for one to come', () => {
    given(organisation, ...company)
      .when((state) =>
        offboardEmployee(state, new OffboardEmployee(cara, { leftAt: '2025-12-31T00:00:00.000Z' }), now, { has: null }),
      )
      .thenRefuses('assignment-ends-before-start', { field: 'leftAt' });
    given(organisation, ...company)
      .when((state) =>
        offboardEmployee(state, new OffboardEmployee(cara, { leftAt: '2026-04-01T00:00:00.000Z' }), now, { has: null }),
      )
      .thenRefuses('in-the-future', { field: 'leftAt' });
  });

  it('is refused a second time, and to somebody unknown', () => {
    given(organisation, ...company, left(cara))
      .when((state) => offboardEmployee(state, new OffboardEmployee(cara), now, { has: null }))
      .thenRefuses('employee-left');
    given(organisation, ...company)
      .when((state) => offboardEmployee(state, new OffboardEmployee(nobody), now, { has: null }))
      .thenRefuses('employee-unknown');
  });
});
