import { describe, it } from '@jest/globals';
import {
  AppointOrgUnitHead,
  AssignOrgUnitProcess,
  RenameOrgUnit,
  SetOrgUnitResponsibilities,
  UnassignOrgUnitProcess,
} from '../../libs/organisation/commands.js';
import {
  appointOrgUnitHead,
  assignOrgUnitProcess,
  renameOrgUnit,
  setOrgUnitResponsibilities,
  unassignOrgUnitProcess,
} from '../../libs/organisation/org-unit.rules.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { structureChart } from '../../projections/structure-chart.js';
import { given } from '../support/given.js';
import { company, newPosition, nobody, positionDefined, positionIds, unitIds } from './company.js';
import type { Event } from './company.js';

const { sales, service } = unitIds;
const closed: Event = { type: 'OrgUnitClosed', data: { orgUnitId: service } };

describe('renaming an org unit', () => {
  it('records both names', () => {
    given(organisation, ...company)
      .when((state) => renameOrgUnit(state, new RenameOrgUnit(sales, { name: 'Selling' })))
      .thenRecords({ type: 'OrgUnitRenamed', data: { orgUnitId: sales, from: 'Sales', to: 'Selling' } })
      .thenReads(structureChart, sales, { name: 'Selling' });
  });

  it('lets a unit write its own name otherwise', () => {
    given(organisation, ...company)
      .when((state) => renameOrgUnit(state, new RenameOrgUnit(sales, { name: 'SALES' })))
      .thenRecords({ type: 'OrgUnitRenamed', data: { orgUnitId: sales, from: 'Sales', to: 'SALES' } });
  });

  it('records nothing for the same name', () => {
    given(organisation, ...company)
      .when((state) => renameOrgUnit(state, new RenameOrgUnit(sales, { name: 'Sales' })))
      .thenRecords();
  });

  it('refuses the name of a sibling, a closed unit, an unknown one', () => {
    given(organisation, ...company)
      .when((state) => renameOrgUnit(state, new RenameOrgUnit(sales, { name: 'service' })))
      .thenRefuses('org-name-taken');
    given(organisation, ...company, closed)
      .when((state) => renameOrgUnit(state, new RenameOrgUnit(service, { name: 'Help' })))
      .thenRefuses('org-unit-closed');
    given(organisation, ...company)
      .when((state) => renameOrgUnit(state, new RenameOrgUnit(nobody, { name: 'Help' })))
      .thenRefuses('org-unit-unknown');
  });
});

describe('saying what an org unit answers for', () => {
  const responsibilities = ['win customers', 'keep them'];
  const defined: Event = { type: 'OrgUnitResponsibilitiesDefined', data: { orgUnitId: sales, responsibilities } };

  it('records the whole list', () => {
    given(organisation, ...company)
      .when((state) => setOrgUnitResponsibilities(state, new SetOrgUnitResponsibilities(sales, { responsibilities })))
      .thenRecords(defined)
      .thenReads(structureChart, sales, { responsibilities });
  });

  it('records nothing for the same list', () => {
    given(organisation, ...company, defined)
      .when((state) => setOrgUnitResponsibilities(state, new SetOrgUnitResponsibilities(sales, { responsibilities })))
      .thenRecords();
  });

  it('refuses a closed unit', () => {
    given(organisation, ...company, closed)
      .when((state) => setOrgUnitResponsibilities(state, new SetOrgUnitResponsibilities(service, { responsibilities })))
      .thenRefuses('org-unit-closed');
  });
});

