import { describe, expect, it } from '@jest/globals';
import { PublishKeyFieldPolicy } from '../../libs/data-quality/commands.js';
import { keyFieldPolicyId } from '../../libs/data-quality/events.js';
import { keyFieldPolicy, publishKeyFieldPolicy } from '../../libs/data-quality/key-field-policy.decider.js';
import type { KeyFieldPolicy } from '../../libs/data-quality/key-field-policy.decider.js';
import type { KeyFieldRules } from '../../libs/key-fields.js';
import { keyFieldPolicyList } from '../../projections/key-field-policy-list.js';
import { given } from '../support/given.js';

const policyId = keyFieldPolicyId;
const wanted: KeyFieldRules = {
  rules: [
    { kind: 'org', tiers: ['important'], fields: [{ field: 'taxId', level: 'required', weight: 3 }] },
    { kind: null, tiers: [], fields: [{ field: 'region', level: 'wanted', weight: 1 }] },
  ],
  refuseWithoutRequired: false,
};
const publishing =
  (over: Partial<KeyFieldRules> = {}) =>
  (state: KeyFieldPolicy | undefined) =>
    publishKeyFieldPolicy(state, new PublishKeyFieldPolicy(policyId, { ...wanted, ...over }));
const published = { type: 'KeyFieldPolicyPublished', data: { policyId, version: 1, ...wanted } } as const;

describe('a policy for key fields', () => {
  it('is published in versions, of which the first stays as it was', () => {
    given(keyFieldPolicy).when(publishing()).thenRecords(published);
    given(keyFieldPolicy, published)
      .when(publishing({ refuseWithoutRequired: true }))
      .thenRecords({
        type: 'KeyFieldPolicyPublished',
        data: { ...published.data, version: 2, refuseWithoutRequired: true },
      })
      .thenReads(keyFieldPolicyList, policyId, {
        version: 2,
        versions: expect.arrayContaining([
          expect.objectContaining({ version: 1, refuseWithoutRequired: false }),
          expect.objectContaining({ version: 2, refuseWithoutRequired: true }),
        ]) as never,
      });
  });

  it('is not published again as it is', () => {
    given(keyFieldPolicy, published).when(publishing()).thenRecords();
  });

  it('says all that is wrong with it at once', () => {
    const fields = [
      { field: 'region', level: 'wanted', weight: 1 },
      { field: 'region', level: 'required', weight: 2 },
    ] as const;
    given(keyFieldPolicy)
      .when(
        publishing({
          rules: [
            { kind: 'org', tiers: [], fields },
            { kind: 'org', tiers: ['important'], fields: [fields[0]] },
            { kind: null, tiers: ['important'], fields: [fields[0]] },
            { kind: 'person', tiers: ['important'], fields: [fields[0]] },
            { kind: null, tiers: [], fields: [fields[0]] },
          ],
        }),
      )
      .thenRefuses('key-field-policy-invalid', {
        unmet: [
          { code: 'field-twice', field: 'rules.0.fields.1.field' },
          { code: 'rule-unreachable', field: 'rules.1' },
          { code: 'rule-unreachable', field: 'rules.3' },
        ],
      });
  });
});
