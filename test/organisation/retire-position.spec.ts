import { describe, it } from '@jest/globals';
import { RetirePosition } from '../../libs/organisation/commands.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { retirePosition } from '../../libs/organisation/position.rules.js';
import { structureChart } from '../../projections/structure-chart.js';
import { given } from '../support/given.js';
import {
  assigned,
  company,
  newPosition,
  nobody,
  now,
  people,
  positionDefined,
  positionIds,
  unitIds,
} from './company.js';
import type { Event } from './company.js';

const { agent, salesHead } = positionIds;
const { sales, service } = unitIds;
const retired = (positionId: string): Event => ({ type: 'PositionRetired', data: { positionId } });

describe('retiring a position', () => {
  it('records it', () => {
    given(organisation, ...company)
      .when((state) => retirePosition(state, new RetirePosition(agent), now, { flows: [] }))
      .thenRecords(retired(agent))
      .thenReads(structureChart, agent, { status: 'retired' });
  });

  it('refuses while it is needed, and names everything that needs it', () => {
    given(organisation, ...company, positionDefined(newPosition, service, { reportsToPositionId: salesHead }))
      .when((state) => retirePosition(state, new RetirePosition(salesHead), now, { flows: [] }))
      .thenRefuses('position-in-use', { incumbents: [people.bob], headOf: [sales], reporting: [newPosition] });
  });

  it('refuses while somebody holds it as well, and no longer', () => {
    const helping = (until: string) => assigned(people.bob, agent, service, { primary: false, until });
    given(organisation, ...company, helping('2026-06-01T00:00:00.000Z'))
      .when((state) => retirePosition(state, new RetirePosition(agent), now, { flows: [] }))
      .thenRefuses('position-in-use', { incumbents: [people.bob], headOf: [], reporting: [] });
    given(organisation, ...company, helping('2026-02-01T00:00:00.000Z'))
      .when((state) => retirePosition(state, new RetirePosition(agent), now, { flows: [] }))
      .thenRecords(retired(agent));
  });

  it('refuses a second time, and a position nobody defined', () => {
    given(organisation, ...company, retired(agent))
      .when((state) => retirePosition(state, new RetirePosition(agent), now, { flows: [] }))
      .thenRefuses('position-retired');
    given(organisation, ...company)
      .when((state) => retirePosition(state, new RetirePosition(nobody), now, { flows: [] }))
      .thenRefuses('position-unknown');
  });
});
