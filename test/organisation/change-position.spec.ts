import { describe, it } from '@jest/globals';
import type { EventOf } from '../../libs/event-store/event-store.js';
import {
  ChangePositionDuties,
  ChangePositionReportingLine,
  MovePosition,
  SetPositionApprovalLimit,
  SetPositionCustomerCap,
  SetPositionHeadcount,
} from '../../libs/organisation/commands.js';
import type { OrganisationEvents } from '../../libs/organisation/events.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import type { Organisation } from '../../libs/organisation/organisation.decider.js';
import {
  changePositionDuties,
  changePositionReportingLine,
  movePosition,
  setPositionApprovalLimit,
  setPositionCustomerCap,
  setPositionHeadcount,
} from '../../libs/organisation/position.rules.js';
import { employeeList } from '../../projections/employee-list.js';
import { structureChart } from '../../projections/structure-chart.js';
import { given } from '../support/given.js';
import { assigned, company, headAppointed, nobody, now, people, positionIds, unitIds } from './company.js';
import type { Event } from './company.js';

const { director, salesHead, representative, agent } = positionIds;
const { sales, east, service } = unitIds;

describe('changing the duties of a position', () => {
  const duties = ['answers customers'];
  const changed = (processSteps: string[]): Event => ({
    type: 'PositionDutiesChanged',
    data: { positionId: agent, duties, processSteps },
  });

  it('records duties and steps', () => {
    given(organisation, ...company)
      .when((state) =>
        changePositionDuties(state, new ChangePositionDuties(agent, { duties, processSteps: ['classify'] })),
      )
      .thenRecords(changed(['classify']))
      .thenReads(structureChart, agent, { duties, processSteps: ['classify'] });
  });

  it('leaves the steps as they are when none are named', () => {
    const before: Event = {
      type: 'PositionDutiesChanged',
      data: { positionId: agent, duties: [], processSteps: ['classify'] },
    };
    given(organisation, ...company, before)
      .when((state) => changePositionDuties(state, new ChangePositionDuties(agent, { duties })))
      .thenRecords(changed(['classify']));
  });

  it('records nothing for the same', () => {
    given(organisation, ...company, changed([]))
      .when((state) => changePositionDuties(state, new ChangePositionDuties(agent, { duties, processSteps: [] })))
      .thenRecords();
  });
});

describe('changing the reporting line of a position', () => {
  const line = (positionId: string, from: string | null, to: string | null): Event => ({
    type: 'PositionReportingLineChanged',
    data: { positionId, from, to },
  });

  it('records from whom to whom', () => {
    given(organisation, ...company)
      .when((state) =>
        changePositionReportingLine(
          state,
          new ChangePositionReportingLine(salesHead, { reportsToPositionId: director }),
        ),
      )
      .thenRecords(line(salesHead, null, director))
      .thenReads(structureChart, salesHead, { reportsToPositionId: director });
    given(organisation, ...company, line(salesHead, null, director))
      .when((state) =>
        changePositionReportingLine(state, new ChangePositionReportingLine(salesHead, { reportsToPositionId: null })),
      )
      .thenRecords(line(salesHead, director, null));
  });

  it('records nothing for the same', () => {
    given(organisation, ...company)
      .when((state) =>
        changePositionReportingLine(state, new ChangePositionReportingLine(salesHead, { reportsToPositionId: null })),
      )
      .thenRecords();
  });

  it('refuses to report to itself, at once or over others', () => {
    given(organisation, ...company)
      .when((state) =>
        changePositionReportingLine(
          state,
          new ChangePositionReportingLine(director, { reportsToPositionId: director }),
        ),
      )
      .thenRefuses('reporting-cycle');
    given(organisation, ...company, line(salesHead, null, director), line(representative, null, salesHead))
      .when((state) =>
        changePositionReportingLine(
          state,
          new ChangePositionReportingLine(director, { reportsToPositionId: representative }),
        ),
      )
      .thenRefuses('reporting-cycle');
  });

  it('refuses an unknown position', () => {
    given(organisation, ...company)
      .when((state) =>
        changePositionReportingLine(state, new ChangePositionReportingLine(director, { reportsToPositionId: nobody })),
      )
      .thenRefuses('position-unknown');
  });
});

describe('setting the approval limit of a position', () => {
  const limit = { amount: 500_000, currency: 'EUR' };
  const set: Event = { type: 'PositionApprovalLimitSet', data: { positionId: salesHead, from: null, to: limit } };

  it('records it', () => {
    given(organisation, ...company)
      .when((state) => setPositionApprovalLimit(state, new SetPositionApprovalLimit(salesHead, { limit })))
      .thenRecords(set)
      .thenReads(structureChart, salesHead, { approvalLimit: limit });
  });

  it('records nothing for the same amount of the same currency only', () => {
    given(organisation, ...company, set)
      .when((state) =>
        setPositionApprovalLimit(state, new SetPositionApprovalLimit(salesHead, { limit: { ...limit } })),
      )
      .thenRecords();
    const dollars = { ...limit, currency: 'USD' };
    given(organisation, ...company, set)
      .when((state) => setPositionApprovalLimit(state, new SetPositionApprovalLimit(salesHead, { limit: dollars })))
      .thenRecords({ type: 'PositionApprovalLimitSet', data: { positionId: salesHead, from: limit, to: dollars } });
  });
});

