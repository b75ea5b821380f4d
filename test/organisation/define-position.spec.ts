import { describe, it } from '@jest/globals';
import { DefinePosition } from '../../libs/organisation/commands.js';
import type { NewPosition } from '../../libs/organisation/commands.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { definePosition } from '../../libs/organisation/position.rules.js';
import { structureChart } from '../../projections/structure-chart.js';
import { given } from '../support/given.js';
import { company, newPosition, nobody, positionDefined, positionIds, unitIds } from './company.js';

const manager: NewPosition = {
  orgUnitId: unitIds.east,
  title: 'account manager',
  reportsToPositionId: positionIds.salesHead,
  duties: ['visits key customers'],
  processSteps: ['negotiate'],
  headcount: 3,
};
const define = (position: Partial<NewPosition> = {}, id = newPosition) =>
  new DefinePosition(id, { ...manager, ...position });

describe('defining a position', () => {
  it('records it, and the chart has it', () => {
    given(organisation, ...company)
      .when((state) => definePosition(state, define()))
      .thenRecords(positionDefined(newPosition, unitIds.east, manager))
      .thenReads(structureChart, newPosition, {
        entry: 'position',
        title: 'account manager',
        duties: ['visits key customers'],
        customerCap: null,
        status: 'active',
      });
  });

  it('records nothing for the same position again', () => {
    given(organisation, ...company, positionDefined(newPosition, unitIds.east, manager))
      .when((state) => definePosition(state, define()))
      .thenRecords();
  });

  it('refuses another position of the same id', () => {
    given(organisation, ...company)
      .when((state) => definePosition(state, define({}, positionIds.agent)))
      .thenRefuses('position-exists');
  });

  it('refuses a unit nobody created, and one that is closed', () => {
    given(organisation, ...company)
      .when((state) => definePosition(state, define({ orgUnitId: nobody })))
      .thenRefuses('org-unit-unknown');
    given(organisation, ...company, { type: 'OrgUnitClosed', data: { orgUnitId: unitIds.service } })
      .when((state) => definePosition(state, define({ orgUnitId: unitIds.service })))
      .thenRefuses('org-unit-closed');
  });

  it('refuses to report to itself, to an unknown position, to a retired one', () => {
    given(organisation, ...company)
      .when((state) => definePosition(state, define({ reportsToPositionId: newPosition })))
      .thenRefuses('reporting-cycle');
    given(organisation, ...company)
      .when((state) => definePosition(state, define({ reportsToPositionId: nobody })))
      .thenRefuses('position-unknown');
    given(organisation, ...company, { type: 'PositionRetired', data: { positionId: positionIds.agent } })
      .when((state) => definePosition(state, define({ reportsToPositionId: positionIds.agent })))
      .thenRefuses('position-retired');
  });
});
