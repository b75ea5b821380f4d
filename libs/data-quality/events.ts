import type { KeyFieldRules } from '../key-fields.js';

/** There is one policy for key fields, in versions; read models and rules find it under this id. */
export const keyFieldPolicyId = 'c1d4a0f2-6a59-5d0f-8a36-3a7a5bd0e914';

/** Which fields of customers must be known, in versions of which none changes. Stored for ever: add, never rename or remove. */
export type DataQualityEvents = {
  /** From now on customers are measured by these fields. */
  KeyFieldPolicyPublished: { policyId: string; version: number } & KeyFieldRules;
};
