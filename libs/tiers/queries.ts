import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { tierPolicyList } from '../../projections/tier-policy-list.js';
import type { TierPolicyDocument } from '../../projections/tier-policy-list.js';
import { Missing } from '../errors.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import type { Found } from '../read-models/read-models.js';
import { tierPolicyId } from './events.js';

export class ListTierPolicies extends Query<Found<TierPolicyDocument>> {
  constructor(readonly when: When = {}) {
    super();
  }
}

@QueryHandler(ListTierPolicies)
export class ListTierPoliciesHandler implements IQueryHandler<ListTierPolicies> {
  constructor(private readonly reading: Reading) {}

  async execute({ when }: ListTierPolicies): Promise<Found<TierPolicyDocument>> {
    const policy = await this.reading.document(tierPolicyList, tierPolicyId, when);
    return { items: policy ? [policy] : [] };
  }
}

export class GetTierPolicy extends Query<TierPolicyDocument> {
  constructor(
    readonly policyId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetTierPolicy)
export class GetTierPolicyHandler implements IQueryHandler<GetTierPolicy> {
  constructor(private readonly reading: Reading) {}

  async execute({ policyId, when }: GetTierPolicy): Promise<TierPolicyDocument> {
    const policy = await this.reading.document(tierPolicyList, policyId, when);
    if (!policy) throw new Missing('tier-policy', policyId);
    return policy;
  }
}