describe('setting the customer cap of a position', () => {
  const cap = { max: 30, excludeWon: false };
  const set: Event = { type: 'PositionCustomerCapSet', data: { positionId: representative, from: null, to: cap } };

  it('records it', () => {
    given(organisation, ...company)
      .when((state) => setPositionCustomerCap(state, new SetPositionCustomerCap(representative, { cap })))
      .thenRecords(set)
      .thenReads(structureChart, representative, { customerCap: cap });
  });

  it('records nothing for the same, and takes it away', () => {
    given(organisation, ...company, set)
      .when((state) => setPositionCustomerCap(state, new SetPositionCustomerCap(representative, { cap: { ...cap } })))
      .thenRecords();
    given(organisation, ...company, set)
      .when((state) => setPositionCustomerCap(state, new SetPositionCustomerCap(representative, { cap: null })))
      .thenRecords({ type: 'PositionCustomerCapSet', data: { positionId: representative, from: cap, to: null } });
  });
});

describe('setting the headcount of a position', () => {
  it('records it', () => {
    given(organisation, ...company)
      .when((state) => setPositionHeadcount(state, new SetPositionHeadcount(representative, { headcount: 5 }), now))
      .thenRecords({ type: 'PositionHeadcountSet', data: { positionId: representative, from: 2, to: 5 } })
      .thenReads(structureChart, representative, { headcount: 5 });
  });

  it('records nothing for the same', () => {
    given(organisation, ...company)
      .when((state) => setPositionHeadcount(state, new SetPositionHeadcount(representative, { headcount: 2 }), now))
      .thenRecords();
  });

  it('takes zero for a position nobody holds, and refuses fewer than hold it', () => {
    given(organisation, ...company)
      .when((state) => setPositionHeadcount(state, new SetPositionHeadcount(agent, { headcount: 0 }), now))
      .thenRecords({ type: 'PositionHeadcountSet', data: { positionId: agent, from: 1, to: 0 } });
    given(organisation, ...company)
      .when((state) => setPositionHeadcount(state, new SetPositionHeadcount(representative, { headcount: 0 }), now))
      .thenRefuses('headcount-exceeded', { headcount: 0, incumbents: 2 });
  });
});

describe('moving a position', () => {
  it('records from where to where, and the people whose primary position it is go along', () => {
    given(organisation, ...company)
      .when((state) => movePosition(state, new MovePosition(representative, { orgUnitId: service }), now))
      .thenRecords({
        type: 'PositionMoved',
        data: { positionId: representative, from: east, to: service, employeeIds: [people.cara, people.dan] },
      })
      .thenReads(structureChart, representative, { orgUnitId: service })
      .thenReads(employeeList, people.cara, { orgUnitId: service })
      .thenReads(employeeList, people.bob, { orgUnitId: sales });
  });

  it('leaves people who hold it as well where they are', () => {
    given(organisation, ...company, assigned(people.bob, agent, service, { primary: false }))
      .when((state) => movePosition(state, new MovePosition(agent, { orgUnitId: east }), now))
      .thenRecords({ type: 'PositionMoved', data: { positionId: agent, from: service, to: east, employeeIds: [] } });
  });

  it('records nothing when it is there already', () => {
    given(organisation, ...company)
      .when((state) => movePosition(state, new MovePosition(agent, { orgUnitId: service }), now))
      .thenRecords();
  });

  it('refuses the head of an open unit, but not of a closed one', () => {
    given(organisation, ...company)
      .when((state) => movePosition(state, new MovePosition(salesHead, { orgUnitId: service }), now))
      .thenRefuses('position-in-use', { headOf: [sales] });
    given(organisation, ...company, headAppointed(service, agent), {
      type: 'OrgUnitClosed',
      data: { orgUnitId: service },
    })
      .when((state) => movePosition(state, new MovePosition(agent, { orgUnitId: east }), now))
      .thenRecords({ type: 'PositionMoved', data: { positionId: agent, from: service, to: east, employeeIds: [] } });
  });

  it('refuses a closed unit and an unknown one', () => {
    given(organisation, ...company, { type: 'OrgUnitClosed', data: { orgUnitId: service } })
      .when((state) => movePosition(state, new MovePosition(representative, { orgUnitId: service }), now))
      .thenRefuses('org-unit-closed');
    given(organisation, ...company)
      .when((state) => movePosition(state, new MovePosition(agent, { orgUnitId: nobody }), now))
      .thenRefuses('org-unit-unknown');
  });
});

describe('a position that does not exist', () => {
  const changes: ((state: Organisation, id: string) => readonly EventOf<OrganisationEvents>[])[] = [
    (state, id) =>
      changePositionDuties(state, new ChangePositionDuties(id, { duties: ['anything'], processSteps: [] })),
    (state, id) =>
      changePositionReportingLine(state, new ChangePositionReportingLine(id, { reportsToPositionId: director })),
    (state, id) =>
      setPositionApprovalLimit(state, new SetPositionApprovalLimit(id, { limit: { amount: 1, currency: 'EUR' } })),
    (state, id) =>
      setPositionCustomerCap(state, new SetPositionCustomerCap(id, { cap: { max: 1, excludeWon: false } })),
    (state, id) => setPositionHeadcount(state, new SetPositionHeadcount(id, { headcount: 7 }), now),
    (state, id) => movePosition(state, new MovePosition(id, { orgUnitId: sales }), now),
  ];

  it('cannot be changed, whether it is retired or never was', () => {
    for (const change of changes) {
      given(organisation, ...company, { type: 'PositionRetired', data: { positionId: agent } })
        .when((state) => change(state, agent))
        .thenRefuses('position-retired');
      given(organisation, ...company)
        .when((state) => change(state, nobody))
        .thenRefuses('position-unknown');
    }
  });
});
