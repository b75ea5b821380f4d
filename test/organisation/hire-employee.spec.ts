import { describe, it } from '@jest/globals';
import { HireEmployee } from '../../libs/organisation/commands.js';
import type { Hiring } from '../../libs/organisation/commands.js';
import { hireEmployee } from '../../libs/organisation/employee.rules.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { employeeList } from '../../projections/employee-list.js';
import { structureChart } from '../../projections/structure-chart.js';
import { given } from '../support/given.js';
import { assigned, company, hired, newcomer, nobody, now, people, positionIds, unitIds } from './company.js';

const { agent, representative } = positionIds;
const { service } = unitIds;
const earlier = '2026-02-01T08:00:00.000Z';
const hire = (hiring: Partial<Hiring> = {}, id = newcomer) =>
  new HireEmployee(id, { name: 'Eva', positionId: agent, ...hiring });

describe('hiring an employee', () => {
  it('records the person and their first position', () => {
    given(organisation, ...company)
      .when((state) => hireEmployee(state, hire(), now))
      .thenRecords(
        { type: 'EmployeeHired', data: { employeeId: newcomer, name: 'Eva' } },
        assigned(newcomer, agent, service, { positionTitle: 'agent' }),
      )
      .thenReads(employeeList, newcomer, { name: 'Eva', status: 'active', positionTitle: 'agent', orgUnitId: service })
      .thenReads(structureChart, newcomer, { entry: 'employee', name: 'Eva', status: 'active' });
  });

  it('records both with the time they were true', () => {
    given(organisation, ...company)
      .when((state) => hireEmployee(state, hire({ hiredAt: earlier }), now))
      .thenRecords(
        { type: 'EmployeeHired', data: { employeeId: newcomer, name: 'Eva' }, occurredAt: earlier },
        { ...assigned(newcomer, agent, service, { positionTitle: 'agent' }), occurredAt: earlier },
      )
      .thenReads(employeeList, newcomer, { hiredAt: earlier });
    given(organisation, ...company)
      .when((state) => hireEmployee(state, hire({ hiredAt: earlier, assignedFrom: now }), now))
      .thenRecords(
        { type: 'EmployeeHired', data: { employeeId: newcomer, name: 'Eva' }, occurredAt: earlier },
        assigned(newcomer, agent, service, { positionTitle: 'agent' }),
      );
  });

  it('records nothing for the same person again', () => {
    given(organisation, ...company, ...hired(newcomer, 'Eva', agent, service))
      .when((state) => hireEmployee(state, hire(), now))
      .thenRecords();
  });

  it('refuses another person of the same id, also when that one has left', () => {
    given(organisation, ...company)
      .when((state) => hireEmployee(state, hire({}, people.bob), now))
      .thenRefuses('employee-exists');
    given(organisation, ...company, ...hired(newcomer, 'Eva', agent, service), {
      type: 'EmployeeLeft',
      data: { employeeId: newcomer },
    })
      .when((state) => hireEmployee(state, hire(), now))
      .thenRefuses('employee-exists');
  });

  it('refuses a position that is full, retired, unknown, or in a closed unit', () => {
    given(organisation, ...company)
      .when((state) => hireEmployee(state, hire({ positionId: representative }), now))
      .thenRefuses('headcount-exceeded', { headcount: 2, incumbents: 2 });
    given(organisation, ...company, { type: 'PositionRetired', data: { positionId: agent } })
      .when((state) => hireEmployee(state, hire(), now))
      .thenRefuses('position-retired');
    given(organisation, ...company)
      .when((state) => hireEmployee(state, hire({ positionId: nobody }), now))
      .thenRefuses('position-unknown');
    given(organisation, ...company, { type: 'OrgUnitClosed', data: { orgUnitId: service } })
      .when((state) => hireEmployee(state, hire(), now))
      .thenRefuses('org-unit-closed');
  });

  it('refuses a first position before joining, and what is still to come', () => {
    given(organisation, ...company)
      .when((state) => hireEmployee(state, hire({ hiredAt: now, assignedFrom: earlier }), now))
      .thenRefuses('assignment-before-hire');
    given(organisation, ...company)
      .when((state) => hireEmployee(state, hire({ hiredAt: '2026-04-01T00:00:00.000Z' }), now))
      .thenRefuses('in-the-future', { field: 'hiredAt' });
    given(organisation, ...company)
      .when((state) => hireEmployee(state, hire({ assignedFrom: '2026-04-01T00:00:00.000Z' }), now))
      .thenRefuses('in-the-future', { field: 'assignedFrom' });
  });
});
