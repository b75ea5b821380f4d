import { describe, expect, it } from '@jest/globals';
import { SetTarget } from '../../libs/targets/commands.js';
import type { NewTarget } from '../../libs/targets/commands.js';
import { daysOf, partsOf } from '../../libs/targets/events.js';
import { setTarget, target } from '../../libs/targets/target.decider.js';
import type { Target } from '../../libs/targets/target.decider.js';
import { targetIdOf } from '../../libs/targets/target-id.js';
import { targetList } from '../../projections/target-list.js';
import { given, past } from '../support/given.js';
import { aTarget, euros, seller, set, targetId, withdrawn } from './samples.js';

const setting =
  (change: Partial<NewTarget> = {}, facts = { subject: true }) =>
  (state: Target) =>
    setTarget(state, new SetTarget(targetId, aTarget(change)), past, facts);

describe('setting a target', () => {
  it('records what the figure is to come to', () => {
    given(target)
      .when(setting())
      .thenRecords(set())
      .thenReads(targetList, targetId, {
        targetId,
        kpi: 'won-amount',
        subject: seller,
        period: '2026-Q1',
        value: euros(100_00),
        status: 'set',
        setAt: past,
        revisedCount: 0,
        reason: null,
        revision: 0,
      });
  });

  it('again, to the same value, changes nothing', () => {
    given(target, set()).when(setting()).thenRecords();
  });

  it('again, to another value, is refused: that is a revision', () => {
    given(target, set())
      .when(setting({ value: euros(1) }))
      .thenRefuses('target-exists', { targetId });
  });

  it('is possible anew after it was withdrawn, also to the value it had', () => {
    given(target, set(), withdrawn)
      .when(setting())
      .thenRecords(set())
      .thenReads(targetList, targetId, { status: 'set', value: euros(100_00), reason: null, revision: 2 });
  });

  it.each([0, -1, NaN])('is refused for a value of %d', (amount) => {
    given(target)
      .when(setting({ value: euros(amount) }))
      .thenRefuses('target-not-positive', { field: 'value.amount' });
  });

  it.each(['', '26', '2026-', '2026-1', '2026-13', '2026-00', '2026-Q5', '2026-Q0', '2026-q1', '2026-01-01', '0999'])(
    'is refused for the period "%s"',
    (period) => {
      given(target).when(setting({ period })).thenRefuses('period-invalid', { field: 'period' });
    },
  );

  it('is refused for somebody who was never there', () => {
    given(target)
      .when(setting({}, { subject: false }))
      .thenRefuses('employee-unknown', { id: seller.id });
    const unit = { kind: 'org-unit', id: seller.id } as const;
    given(target)
      .when(setting({ subject: unit }, { subject: false }))
      .thenRefuses('org-unit-unknown');
  });
});

describe('the id of a target', () => {
  it('is another one for every subject, period and currency, and the same for every value', () => {
    const others: Partial<NewTarget>[] = [
      { subject: { kind: 'org-unit', id: seller.id } },
      { subject: { kind: 'employee', id: targetId } },
      { period: '2026' },
      { period: '2026-01' },
      { value: { amount: 100_00, currency: 'USD' } },
    ];
    expect(new Set([targetId, ...others.map((each) => targetIdOf(aTarget(each)))]).size).toBe(6);
    expect(targetIdOf(aTarget({ value: euros(5) }))).toBe(targetId);
  });
});

describe('a period', () => {
  it('consists of the next finer ones', () => {
    expect(partsOf('2026')).toEqual(['2026-Q1', '2026-Q2', '2026-Q3', '2026-Q4']);
    expect(partsOf('2026-Q1')).toEqual(['2026-01', '2026-02', '2026-03']);
    expect(partsOf('2026-Q4')).toEqual(['2026-10', '2026-11', '2026-12']);
    expect(partsOf('2026-12')).toEqual([]);
  });

  it('begins on a day and ends before one', () => {
    expect(daysOf('2026')).toEqual({ from: '2026-01-01', to: '2027-01-01' });
    expect(daysOf('2026-Q2')).toEqual({ from: '2026-04-01', to: '2026-07-01' });
    expect(daysOf('2026-12')).toEqual({ from: '2026-12-01', to: '2027-01-01' });
  });
});
