import { describe, it } from '@jest/globals';
import { WithdrawTarget } from '../../libs/targets/commands.js';
import { target, withdrawTarget } from '../../libs/targets/target.decider.js';
import type { Target } from '../../libs/targets/target.decider.js';
import { targetList } from '../../projections/target-list.js';
import { given } from '../support/given.js';
import { euros, revised, set, targetId, withdrawn } from './samples.js';

const withdrawing = (state: Target) => withdrawTarget(state, new WithdrawTarget(targetId, { reason: 'on leave' }));

describe('withdrawing a target', () => {
  it('records why, and the list keeps what it was', () => {
    given(target, set(100_00), revised(100_00, 150_00))
      .when(withdrawing)
      .thenRecords(withdrawn)
      .thenReads(targetList, targetId, { status: 'withdrawn', value: euros(150_00), reason: 'on leave', revision: 2 });
  });

  it('is refused where there is none', () => {
    given(target).when(withdrawing).thenRefuses('target-unknown', { id: targetId });
    given(target, set(), withdrawn).when(withdrawing).thenRefuses('target-withdrawn');
  });
});
