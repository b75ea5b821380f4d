import { describe, it } from '@jest/globals';
import { ReviseTarget } from '../../libs/targets/commands.js';
import { reviseTarget, target } from '../../libs/targets/target.decider.js';
import type { Target } from '../../libs/targets/target.decider.js';
import { targetList } from '../../projections/target-list.js';
import { given } from '../support/given.js';
import { euros, revised, set, targetId, withdrawn } from './samples.js';

const revising =
  (amount: number, currency = 'EUR') =>
  (state: Target) =>
    reviseTarget(state, new ReviseTarget(targetId, { value: { amount, currency }, reason: 'a better market' }));

describe('revising a target', () => {
  it('records from what to what, and why', () => {
    given(target, set(100_00))
      .when(revising(150_00))
      .thenRecords(revised(100_00, 150_00))
      .thenReads(targetList, targetId, {
        value: euros(150_00),
        revisedCount: 1,
        reason: 'a better market',
        revision: 1,
      });
  });

  it('starts from the last revision', () => {
    given(target, set(100_00), revised(100_00, 150_00))
      .when(revising(120_00))
      .thenRecords(revised(150_00, 120_00))
      .thenReads(targetList, targetId, { value: euros(120_00), revisedCount: 2 });
  });

  it('to what it is changes nothing', () => {
    given(target, set(100_00)).when(revising(100_00)).thenRecords();
  });

  it('is refused for nothing, or less than nothing', () => {
    given(target, set()).when(revising(0)).thenRefuses('target-not-positive');
    given(target, set()).when(revising(-1)).thenRefuses('target-not-positive');
  });

  it('leaves the currency alone, by which targets are told apart', () => {
    given(target, set(100_00)).when(revising(100_00, 'USD')).thenRefuses('target-currency-fixed', {
      field: 'value.currency',
    });
  });

  it('is refused where there is none', () => {
    given(target).when(revising(1)).thenRefuses('target-unknown', { id: targetId });
    given(target, set(), withdrawn).when(revising(1)).thenRefuses('target-withdrawn');
  });
});
