import { describe, expect, it } from '@jest/globals';
import { PublishTierPolicy } from '../../libs/tiers/commands.js';
import { publishTierPolicy, tierPolicy } from '../../libs/tiers/tier-policy.decider.js';
import type { RoutingFacts, TierPolicy } from '../../libs/tiers/tier-policy.decider.js';
import { tierPolicyId } from '../../libs/tiers/events.js';
import type { TierInput } from '../../libs/tiering.js';
import { tierPolicyList } from '../../projections/tier-policy-list.js';
import { given } from '../support/given.js';
import { policy } from './samples.js';

const { version: _, ...wanted } = policy;
const there: RoutingFacts = { units: [], positions: [] };
const publishing =
  (over: Partial<TierPolicy> = {}, facts = there) =>
  (state: TierPolicy | undefined) =>
    publishTierPolicy(state, new PublishTierPolicy(tierPolicyId, { ...wanted, ...over }), '', facts);
const published = { type: 'TierPolicyPublished', data: { policyId: tierPolicyId, version: 1, ...wanted } } as const;
const [lowest, middle, highest] = policy.tiers as [
  (typeof policy.tiers)[0],
  (typeof policy.tiers)[0],
  (typeof policy.tiers)[0],
];
const [amount, recency, talks] = policy.inputs as [TierInput, TierInput, TierInput];

describe('a policy for tiers', () => {
  it('is published in versions, of which the first stays as it was', () => {
    given(tierPolicy).when(publishing()).thenRecords(published);
    given(tierPolicy, published)
      .when(publishing({ graceDays: 30 }))
      .thenRecords({ type: 'TierPolicyPublished', data: { ...published.data, version: 2, graceDays: 30 } })
      .thenReads(tierPolicyList, tierPolicyId, { version: 2 });
  });

  it('is not published again as it is', () => {
    given(tierPolicy, published).when(publishing()).thenRecords();
  });

  it('says all that is wrong with it at once', () => {
    const unit = '01970000-0000-7000-8000-00000000dead';
    const refused = () =>
      publishing(
        {
          tiers: [
            { ...lowest, up: 1 },
            { ...middle, down: 31 },
            { ...highest, down: 29 },
          ],
          inputs: [
            {
              ...amount,
              bands: [
                { from: 1, points: 5 },
                { from: 1, points: 3 },
              ],
            },
            { ...recency, windowDays: 30 },
            { ...talks, name: amount.name },
            {
              ...recency,
              name: 'long ago',
              bands: [
                { from: 0, points: 0 },
                { from: 9, points: 1 },
              ],
            },
          ],
          routing: [
            { tier: 'important', orgUnitId: unit, positionId: null, oneToOne: true },
            { tier: 'important', orgUnitId: null, positionId: null, oneToOne: true },
          ],
        },
        { units: [unit], positions: [] },
      )(undefined);
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'tier-policy-invalid',
        details: {
          unmet: [
            { code: 'lowest-tier-threshold', field: 'tiers.0' },
            { code: 'down-above-up', field: 'tiers.1' },
            { code: 'tier-ranges-overlap', field: 'tiers.2' },
            { code: 'bands-begin-above-zero', field: 'inputs.0.bands' },
            { code: 'bands-not-ascending', field: 'inputs.0.bands' },
            { code: 'points-not-monotone', field: 'inputs.0.bands' },
            { code: 'window-unused', field: 'inputs.1.windowDays' },
            { code: 'input-twice', field: 'inputs.2.name' },
            { code: 'points-not-monotone', field: 'inputs.3.bands' },
            { code: 'unit-unusable', field: 'routing.0.orgUnitId' },
            { code: 'tier-routed-twice', field: 'routing.1.tier' },
            { code: 'unit-or-position', field: 'routing.1' },
          ],
        },
      }),
    );
  });

  it('has all tiers in their order, with thresholds above the lowest', () => {
    given(tierPolicy)
      .when(publishing({ tiers: [lowest, highest, middle] }))
      .thenRefuses('tier-policy-invalid', {
        unmet: expect.arrayContaining([{ code: 'tiers-incomplete', field: 'tiers' }]),
      });
    given(tierPolicy)
      .when(publishing({ tiers: [lowest, { ...middle, up: null }, highest] }))
      .thenRefuses('tier-policy-invalid', { unmet: [{ code: 'threshold-missing', field: 'tiers.1' }] });
  });
});
