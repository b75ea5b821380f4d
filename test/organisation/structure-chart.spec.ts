import { describe, expect, it } from '@jest/globals';
import { chartAt, chartTree } from '../../libs/organisation/chart.js';
import { chartText } from '../../libs/organisation/chart-text.js';
import { structureChart } from '../../projections/structure-chart.js';
import type { ChartEntry } from '../../projections/structure-chart.js';
import { recorded } from '../support/given.js';
import { assigned, away, company, now, people, positionIds, unitIds } from './company.js';
import type { Event } from './company.js';

const { bob, cara, dan } = people;
const { representative, salesHead, agent } = positionIds;
const { sales, east, service } = unitIds;

/** The entries a log leaves behind, as of a moment of business time when one is given. */
function entriesOf(events: readonly Event[], until = '9999'): ChartEntry[] {
  const entries = new Map<string, ChartEntry>();
  for (const event of recorded(events).filter(({ occurredAt }) => occurredAt <= until)) {
    for (const id of structureChart.ids(event)) {
      const entry = structureChart.evolve(entries.get(id) ?? null, event, id);
      if (entry) entries.set(id, entry);
    }
  }
  return [...entries.values()];
}

const treeOf = (events: readonly Event[], at = now) => chartTree(chartAt(entriesOf(events), at));
const textOf = (events: readonly Event[], at = now) => chartText(treeOf(events, at));

describe('the structure chart', () => {
  it('shows units by level, with responsibilities, processes, positions, duties and people', () => {
    const described: Event[] = [
      {
        type: 'OrgUnitResponsibilitiesDefined',
        data: { orgUnitId: sales, responsibilities: ['win customers', 'keep them'] },
      },
      { type: 'OrgUnitProcessAssigned', data: { orgUnitId: sales, process: 'customer development' } },
      { type: 'PositionReportingLineChanged', data: { positionId: representative, from: null, to: salesHead } },
      {
        type: 'PositionDutiesChanged',
        data: { positionId: representative, duties: ['visits'], processSteps: ['follow-up'] },
      },
      { type: 'PositionHeadcountSet', data: { positionId: representative, from: 2, to: 4 } },
      assigned(bob, agent, service, { primary: false }),
      away(cara, '2026-03-01', '2026-03-10', dan),
      { type: 'EmployeeSuspended', data: { employeeId: dan, reason: 'inquiry' } },
    ];
    expect(textOf([...company, ...described])).toBe(
      [
        'Company (company, senior)',
        '│  ◆ director',
        '│    Ada',
        '├─ Sales (department, middle)',
        '│  │  answers for: win customers; keep them',
        '│  │  runs: customer development',
        '│  │  ◆ head of sales',
        '│  │    Bob',
        '│  └─ East (team, front line)',
        '│        • representative, reports to head of sales',
        '│          does: visits',
        '│          runs: follow-up',
        '│          Cara (absent, deputy Dan)',
        '│          Dan (suspended)',
        '│          (2 vacant)',
        '└─ Service (department, middle)',
        '      • agent',
        '        Bob (as well)',
      ].join('\n'),
    );
  });

  it('leaves out what was closed or retired, and people who left', () => {
    const gone: Event[] = [
      { type: 'EmployeeLeft', data: { employeeId: cara } },
      { type: 'PositionRetired', data: { positionId: agent } },
      { type: 'OrgUnitClosed', data: { orgUnitId: service } },
    ];
    const text = textOf([...company, ...gone]);
    expect(text).not.toMatch(/Service|agent|Cara/);
    expect(text).toMatch(/\(vacant\)/);
  });

  it('shows people in positions they help out in until the end that was foreseen, and away only on the days they are', () => {
    const events = [
      ...company,
      assigned(bob, agent, service, { primary: false, until: now }),
      away(cara, '2026-03-02', '2026-03-03'),
    ];
    expect(textOf(events, '2026-03-02T08:59:59.999Z')).toMatch(/Bob \(as well\)/);
    expect(textOf(events, now)).not.toMatch(/as well/);
    expect(textOf(events, '2026-03-01T23:59:59.999Z')).not.toMatch(/absent/);
    expect(textOf(events, '2026-03-03T23:59:59.999Z')).toMatch(/Cara \(absent\)/);
    expect(textOf(events, '2026-03-04T00:00:00.000Z')).not.toMatch(/absent/);
  });

  it('moves people with their position', () => {
    const moved: Event = {
      type: 'PositionMoved',
      data: { positionId: representative, from: east, to: service, employeeIds: [cara, dan] },
    };
    const [root] = treeOf([...company, moved]);
    const unit = root?.units.find(({ orgUnitId }) => orgUnitId === service);
    expect(unit?.positions.flatMap(({ incumbents }) => incumbents.map(({ name }) => name))).toEqual(['Cara', 'Dan']);
  });

  it('shows a late move from the moment it took effect', () => {
    const moved: Event = {
      type: 'OrgUnitMoved',
      data: { orgUnitId: east, from: sales, to: service },
      occurredAt: '2026-02-01T00:00:00.000Z',
    };
    const parentAsOf = (at: string) => {
      const [root] = chartTree(chartAt(entriesOf([...company, moved], at), at));
      return root?.units.find(({ units }) => units.some(({ orgUnitId }) => orgUnitId === east))?.orgUnitId;
    };
    expect(parentAsOf('2026-01-31T23:59:59.999Z')).toBe(sales);
    expect(parentAsOf('2026-02-01T00:00:00.000Z')).toBe(service);
  });

  it('keeps every unit, whatever its parents say', () => {
    const unit = (orgUnitId: string, name: string, parentId: string | null): ChartEntry => ({
      entry: 'unit',
      orgUnitId,
      name,
      kind: 'team',
      level: 'middle',
      parentId,
      responsibilities: [],
      processes: [],
      headPositionId: null,
      status: 'open',
    });
    const tree = chartTree(chartAt([unit('a', 'A', 'missing'), unit('b', 'B', 'c'), unit('c', 'C', 'b')], now));
    expect(chartText(tree).split('\n')).toEqual(['A (team, middle)', 'B (team, middle)', '└─ C (team, middle)']);
  });

  it('is empty before there is anything', () => {
    expect(textOf([])).toBe('');
  });
});
