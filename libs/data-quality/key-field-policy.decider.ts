import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import { checkKeyFieldRules } from '../key-fields.js';
import type { KeyFieldRules } from '../key-fields.js';
import type { PublishKeyFieldPolicy } from './commands.js';
import type { DataQualityEvents } from './events.js';

/** What is in force. */
export interface KeyFieldPolicy extends KeyFieldRules {
  readonly version: number;
}

export const keyFieldPolicy = decider<KeyFieldPolicy | undefined, DataQualityEvents>({
  category: 'keyfieldpolicy',
  initial: undefined,
  evolve: { KeyFieldPolicyPublished: (_, { policyId: __, ...policy }) => policy },
});

/** The policy in force again changes nothing. */
export function publishKeyFieldPolicy(
  state: KeyFieldPolicy | undefined,
  { policyId, rules, refuseWithoutRequired }: PublishKeyFieldPolicy,
): EventOf<DataQualityEvents>[] {
  const wanted = { rules, refuseWithoutRequired };
  checkKeyFieldRules(wanted);
  if (state && textOf(state) === textOf(wanted)) return [];
  return [{ type: 'KeyFieldPolicyPublished', data: { policyId, version: (state?.version ?? 0) + 1, ...wanted } }];
}

/** The same text for rules that say the same, in whatever order their fields stand. */
const textOf = ({ rules, refuseWithoutRequired }: KeyFieldRules): string =>
  JSON.stringify([
    rules.map(({ kind, tiers, fields }) => [
      kind,
      tiers,
      fields.map(({ field, level, weight }) => [field, level, weight]),
    ]),
    refuseWithoutRequired,
  ]);
