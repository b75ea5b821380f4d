import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { Owner } from '../../libs/customers/events.js';
import type { Rollup } from '../../libs/read-models/rollup.js';
import { salesPerformance } from '../../reports/performance.js';
import { stageFunnel } from '../../reports/funnel.js';
import { stageJourney } from '../../projections/stage-journey.js';
import type { StageJourney } from '../../projections/stage-journey.js';
import { recorded } from '../support/given.js';
import { property } from '../support/property.js';
import { history, sellers } from './histories.js';
import type { Dated } from './histories.js';
import { stages } from './samples.js';

const zone = 'Asia/Shanghai';
const dayOf = (iso: string): string => DateTime.fromISO(iso, { zone }).toISODate()!;

interface Window {
  readonly from: string;
  readonly to: string;
}
const within = ({ from, to }: Window, iso: string): boolean => dayOf(iso) >= from && dayOf(iso) < to;
const always: Window = { from: '2026-01-01', to: '2030-01-01' };
const windows = fc.oneof(
  fc.constant(always),
  fc.tuple(fc.nat(100), fc.nat(100)).map(([first, length]): Window => {
    const from = DateTime.fromISO(always.from).plus({ days: first });
    return { from: from.toISODate()!, to: from.plus({ days: length }).toISODate()! };
  }),
);

/** Everything the cells that fit add up to; zeroes left out. */
function summed(
  rollup: Rollup<StageJourney>,
  histories: readonly (readonly Dated[])[],
  window: Window,
  where: Readonly<Record<string, string>>,
) {
  const sums: Record<string, number> = {};
  for (const happened of histories) {
    const journey = recorded(happened).reduce<StageJourney | null>(
      (document, event) => stageJourney.evolve(document, event, happened[0]!.data.opportunityId),
      null,
    )!;
    for (const { day, key, measures, durations } of rollup.cells(journey, zone)) {
      if (day !== undefined && (day < window.from || day >= window.to)) continue;
      if (Object.entries(where).some(([dimension, value]) => key[dimension] !== value)) continue;
      for (const [name, value] of Object.entries({ ...measures, ...durations }))
        sums[name] = (sums[name] ?? 0) + Number(value ?? 0);
    }
  }
  return Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0));
}

/* What follows computes the same in another way: event by event, from the definitions of the reports alone. */

const target = ({ type, data }: Dated): string | null => {
  if (type === 'OpportunityRegistered') return data.stageId;
  if (type === 'OpportunityStageChanged') return data.to;
  const closes = type === 'OpportunityWon' || type === 'OpportunityLost' || type === 'OpportunityVoided';
  return closes || type === 'OpportunityReopened' ? data.toStage : null;
};
const leaves = (event: Dated): boolean => event.type === 'OpportunityVoided' || target(event) !== null;
const ownerBefore = (happened: readonly Dated[], at: Dated): string => {
  let owner = '';
  for (const event of happened) {
    if (event.type === 'OpportunityRegistered') owner = event.data.owner.employeeId;
    if (event === at) return owner;
    if (event.type === 'OpportunityOwnerChanged') owner = event.data.to.employeeId;
  }
  return owner;
};
const statusOf = (happened: readonly Dated[]): string => {
  const ends = {
    OpportunityWon: 'won',
    OpportunityLost: 'lost',
    OpportunityVoided: 'void',
    OpportunityReopened: 'open',
  };
  const last = happened.findLast(({ type }) => type in ends);
  return last ? ends[last.type as keyof typeof ends] : 'open';
};
const at = (iso: string): number => new Date(iso).getTime();

function naiveFunnel(
  histories: readonly (readonly Dated[])[],
  window: Window,
  basis: string,
  stage: string,
  owner: string,
) {
  const counts: Record<string, number> = {};
  const add = (name: string, value: number): void => {
    if (value !== 0) counts[name] = (counts[name] ?? 0) + value;
  };
  for (const happened of histories) {
    const entries = happened.filter((event) => target(event) === stage);
    const [first, ...again] = entries;
    if (!first) continue;
    const counted = basis === 'cohort' ? happened[0]! : first;
    const fits = (event: Dated): boolean => within(window, event.occurredAt) && ownerBefore(happened, event) === owner;
    if (basis === 'activity') add('reentered', again.filter(fits).length);
    if (!fits(counted)) continue;
    if (basis === 'cohort') add('reentered', again.length);
    add('entered', 1);
    const path = happened.filter(leaves);
    const last = path.at(-1)!;
    add('inNow', target(last) === stage ? 1 : 0);
    const lefts = path.filter((_, index) => index > 0 && target(path[index - 1]!) === stage);
    const on = (event: Dated): boolean =>
      event.type === 'OpportunityWon' || (event.type === 'OpportunityStageChanged' && event.data.direction !== 'back');
    add('movedOn', lefts.some(on) ? 1 : 0);
    add(
      'movedBack',
      lefts.some((event) => event.type === 'OpportunityStageChanged' && event.data.direction === 'back') ? 1 : 0,
    );
    const end = path.findLast(
      ({ type }) => type === 'OpportunityWon' || type === 'OpportunityLost' || type === 'OpportunityVoided',
    );
    const closedHere = end !== undefined && lefts.includes(end);
    const status = statusOf(happened);
    add('won', status === 'won' && closedHere ? 1 : 0);
    add('lost', status === 'lost' && closedHere ? 1 : 0);
    add('voided', status === 'void' && closedHere ? 1 : 0);
    add('amountAtEntry', amountAt(happened, first));
    for (const entry of entries) {
      const next = path[path.indexOf(entry) + 1];
      if (next) add('timeInStage', at(next.occurredAt) - at(entry.occurredAt));
    }
  }
  return counts;
}

