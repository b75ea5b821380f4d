import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { keyFieldPolicyList } from '../../projections/key-field-policy-list.js';
import type { KeyFieldPolicyDocument } from '../../projections/key-field-policy-list.js';
import { Missing } from '../errors.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import type { Found } from '../read-models/read-models.js';
import { keyFieldPolicyId } from './events.js';

export class ListKeyFieldPolicies extends Query<Found<KeyFieldPolicyDocument>> {
  constructor(readonly when: When = {}) {
    super();
  }
}

@QueryHandler(ListKeyFieldPolicies)
export class ListKeyFieldPoliciesHandler implements IQueryHandler<ListKeyFieldPolicies> {
  constructor(private readonly reading: Reading) {}

  async execute({ when }: ListKeyFieldPolicies): Promise<Found<KeyFieldPolicyDocument>> {
    const policy = await this.reading.document(keyFieldPolicyList, keyFieldPolicyId, when);
    return { items: policy ? [policy] : [] };
  }
}

export class GetKeyFieldPolicy extends Query<KeyFieldPolicyDocument> {
  constructor(
    readonly policyId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetKeyFieldPolicy)
export class GetKeyFieldPolicyHandler implements IQueryHandler<GetKeyFieldPolicy> {
  constructor(private readonly reading: Reading) {}

  async execute({ policyId, when }: GetKeyFieldPolicy): Promise<KeyFieldPolicyDocument> {
    const policy = await this.reading.document(keyFieldPolicyList, policyId, when);
    if (!policy) throw new Missing('key-field-policy', policyId);
    return policy;
  }
}
