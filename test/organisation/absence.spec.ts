import { describe, it } from '@jest/globals';
import { EndEmployeeAbsence, RecordEmployeeAbsence } from '../../libs/organisation/commands.js';
import { endEmployeeAbsence, recordEmployeeAbsence } from '../../libs/organisation/employee.rules.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { employeeList } from '../../projections/employee-list.js';
import { structureChart } from '../../projections/structure-chart.js';
import { given } from '../support/given.js';
import { away, company, nobody, now, people, today } from './company.js';
import type { Event } from './company.js';

const { ada, bob, cara, dan } = people;
const record = (from: string, to: string | null, deputyId: string | null = null, employeeId = cara) =>
  new RecordEmployeeAbsence(employeeId, { from, to, deputyId });
const returned = (from: string, on: string): Event => ({
  type: 'EmployeeReturned',
  data: { employeeId: cara, from, on },
});
const left = (employeeId: string): Event => ({ type: 'EmployeeLeft', data: { employeeId } });

describe('recording an absence', () => {
  it('records first and last day, and the deputy', () => {
    given(organisation, ...company)
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', '2026-03-20', dan)))
      .thenRecords(away(cara, '2026-03-10', '2026-03-20', dan))
      .thenReads(employeeList, cara, { absences: [{ from: '2026-03-10', to: '2026-03-20', deputyId: dan }] })
      .thenReads(structureChart, cara, { absences: [{ from: '2026-03-10', to: '2026-03-20', deputyId: dan }] });
  });

  it('takes an absence of one day, and one nobody knows the end of', () => {
    given(organisation, ...company)
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', '2026-03-10')))
      .thenRecords(away(cara, '2026-03-10', '2026-03-10'));
    given(organisation, ...company)
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', null)))
      .thenRecords(away(cara, '2026-03-10', null));
  });

  it('records nothing for the same absence again', () => {
    given(organisation, ...company, away(cara, '2026-03-10', '2026-03-20', dan))
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', '2026-03-20', dan)))
      .thenRecords();
  });

  it('refuses an end before the start, and a start before joining', () => {
    given(organisation, ...company)
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', '2026-03-09')))
      .thenRefuses('absence-ends-before-start');
    given(organisation, ...company)
      .when((state) => recordEmployeeAbsence(state, record('2025-12-31', '2026-03-09')))
      .thenRefuses('absence-before-hire');
  });

  it('refuses days the employee is away on already', () => {
    const known = away(cara, '2026-03-10', '2026-03-20', dan);
    for (const [from, to, deputy] of [
      ['2026-03-20', '2026-03-25', null],
      ['2026-03-01', '2026-03-10', null],
      ['2026-03-12', '2026-03-13', null],
      ['2026-03-01', null, null],
      ['2026-03-10', '2026-03-20', bob],
    ] as const) {
      given(organisation, ...company, known)
        .when((state) => recordEmployeeAbsence(state, record(from, to, deputy)))
        .thenRefuses('absence-overlap', { overlaps: { from: '2026-03-10', to: '2026-03-20' } });
    }
    given(organisation, ...company, known)
      .when((state) => recordEmployeeAbsence(state, record('2026-03-21', '2026-03-25')))
      .thenRecords(away(cara, '2026-03-21', '2026-03-25'));
  });

  it('refuses oneself, somebody unknown, suspended or gone as deputy', () => {
    given(organisation, ...company)
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', null, cara)))
      .thenRefuses('deputy-is-oneself');
    given(organisation, ...company)
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', null, nobody)))
      .thenRefuses('employee-unknown', { id: nobody });
    given(organisation, ...company, { type: 'EmployeeSuspended', data: { employeeId: dan, reason: 'inquiry' } })
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', null, dan)))
      .thenRefuses('deputy-not-active', { state: 'suspended' });
    given(organisation, ...company, left(dan))
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', null, dan)))
      .thenRefuses('deputy-not-active', { state: 'left' });
  });

  it('refuses a deputy who is away on one of the days, and takes one who is away on others', () => {
    given(organisation, ...company, away(dan, '2026-03-20', null))
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', '2026-03-20', dan)))
      .thenRefuses('deputy-absent');
    given(organisation, ...company, away(dan, '2026-03-21', null))
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', '2026-03-20', dan)))
      .thenRecords(away(cara, '2026-03-10', '2026-03-20', dan));
  });

  it('refuses deputies who count on each other, at once or over others', () => {
    given(organisation, ...company, away(dan, '2026-03-15', '2026-03-25', cara))
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', '2026-03-20', dan)))
      .thenRefuses('deputy-cycle');
    given(organisation, ...company, away(dan, '2026-03-15', null, bob), away(bob, '2026-03-16', null, cara))
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', null, dan)))
      .thenRefuses('deputy-cycle');
  });

  it('lets a deputy be away, with a deputy of their own', () => {
    given(organisation, ...company, away(dan, '2026-03-10', '2026-03-20', cara))
      .when((state) => recordEmployeeAbsence(state, record('2026-03-12', '2026-03-13', ada)))
      .thenRecords(away(cara, '2026-03-12', '2026-03-13', ada));
  });

  it('refuses somebody who left, and somebody unknown', () => {
    given(organisation, ...company, left(cara))
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', null)))
      .thenRefuses('employee-left');
    given(organisation, ...company)
      .when((state) => recordEmployeeAbsence(state, record('2026-03-10', null, null, nobody)))
      .thenRefuses('employee-unknown');
  });
});

