import { describe, it } from '@jest/globals';
import { CreateOrgUnit } from '../../libs/organisation/commands.js';
import type { NewOrgUnit } from '../../libs/organisation/commands.js';
import { createOrgUnit } from '../../libs/organisation/org-unit.rules.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { structureChart } from '../../projections/structure-chart.js';
import { given } from '../support/given.js';
import { company, newUnit, nobody, unitIds } from './company.js';

const west: NewOrgUnit = { name: 'West', kind: 'team', level: 'front_line', parentId: unitIds.sales };
const create = (unit: Partial<NewOrgUnit> = {}, id = newUnit) => new CreateOrgUnit(id, { ...west, ...unit });

describe('creating an org unit', () => {
  it('records it, and the chart has it', () => {
    given(organisation, ...company)
      .when((state) => createOrgUnit(state, create()))
      .thenRecords({ type: 'OrgUnitCreated', data: { orgUnitId: newUnit, ...west } })
      .thenReads(structureChart, newUnit, { entry: 'unit', name: 'West', parentId: unitIds.sales, status: 'open' });
  });

  it('takes the first unit as the root', () => {
    given(organisation)
      .when((state) => createOrgUnit(state, create({ parentId: null })))
      .thenRecords({ type: 'OrgUnitCreated', data: { orgUnitId: newUnit, ...west, parentId: null } });
  });

  it('records nothing for the same unit again', () => {
    given(organisation, ...company, { type: 'OrgUnitCreated', data: { orgUnitId: newUnit, ...west } })
      .when((state) => createOrgUnit(state, create()))
      .thenRecords();
  });

  it('refuses another unit of the same id', () => {
    given(organisation, ...company)
      .when((state) => createOrgUnit(state, create({}, unitIds.east)))
      .thenRefuses('org-unit-exists');
  });

  it('refuses a second root', () => {
    given(organisation, ...company)
      .when((state) => createOrgUnit(state, create({ parentId: null })))
      .thenRefuses('org-root-exists', { rootId: unitIds.company });
  });

  it('refuses a parent nobody created, and one that is closed', () => {
    given(organisation, ...company)
      .when((state) => createOrgUnit(state, create({ parentId: nobody })))
      .thenRefuses('org-unit-unknown');
    given(organisation, ...company, { type: 'OrgUnitClosed', data: { orgUnitId: unitIds.service } })
      .when((state) => createOrgUnit(state, create({ parentId: unitIds.service })))
      .thenRefuses('org-unit-closed');
  });

  it('refuses a level above the parent, and takes the same level', () => {
    given(organisation, ...company)
      .when((state) => createOrgUnit(state, create({ level: 'senior' })))
      .thenRefuses('org-level-above-parent', { level: 'senior', parentLevel: 'middle' });
    given(organisation, ...company)
      .when((state) => createOrgUnit(state, create({ level: 'middle' })))
      .thenRecords({ type: 'OrgUnitCreated', data: { orgUnitId: newUnit, ...west, level: 'middle' } });
  });

  it('refuses a name that a sibling has, however it is written', () => {
    given(organisation, ...company)
      .when((state) => createOrgUnit(state, create({ name: '  eAST ' })))
      .thenRefuses('org-name-taken', { orgUnitId: unitIds.east });
  });

  it('takes a name that a unit elsewhere, or a closed sibling, has', () => {
    given(organisation, ...company)
      .when((state) => createOrgUnit(state, create({ name: 'East', parentId: unitIds.service })))
      .thenRecords({
        type: 'OrgUnitCreated',
        data: { orgUnitId: newUnit, ...west, name: 'East', parentId: unitIds.service },
      });
    given(organisation, ...company, { type: 'OrgUnitClosed', data: { orgUnitId: unitIds.service } })
      .when((state) => createOrgUnit(state, create({ name: 'Service', level: 'middle', parentId: unitIds.company })))
      .thenRecords({
        type: 'OrgUnitCreated',
        data: { orgUnitId: newUnit, ...west, name: 'Service', level: 'middle', parentId: unitIds.company },
      });
  });
});