describe('the processes an org unit runs', () => {
  const process = 'customer development';
  const runs: Event = { type: 'OrgUnitProcessAssigned', data: { orgUnitId: sales, process } };

  it('are assigned, once', () => {
    given(organisation, ...company)
      .when((state) => assignOrgUnitProcess(state, new AssignOrgUnitProcess(sales, { process })))
      .thenRecords(runs)
      .thenReads(structureChart, sales, { processes: [process] });
    given(organisation, ...company, runs)
      .when((state) => assignOrgUnitProcess(state, new AssignOrgUnitProcess(sales, { process })))
      .thenRecords();
  });

  it('are taken away, once', () => {
    given(organisation, ...company, runs)
      .when((state) => unassignOrgUnitProcess(state, new UnassignOrgUnitProcess(sales, { process })))
      .thenRecords({ type: 'OrgUnitProcessUnassigned', data: { orgUnitId: sales, process } })
      .thenReads(structureChart, sales, { processes: [] });
    given(organisation, ...company)
      .when((state) => unassignOrgUnitProcess(state, new UnassignOrgUnitProcess(sales, { process })))
      .thenRecords();
  });

  it('are one process in every spelling', () => {
    const other = 'Customer\u00a0 DEVELOPMENT\u200b';
    given(organisation, ...company, runs)
      .when((state) => assignOrgUnitProcess(state, new AssignOrgUnitProcess(sales, { process: other })))
      .thenRecords();
    const twice: Event = { type: 'OrgUnitProcessAssigned', data: { orgUnitId: sales, process: other } };
    given(organisation, ...company, runs, twice)
      .when((state) =>
        unassignOrgUnitProcess(state, new UnassignOrgUnitProcess(sales, { process: 'CUSTOMER development' })),
      )
      .thenRecords(
        { type: 'OrgUnitProcessUnassigned', data: { orgUnitId: sales, process } },
        { type: 'OrgUnitProcessUnassigned', data: { orgUnitId: sales, process: other } },
      )
      .thenReads(structureChart, sales, { processes: [] });
  });

  it('are not those of a closed unit', () => {
    given(organisation, ...company, closed)
      .when((state) => assignOrgUnitProcess(state, new AssignOrgUnitProcess(service, { process })))
      .thenRefuses('org-unit-closed');
    given(organisation, ...company, closed)
      .when((state) => unassignOrgUnitProcess(state, new UnassignOrgUnitProcess(service, { process })))
      .thenRefuses('org-unit-closed');
  });
});

describe('appointing the head of an org unit', () => {
  const { agent, salesHead } = positionIds;

  it('records the position, and the one before', () => {
    given(organisation, ...company)
      .when((state) => appointOrgUnitHead(state, new AppointOrgUnitHead(service, { positionId: agent })))
      .thenRecords({ type: 'OrgUnitHeadAppointed', data: { orgUnitId: service, from: null, to: agent } })
      .thenReads(structureChart, service, { headPositionId: agent });
    given(organisation, ...company)
      .when((state) => appointOrgUnitHead(state, new AppointOrgUnitHead(sales, { positionId: null })))
      .thenRecords({ type: 'OrgUnitHeadAppointed', data: { orgUnitId: sales, from: salesHead, to: null } });
  });

  it('records nothing for the head it has', () => {
    given(organisation, ...company)
      .when((state) => appointOrgUnitHead(state, new AppointOrgUnitHead(sales, { positionId: salesHead })))
      .thenRecords();
  });

  it('refuses a position of another unit, a retired one, an unknown one, and a closed unit', () => {
    given(organisation, ...company)
      .when((state) => appointOrgUnitHead(state, new AppointOrgUnitHead(sales, { positionId: agent })))
      .thenRefuses('head-not-in-unit');
    given(organisation, ...company, positionDefined(newPosition, sales), {
      type: 'PositionRetired',
      data: { positionId: newPosition },
    })
      .when((state) => appointOrgUnitHead(state, new AppointOrgUnitHead(sales, { positionId: newPosition })))
      .thenRefuses('position-retired');
    given(organisation, ...company)
      .when((state) => appointOrgUnitHead(state, new AppointOrgUnitHead(sales, { positionId: nobody })))
      .thenRefuses('position-unknown');
    given(organisation, ...company, closed)
      .when((state) => appointOrgUnitHead(state, new AppointOrgUnitHead(service, { positionId: agent })))
      .thenRefuses('org-unit-closed');
  });
});
