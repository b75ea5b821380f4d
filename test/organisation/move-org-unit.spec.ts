import { describe, it } from '@jest/globals';
import { MoveOrgUnit } from '../../libs/organisation/commands.js';
import { moveOrgUnit } from '../../libs/organisation/org-unit.rules.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { structureChart } from '../../projections/structure-chart.js';
import { given } from '../support/given.js';
import { company, newUnit, nobody, now, unitCreated, unitIds } from './company.js';
import type { Event } from './company.js';

const { sales, east, service } = unitIds;
const moved = (orgUnitId: string, from: string, to: string, occurredAt?: string): Event => ({
  type: 'OrgUnitMoved',
  data: { orgUnitId, from, to },
  ...(occurredAt !== undefined && { occurredAt }),
});

describe('moving an org unit', () => {
  it('records from where to where, and the chart follows', () => {
    given(organisation, ...company)
      .when((state) => moveOrgUnit(state, new MoveOrgUnit(east, { parentId: service }), now))
      .thenRecords(moved(east, sales, service))
      .thenReads(structureChart, east, { parentId: service });
  });

  it('records a move that took effect earlier with that time', () => {
    const earlier = '2026-02-01T00:00:00.000Z';
    given(organisation, ...company)
      .when((state) => moveOrgUnit(state, new MoveOrgUnit(east, { parentId: service, effectiveFrom: earlier }), now))
      .thenRecords(moved(east, sales, service, earlier));
  });

  it('records nothing when it is there already', () => {
    given(organisation, ...company)
      .when((state) => moveOrgUnit(state, new MoveOrgUnit(east, { parentId: sales }), now))
      .thenRecords();
  });

  it('refuses to go under itself or a unit below it', () => {
    for (const parent of [sales, east]) {
      given(organisation, ...company)
        .when((state) => moveOrgUnit(state, new MoveOrgUnit(sales, { parentId: parent }), now))
        .thenRefuses('org-cycle');
    }
  });

  it('refuses units nobody created', () => {
    for (const [unit, parent] of [
      [nobody, sales],
      [east, nobody],
    ] as const) {
      given(organisation, ...company)
        .when((state) => moveOrgUnit(state, new MoveOrgUnit(unit, { parentId: parent }), now))
        .thenRefuses('org-unit-unknown', { id: nobody });
    }
  });

  it('refuses a closed unit on either side', () => {
    const closed: Event = { type: 'OrgUnitClosed', data: { orgUnitId: service } };
    given(organisation, ...company, closed)
      .when((state) => moveOrgUnit(state, new MoveOrgUnit(east, { parentId: service }), now))
      .thenRefuses('org-unit-closed');
    given(organisation, ...company, closed)
      .when((state) => moveOrgUnit(state, new MoveOrgUnit(service, { parentId: sales }), now))
      .thenRefuses('org-unit-closed');
  });

  it('refuses a parent of a lower level', () => {
    given(organisation, ...company)
      .when((state) => moveOrgUnit(state, new MoveOrgUnit(service, { parentId: east }), now))
      .thenRefuses('org-level-above-parent');
  });

  it('refuses a place where a sibling has its name', () => {
    const other = unitCreated(newUnit, { name: 'East', kind: 'team', level: 'front_line', parentId: service });
    given(organisation, ...company, other)
      .when((state) => moveOrgUnit(state, new MoveOrgUnit(east, { parentId: service }), now))
      .thenRefuses('org-name-taken');
  });

  it('refuses a time before either unit existed', () => {
    given(organisation, ...company)
      .when((state) =>
        moveOrgUnit(
          state,
          new MoveOrgUnit(east, { parentId: service, effectiveFrom: '2025-12-31T23:59:59.999Z' }),
          now,
        ),
      )
      .thenRefuses('org-unit-not-created-yet');
    const late: Event = {
      ...unitCreated(newUnit, { name: 'West', kind: 'team', level: 'middle', parentId: sales }),
      occurredAt: '2026-02-01T00:00:00.000Z',
    };
    given(organisation, ...company, late)
      .when((state) =>
        moveOrgUnit(
          state,
          new MoveOrgUnit(east, { parentId: newUnit, effectiveFrom: '2026-01-15T00:00:00.000Z' }),
          now,
        ),
      )
      .thenRefuses('org-unit-not-created-yet');
  });

  it('refuses a time before its last move, or that of a unit above its new place', () => {
    const february = '2026-02-01T00:00:00.000Z';
    given(organisation, ...company, moved(east, sales, service, february))
      .when((state) =>
        moveOrgUnit(state, new MoveOrgUnit(east, { parentId: sales, effectiveFrom: '2026-01-15T00:00:00.000Z' }), now),
      )
      .thenRefuses('org-move-overlap', { earliest: february });
    const other = unitCreated(newUnit, { name: 'Office', kind: 'team', level: 'middle', parentId: unitIds.company });
    given(organisation, ...company, other, moved(newUnit, unitIds.company, service, february))
      .when((state) =>
        moveOrgUnit(
          state,
          new MoveOrgUnit(east, { parentId: newUnit, effectiveFrom: '2026-01-15T00:00:00.000Z' }),
          now,
        ),
      )
      .thenRefuses('org-move-overlap', { earliest: february });
  });

  it('refuses a time to come', () => {
    given(organisation, ...company)
      .when((state) =>
        moveOrgUnit(
          state,
          new MoveOrgUnit(east, { parentId: service, effectiveFrom: '2026-03-02T09:05:00.001Z' }),
          now,
        ),
      )
      .thenRefuses('in-the-future', { field: 'effectiveFrom' });
  });
});