describe('coming back', () => {
  it('ends the absence today when no day is named', () => {
    given(organisation, ...company, away(cara, '2026-03-01', null, dan))
      .when((state) => endEmployeeAbsence(state, new EndEmployeeAbsence(cara), now))
      .thenRecords(returned('2026-03-01', today))
      .thenReads(employeeList, cara, { absences: [{ from: '2026-03-01', to: '2026-03-01', deputyId: dan }] });
  });

  it('calls off an absence on its first day, and leaves the others', () => {
    given(organisation, ...company, away(cara, '2026-03-10', '2026-03-20'), away(cara, '2026-05-01', '2026-05-02'))
      .when((state) => endEmployeeAbsence(state, new EndEmployeeAbsence(cara, { on: '2026-03-10' }), now))
      .thenRecords(returned('2026-03-10', '2026-03-10'))
      .thenReads(structureChart, cara, { absences: [{ from: '2026-05-01', to: '2026-05-02', deputyId: null }] });
  });

  it('frees the days for another absence', () => {
    given(organisation, ...company, away(cara, '2026-03-10', '2026-03-20'), returned('2026-03-10', '2026-03-15'))
      .when((state) => recordEmployeeAbsence(state, record('2026-03-15', '2026-03-16')))
      .thenRecords(away(cara, '2026-03-15', '2026-03-16'));
  });

  it('refuses somebody who is not away on that day', () => {
    given(organisation, ...company)
      .when((state) => endEmployeeAbsence(state, new EndEmployeeAbsence(cara), now))
      .thenRefuses('employee-not-absent', { on: today });
    given(organisation, ...company, away(cara, '2026-03-10', '2026-03-20'))
      .when((state) => endEmployeeAbsence(state, new EndEmployeeAbsence(cara, { on: '2026-03-21' }), now))
      .thenRefuses('employee-not-absent');
  });

  it('refuses somebody who left, and somebody unknown', () => {
    given(organisation, ...company, away(cara, '2026-03-01', null), left(cara))
      .when((state) => endEmployeeAbsence(state, new EndEmployeeAbsence(cara), now))
      .thenRefuses('employee-left');
    given(organisation, ...company)
      .when((state) => endEmployeeAbsence(state, new EndEmployeeAbsence(nobody), now))
      .thenRefuses('employee-unknown');
  });
});
