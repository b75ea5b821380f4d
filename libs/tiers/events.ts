import type { Harmless } from '../personal.js';
import type { Tier, TierRules } from '../tiering.js';

/** There is one policy for tiers, in versions; read models and rules find it under this id. */
export const tierPolicyId = 'a7305c9b-662e-5747-96e8-8816ff74ce6d';

/** Who serves the customers of a tier: a unit or a position. */
export interface TierRoute {
  readonly tier: Tier;
  readonly orgUnitId: string | null;
  readonly positionId: string | null;
  /** Whether each customer has a person of its own there. */
  readonly oneToOne: boolean;
}

/** How customers come to their tiers, in versions of which none changes. Stored for ever: add, never rename or remove. */
export type TierPolicyEvents = {
  /** Customers are given their tiers so from now on. */
  TierPolicyPublished: { policyId: string; version: number; routing: readonly TierRoute[] } & TierRules;
};

/** What a policy calls its inputs, and what it promises. */
export const harmless = {
  TierPolicyPublished: ['inputs[].name', 'tiers[].servicePlan'],
} as const satisfies Harmless<TierPolicyEvents>;
