import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import { checkTierRules } from '../tiering.js';
import type { Finding, TierRules } from '../tiering.js';
import type { PublishTierPolicy } from './commands.js';
import type { TierPolicyEvents, TierRoute } from './events.js';

type Event = EventOf<TierPolicyEvents>;

/** What is in force. */
export interface TierPolicy extends TierRules {
  readonly version: number;
  readonly routing: readonly TierRoute[];
}

export const tierPolicy = decider<TierPolicy | undefined, TierPolicyEvents>({
  category: 'tierpolicy',
  initial: undefined,
  evolve: { TierPolicyPublished: (_, { policyId: __, ...policy }) => policy },
});

/** Units and positions that are named and are not there, or work no longer. */
export interface RoutingFacts {
  readonly units: readonly string[];
  readonly positions: readonly string[];
}

/** The policy in force again changes nothing. */
export function publishTierPolicy(
  state: TierPolicy | undefined,
  { policyId, currency, tiers, inputs, graceDays, reviewDays, routing }: PublishTierPolicy,
  _now: string,
  unknown: RoutingFacts,
): Event[] {
  const wanted = { currency, tiers, inputs, graceDays, reviewDays, routing };
  checkTierRules(wanted, routingFindings(routing, unknown));
  if (state && JSON.stringify({ version: state.version, ...wanted }) === JSON.stringify(inOrder(state))) return [];
  return [{ type: 'TierPolicyPublished', data: { policyId, version: (state?.version ?? 0) + 1, ...wanted } }];
}

/** The fields of a policy in the order in which they are compared. */
const inOrder = ({ version, currency, tiers, inputs, graceDays, reviewDays, routing }: TierPolicy) => ({
  version,
  currency,
  tiers,
  inputs,
  graceDays,
  reviewDays,
  routing,
});

const routingFindings = (routing: readonly TierRoute[], { units, positions }: RoutingFacts): Finding[] =>
  routing.flatMap(({ tier, orgUnitId, positionId }, index) => {
    const field = `routing.${index}`;
    const isTwice = routing.findIndex((each) => each.tier === tier) < index;
    return [
      ...(isTwice ? [{ code: 'tier-routed-twice', field: `${field}.tier` }] : []),
      ...((orgUnitId === null) === (positionId === null) ? [{ code: 'unit-or-position', field }] : []),
      ...(orgUnitId !== null && units.includes(orgUnitId)
        ? [{ code: 'unit-unusable', field: `${field}.orgUnitId` }]
        : []),
      ...(positionId !== null && positions.includes(positionId)
        ? [{ code: 'position-unusable', field: `${field}.positionId` }]
        : []),
    ];
  });
