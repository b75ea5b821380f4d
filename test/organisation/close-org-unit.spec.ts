import { describe, it } from '@jest/globals';
import { CloseOrgUnit, ReopenOrgUnit } from '../../libs/organisation/commands.js';
import { closeOrgUnit, reopenOrgUnit } from '../../libs/organisation/org-unit.rules.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { structureChart } from '../../projections/structure-chart.js';
import { given } from '../support/given.js';
import {
  assigned,
  company,
  headAppointed,
  newUnit,
  nobody,
  now,
  people,
  positionIds,
  unitCreated,
  unitIds,
} from './company.js';
import type { Event } from './company.js';

const { service, sales, east } = unitIds;
const { agent } = positionIds;
const closed = (orgUnitId: string): Event => ({ type: 'OrgUnitClosed', data: { orgUnitId } });
const reopened = (orgUnitId: string): Event => ({ type: 'OrgUnitReopened', data: { orgUnitId } });

describe('closing an org unit', () => {
  it('records it, and the chart knows', () => {
    given(organisation, ...company)
      .when((state) => closeOrgUnit(state, new CloseOrgUnit(service), now))
      .thenRecords(closed(service))
      .thenReads(structureChart, service, { status: 'closed' });
  });

  it('refuses while units or people are in it, and counts both', () => {
    given(organisation, ...company)
      .when((state) => closeOrgUnit(state, new CloseOrgUnit(sales), now))
      .thenRefuses('org-unit-not-empty', { children: 1, employees: 1 });
    given(organisation, ...company)
      .when((state) => closeOrgUnit(state, new CloseOrgUnit(east), now))
      .thenRefuses('org-unit-not-empty', { children: 0, employees: 2 });
  });

  it('counts people who are there as well, as long as they are', () => {
    const helping = (until: string) => assigned(people.bob, agent, service, { primary: false, until });
    given(organisation, ...company, helping('2026-03-02T09:00:00.001Z'))
      .when((state) => closeOrgUnit(state, new CloseOrgUnit(service), now))
      .thenRefuses('org-unit-not-empty', { employees: 1 });
    given(organisation, ...company, helping(now))
      .when((state) => closeOrgUnit(state, new CloseOrgUnit(service), now))
      .thenRecords(closed(service));
  });

  it('lets closed units stay below it', () => {
    const below = unitCreated(newUnit, { name: 'Desk', kind: 'team', level: 'front_line', parentId: service });
    given(organisation, ...company, below, closed(newUnit))
      .when((state) => closeOrgUnit(state, new CloseOrgUnit(service), now))
      .thenRecords(closed(service));
  });

  it('refuses a unit that is closed, and an unknown one', () => {
    given(organisation, ...company, closed(service))
      .when((state) => closeOrgUnit(state, new CloseOrgUnit(service), now))
      .thenRefuses('org-unit-closed');
    given(organisation, ...company)
      .when((state) => closeOrgUnit(state, new CloseOrgUnit(nobody), now))
      .thenRefuses('org-unit-unknown');
  });
});

describe('reopening an org unit', () => {
  it('records it, and the chart knows', () => {
    given(organisation, ...company, closed(service))
      .when((state) => reopenOrgUnit(state, new ReopenOrgUnit(service)))
      .thenRecords(reopened(service))
      .thenReads(structureChart, service, { status: 'open' });
  });

  it('keeps a head that is still there, and drops one that went away meanwhile', () => {
    given(organisation, ...company, headAppointed(service, agent), closed(service))
      .when((state) => reopenOrgUnit(state, new ReopenOrgUnit(service)))
      .thenRecords(reopened(service));
    const retired: Event = { type: 'PositionRetired', data: { positionId: agent } };
    given(organisation, ...company, headAppointed(service, agent), closed(service), retired)
      .when((state) => reopenOrgUnit(state, new ReopenOrgUnit(service)))
      .thenRecords(reopened(service), headAppointed(service, null, agent));
  });

  it('refuses while its name is taken or its parent is closed', () => {
    const other = unitCreated(newUnit, { name: 'service', kind: 'team', level: 'middle', parentId: unitIds.company });
    given(organisation, ...company, closed(service), other)
      .when((state) => reopenOrgUnit(state, new ReopenOrgUnit(service)))
      .thenRefuses('org-name-taken', { orgUnitId: newUnit });
    const below = unitCreated(newUnit, { name: 'Desk', kind: 'team', level: 'front_line', parentId: service });
    given(organisation, ...company, below, closed(newUnit), closed(service))
      .when((state) => reopenOrgUnit(state, new ReopenOrgUnit(newUnit)))
      .thenRefuses('org-unit-closed', { orgUnitId: service });
  });

  it('refuses a second root', () => {
    const root = (id: string) => unitCreated(id, { name: 'Firm', kind: 'company', level: 'senior', parentId: null });
    given(organisation, root(unitIds.company), closed(unitIds.company), root(newUnit))
      .when((state) => reopenOrgUnit(state, new ReopenOrgUnit(unitIds.company)))
      .thenRefuses('org-root-exists', { rootId: newUnit });
  });

  it('refuses a unit that is open, and an unknown one', () => {
    given(organisation, ...company)
      .when((state) => reopenOrgUnit(state, new ReopenOrgUnit(service)))
      .thenRefuses('org-unit-open');
    given(organisation, ...company)
      .when((state) => reopenOrgUnit(state, new ReopenOrgUnit(nobody)))
      .thenRefuses('org-unit-unknown');
  });
});
