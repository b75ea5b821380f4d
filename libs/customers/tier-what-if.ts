import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { Clock } from '../clock.js';
import { EventStore } from '../event-store/event-store.js';
import type { EventOf, RecordedEvent } from '../event-store/event-store.js';
import { checkTierRules, tiers } from '../tiering.js';
import type { Tier, TierRules } from '../tiering.js';
import { checkWindow } from '../read-models/asking/reading.js';
import { addMilliseconds } from '../time.js';
import type { CustomerEvents } from './events.js';
import { CustomerFactsOfTier, Words } from './tier-replay.rules.js';
import type { ReplayedChange } from './tier-replay.rules.js';

/** Days, in UTC: the policy is in force from the first on, and until the day before the last. */
export interface WhatIfWindow {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A customer whose tier a policy would have changed. */
export interface WhatIfCustomer {
  readonly customerId: string;
  readonly name: string;
  /** What it would have at the end, and what it really has. */
  readonly tier: Tier;
  readonly actualTier: Tier;
  readonly changes: readonly ReplayedChange[];
}

/** What a policy would have come to, over all customers. */
export interface WhatIfTotals {
  readonly customers: number;
  /** Those whose tier would have changed. */
  readonly changed: number;
  readonly upgrades: number;
  readonly downgrades: number;
  /** Customers that would have another tier at the end than they have. */
  readonly otherwise: number;
  /** How many would have each tier at the end. */
  readonly tiers: Readonly<Record<Tier, number>>;
}

/** What of the log is read; all else does not decide about tiers. */
const TYPES = [
  'CustomerRegistered',
  'CustomerDetailsChanged',
  'CustomerDetailsCorrected',
  'InteractionLogged',
  'PurchaseRecorded',
  'CustomerTierOverridden',
  'CustomerTierOverrideExpired',
  'CustomerTierUpgraded',
  'CustomerTierDowngraded',
  'CustomerArchived',
  'CustomerRestored',
  'CustomerMerged',
  'CustomerUnmerged',
  'CustomerAbsorbed',
  'CustomerSeparated',
] as const satisfies readonly (keyof CustomerEvents)[];

/** Customers that are replayed before other work has its turn. */
const AT_ONCE = 200;

/**
 * Replays the log under a policy: who would have come to another tier, when and by what. Nothing is recorded. Facts count when they
 * were true, so history that was imported or reported late is judged as if it had been known then.
 */
@Injectable()
export class TierWhatIf {
  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  /**
   * @param each is given the customers that would have changed, one after the other
   * @throws Refusal `tier-policy-invalid` · Invalid `window-invalid`
   */
  async run(
    rules: TierRules,
    { from, to }: WhatIfWindow,
    each: (customer: WhatIfCustomer) => void | Promise<void>,
  ): Promise<WhatIfTotals> {
    checkTierRules(rules);
    const policy = { ...rules, version: 0 };
    const window = {
      from: from && startOf(from),
      to: to === undefined ? addMilliseconds(this.clock.now(), 1) : startOf(to),
    };
    checkWindow('to', from, to);
    const [found, numbers] = [await this.#facts(), { changed: 0, upgrades: 0, downgrades: 0, otherwise: 0 }];
    const byTier = Object.fromEntries(tiers.map((tier) => [tier, 0])) as Record<Tier, number>;
    let [customers, count] = [0, 0];
    for (const [customerId, facts] of found) {
      if ((count += 1) % AT_ONCE === 0) await turn();
      const replayed = facts.replay(customerId, policy, window);
      found.delete(customerId);
      if (!replayed) continue;
      const { tier, actualTier, changes } = replayed;
      customers += 1;
      byTier[tier] += 1;
      numbers.otherwise += tier === actualTier ? 0 : 1;
      if (changes.length === 0) continue;
      const ups = changes.filter((change) => tiers.indexOf(change.to) > tiers.indexOf(change.from)).length;
      numbers.changed += 1;
      numbers.upgrades += ups;
      numbers.downgrades += changes.length - ups;
      await each({ customerId, name: facts.name, tier, actualTier, changes });
    }
    return { customers, ...numbers, tiers: byTier };
  }

  /** The facts of all customers, in the order of their registration. */
  async #facts(): Promise<Map<string, CustomerFactsOfTier>> {
    const [found, words] = [new Map<string, CustomerFactsOfTier>(), new Words()];
    for (let after = 0, end = false; !end;) {
      const page = await this.store.readLog({ after, types: TYPES });
      for (const event of page.events) add(found, words, event);
      ({ scanned: after, end } = page);
    }
    return found;
  }
}

function add(found: Map<string, CustomerFactsOfTier>, words: Words, recorded: RecordedEvent): void {
  const event = recorded as unknown as EventOf<CustomerEvents>;
  const { customerId } = event.data;
  if (event.type === 'CustomerRegistered') {
    const { tier, details } = event.data;
    found.set(customerId, new CustomerFactsOfTier(tier, recorded.occurredAt, details.name, words));
    return;
  }
  const facts = found.get(customerId);
  if (!facts) return;
  if (event.type === 'CustomerDetailsChanged' || event.type === 'CustomerDetailsCorrected') {
    facts.name = event.data.changes.name?.to ?? facts.name;
  } else facts.add(event, recorded.occurredAt);
}

const startOf = (day: string): string => `${day}T00:00:00.000Z`;

/** What a policy would have made of the customers there are. */
export interface TierPolicyOutcome {
  readonly totals: WhatIfTotals;
  /** The first of those that would have changed, in the order of their registration, as many as were asked for. */
  readonly customers: readonly WhatIfCustomer[];
}

/** Customers that are answered with when nothing is said. */
const LIMIT = 50;

export class TryTierPolicy extends Query<TierPolicyOutcome> {
  constructor(
    readonly rules: TierRules,
    readonly asked: WhatIfWindow & { readonly limit?: number | undefined } = {},
  ) {
    super();
  }
}

@QueryHandler(TryTierPolicy)
export class TryTierPolicyHandler implements IQueryHandler<TryTierPolicy> {
  constructor(private readonly whatIf: TierWhatIf) {}

  async execute({ rules, asked: { limit = LIMIT, ...window } }: TryTierPolicy): Promise<TierPolicyOutcome> {
    const customers: WhatIfCustomer[] = [];
    const totals = await this.whatIf.run(rules, window, (customer) => {
      if (customers.length < limit) customers.push(customer);
    });
    return { totals, customers };
  }
}