function amountAt(happened: readonly Dated[], until: Dated): number {
  let amount = 0;
  for (const { type, data } of happened.slice(0, happened.indexOf(until) + 1)) {
    if (type === 'OpportunityRegistered') amount = data.amount!.amount;
    if (type === 'OpportunityAmountChanged') amount = data.to.amount;
    if (type === 'OpportunityWon') amount = data.amount!.amount;
  }
  return amount;
}

function ownerAtTheEnd(happened: readonly Dated[]): Owner {
  const owners = happened.flatMap(({ type, data }): Owner[] => {
    if (type === 'OpportunityRegistered') return [data.owner];
    return type === 'OpportunityOwnerChanged' ? [data.to] : [];
  });
  return owners.at(-1)!;
}

function naivePerformance(histories: readonly (readonly Dated[])[], window: Window, employee: string, manager: string) {
  const counts: Record<string, number> = {};
  const add = (name: string, value: number): void => {
    if (value !== 0) counts[name] = (counts[name] ?? 0) + value;
  };
  for (const happened of histories) {
    const status = statusOf(happened);
    const end = happened.findLast(({ type }) => type === 'OpportunityWon' || type === 'OpportunityLost');
    const amount = amountAt(happened, happened.at(-1)!);
    if (status === 'open') {
      const { employeeId, managerId } = ownerAtTheEnd(happened);
      if (employeeId !== employee || managerId !== manager) continue;
      const here = stages.find(({ id }) => id === target(happened.findLast((event) => target(event) !== null)!))!;
      add('openCount', 1);
      add('openAmount', amount);
      add('weightedAmount', Math.round((amount * here.probability) / 100));
    } else if (end && (end.type === 'OpportunityWon' || end.type === 'OpportunityLost') && status !== 'void') {
      const { employeeId, managerId } = end.data.credit;
      if (employeeId !== employee || managerId !== manager || !within(window, end.occurredAt)) continue;
      const took = at(end.occurredAt) - at(happened[0]!.occurredAt);
      add('daysToClose', took);
      add(status, 1);
      if (status === 'won') {
        add('wonAmount', amount);
        add('daysToWin', took);
      }
    }
  }
  return counts;
}

const many = fc.array(history, { minLength: 1, maxLength: 8 });

describe('whatever happens to opportunities', () => {
  it.each(['cohort', 'activity'])('the funnel by %s counts what its definition says, in any window', (basis) => {
    fc.assert(
      fc.property(
        many,
        windows,
        fc.constantFrom(...stages),
        fc.constantFrom(...sellers),
        (histories, window, stage, owner) => {
          expect(summed(stageFunnel, histories, window, { basis, stage: stage.id, owner })).toEqual(
            naiveFunnel(histories, window, basis, stage.id, owner),
          );
        },
      ),
      property(200),
    );
  });

  it('the sales performance counts what its definition says, in any window', () => {
    const managers = fc.constantFrom('early manager', 'late manager');
    fc.assert(
      fc.property(many, windows, fc.constantFrom(...sellers), managers, (histories, window, employee, manager) => {
        expect(summed(salesPerformance, histories, window, { employee, manager })).toEqual(
          naivePerformance(histories, window, employee, manager),
        );
      }),
      property(200),
    );
  });

  it('by manager and by employee, performance adds up to the same', () => {
    fc.assert(
      fc.property(many, (histories) => {
        const added = (dimension: string, values: readonly string[]) =>
          values.reduce<number>(
            (sum, value) =>
              sum + (summed(salesPerformance, histories, always, { [dimension]: value })['wonAmount'] ?? 0),
            0,
          );
        expect(added('manager', ['early manager', 'late manager'])).toBe(added('employee', sellers));
      }),
      property(100),
    );
  });

  it('an opportunity is in one stage, or in none when it was voided without a stage for it', () => {
    fc.assert(
      fc.property(history, (happened) => {
        const { inNow = 0 } = summed(stageFunnel, [happened], always, { basis: 'cohort' });
        const last = happened.findLast(leaves)!;
        expect(inNow).toBe(target(last) === null ? 0 : 1);
      }),
      property(200),
    );
  });
});
