import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OrderedMap } from 'immutable';
import { evolve } from '../../libs/event-store/decider.js';
import { chartAt, chartTree } from '../../libs/organisation/chart.js';
import type { ChartNode } from '../../libs/organisation/chart.js';
import { isAway, levels } from '../../libs/organisation/events.js';
import { incumbentsOf, ongoing, organisation } from '../../libs/organisation/organisation.decider.js';
import type { Organisation, OrganisationEvent } from '../../libs/organisation/organisation.decider.js';
import { shiftDay } from '../../libs/time.js';
import { employeeList } from '../../projections/employee-list.js';
import type { EmployeeLine } from '../../projections/employee-list.js';
import { structureChart } from '../../projections/structure-chart.js';
import type { ChartEntry } from '../../projections/structure-chart.js';
import { recorded } from '../support/given.js';
import { run, step } from './any-history.js';

/** Follows the links from every node; a chain longer than there are nodes never ends. */
function hasCycle<Node>(nodes: OrderedMap<string, Node>, next: (node: Node) => string | null | undefined): boolean {
  return [...nodes.keys()].some((id) => {
    let steps = 0;
    for (let at: string | null | undefined = id; at !== null && at !== undefined && nodes.has(at); steps += 1) {
      if (steps > nodes.size) return true;
      at = next(nodes.get(at)!);
    }
    return false;
  });
}

/** Sentences about the organisation; those that do not hold. */
const broken = (sentences: Readonly<Record<string, boolean>>): string[] =>
  Object.keys(sentences).filter((sentence) => !sentences[sentence]);

function unitFaults({ units: all, positions: posts }: Organisation): string[] {
  const open = [...all].filter(([, unit]) => unit.open);
  const names = open.map(([, { parentId, name }]) => `${parentId} ${name.trim().toLowerCase()}`);
  return broken({
    'there is one root': open.filter(([, { parentId }]) => parentId === null).length <= 1,
    'no unit is above itself': !hasCycle(all, ({ parentId }) => parentId),
    'siblings have different names': new Set(names).size === names.length,
    'an open unit is under an open one': open.every(([, { parentId }]) => parentId === null || all.get(parentId)?.open),
    'no unit ranks above its parent': [...all.values()].every(
      ({ parentId, level }) => parentId === null || levels.indexOf(level) >= levels.indexOf(all.get(parentId)!.level),
    ),
    'a head sits in the unit': open.every(([id, { headPositionId }]) => {
      const head = headPositionId === null ? undefined : posts.get(headPositionId);
      return headPositionId === null || (head?.orgUnitId === id && !head.retired);
    }),
  });
}

function peopleFaults(state: Organisation, now: string): string[] {
  const posts = [...state.positions].map(([id, position]) => ({
    ...position,
    held: incumbentsOf(state, id, now).length,
  }));
  const staff = [...state.employees.values()];
  const held = staff.flatMap(({ assignments }) => assignments);
  return broken({
    'no position reports to itself': !hasCycle(state.positions, ({ reportsToPositionId }) => reportsToPositionId),
    'no position has more people than it takes': posts.every((post) => post.held <= post.headcount),
    'only live positions of open units are held': posts.every(
      ({ held: people, retired, orgUnitId }) => people === 0 || (!retired && state.units.get(orgUnitId)?.open),
    ),
    'whoever works here has one primary position': staff.every(
      ({ status, assignments }) => assignments.filter(({ primary }) => primary).length === (status === 'left' ? 0 : 1),
    ),
    'nothing begins in the future': held.every(({ from }) => from <= now),
    'a primary position has no end': held.every(({ primary, until }) => !primary || until === null),
  });
}

function absenceFaults({ employees: all }: Organisation): string[] {
  const days = Array.from({ length: 16 }, (_, index) => shiftDay('2026-01-01', index));
  return broken({
    'absences do not overlap': days.every((on) =>
      [...all.values()].every(({ absences }) => absences.filter((absence) => isAway(absence, on)).size <= 1),
    ),
    'no deputies wait for each other': days.every(
      (on) => !hasCycle(all, ({ absences }) => absences.find((absence) => isAway(absence, on))?.deputyId),
    ),
  });
}

function fold<Document>(projection: typeof structureChart | typeof employeeList, log: readonly OrganisationEvent[]) {
  const documents = new Map<string, Document>();
  for (const event of recorded(log).filter(({ type }) => projection.types.includes(type))) {
    for (const id of projection.ids(event)) {
      const document = projection.evolve((documents.get(id) ?? null) as never, event, id);
      if (document) documents.set(id, document as Document);
    }
  }
  return documents;
}

const flat = (nodes: readonly ChartNode[]): readonly ChartNode[] =>
  nodes.flatMap((node) => [node, ...flat(node.units)]);

describe('whatever is asked, in whatever order', () => {
  const rules = fc.array(step, { minLength: 20, maxLength: 80, size: 'max' });

  it('the organisation stays sound', () => {
    fc.assert(
      fc.property(rules, (steps) => {
        run(steps, (state, now) => {
          expect([...unitFaults(state), ...peopleFaults(state, now), ...absenceFaults(state)]).toEqual([]);
        });
      }),
      { numRuns: 400 },
    );
  });

  it('no chart of a past moment has a cycle', () => {
    fc.assert(
      fc.property(rules, (steps) => {
        const { log } = run(steps, () => undefined);
        for (const moment of new Set(log.map(({ occurredAt }) => occurredAt))) {
          const known = log.filter(({ occurredAt }) => occurredAt <= moment);
          const state = known.reduce((before, event) => evolve(organisation, before, event), organisation.initial);
          expect(hasCycle(state.units, ({ parentId }) => parentId)).toBe(false);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('the chart and the list of employees say what the rules see', () => {
    fc.assert(
      fc.property(rules, (steps) => {
        const { log, state, now } = run(steps, () => undefined);
        const nodes = flat(chartTree(chartAt([...fold<ChartEntry>(structureChart, log).values()], now)));
        const open = [...state.units].filter(([, unit]) => unit.open);
        expect(new Map(nodes.map(({ orgUnitId, name }) => [orgUnitId, name]))).toEqual(
          new Map(open.map(([id, { name }]) => [id, name])),
        );
        for (const { positionId: id, incumbents } of nodes.flatMap((node) => node.positions)) {
          expect(incumbents.map((person) => person.employeeId)).toEqual(incumbentsOf(state, id, now));
        }
        for (const line of fold<EmployeeLine>(employeeList, log).values()) {
          const { assignments, status } = state.employees.get(line.employeeId)!;
          const primary = assignments.find((held) => held.primary && ongoing(held, now));
          const orgUnitId = primary ? state.positions.get(primary.positionId)?.orgUnitId : null;
          expect([line.status, line.positionId, line.orgUnitId]).toEqual([
            status,
            primary?.positionId ?? null,
            orgUnitId,
          ]);
        }
      }),
      { numRuns: 400 },
    );
  });
});
