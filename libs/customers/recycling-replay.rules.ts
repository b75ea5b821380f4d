import { latest } from '../dealings.js';
import type { EventOf } from '../event-store/event-store.js';
import type { OpportunityEvents } from '../opportunities/events.js';
import type { Pool } from '../pooling.js';
import type { Tier } from '../tiering.js';
import type { Calendar } from '../working-time.js';
import type { CustomerEvents, Owner, RecyclingEvidence, RecyclingPlan } from './events.js';
import { reviewed } from './recycling.rules.js';
import type { Business, Held } from './recycling.rules.js';

/** What of the log decides about recycling; what rules of that time did is left out. */
export const REPLAYED = [
  'CustomerRegistered',
  'CustomerDetailsChanged',
  'CustomerDetailsCorrected',
  'CustomerOwnerAssigned',
  'CustomerReleasedToPool',
  'CustomerLocked',
  'CustomerUnlocked',
  'CustomerProtectionStarted',
  'CustomerProtectionEnded',
  'RecyclingPostponed',
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
  'InteractionLogged',
  'PurchaseRecorded',
  'OpportunityRegistered',
  'OpportunityCustomerLinked',
  'OpportunityCustomerChanged',
  'OpportunityWon',
  'OpportunityLost',
  'OpportunityVoided',
  'OpportunityReopened',
] as const satisfies readonly (keyof CustomerEvents | keyof OpportunityEvents)[];

export type ReplayedEvent = Extract<
  EventOf<CustomerEvents> | EventOf<OpportunityEvents>,
  { type: (typeof REPLAYED)[number] }
>;

/** A warning that a rule would have given. */
export interface ReplayedWarning {
  readonly at: string;
  readonly daysBefore: number;
  readonly dueAt: string;
}

/** A recycling that a rule would have brought about. */
export interface ReplayedRecycling {
  readonly at: string;
  readonly ownerId: string;
  readonly rule: string;
  readonly evidence: RecyclingEvidence;
}

export interface Replayed {
  /** Whether somebody answered for the customer while the rules were in force. */
  readonly wasOwned: boolean;
  readonly warnings: readonly ReplayedWarning[];
  readonly recycled: readonly ReplayedRecycling[];
  /** What is ahead at the end of the window; null where nothing is, or nobody answers for the customer. */
  readonly ahead: RecyclingPlan | null;
}

/** Rules that are tried, and when. */
export interface Tried {
  readonly pool: Pool;
  readonly calendars: ReadonlyMap<string, Calendar>;
  /** Whether an owner is a member of the pool. */
  readonly isMember: (owner: Owner) => boolean;
  readonly from: string;
  /** Not included. */
  readonly to: string;
}

/** A customer on its way through what really happened, under other rules of recycling. */
export class RecyclingReplay {
  readonly #pool: Pool;
  #held: Held | null = null;
  #tier: Tier = 'ordinary';
  #dealings: Held['dealings'] = { lastInteractionAt: null, lastPurchaseAt: null };
  #archived = false;
  #begun = false;
  #wasOwned = false;
  /** A time that was over when it was set is looked at then. */
  #now = '';
  #opportunities = new Map<string, 'open' | 'closed'>();
  #lastOpportunityAt: string | null = null;
  #lastWonAt: string | null = null;
  readonly #warnings: ReplayedWarning[] = [];
  readonly #recycled: ReplayedRecycling[] = [];

  constructor(
    private readonly customerId: string,
    private readonly tried: Tried,
  ) {
    const { pool, from } = tried;
    this.#pool = { ...pool, rules: { ...pool.rules, recyclingFrom: from } };
  }

  /** @param events in the order of their times */
  static of(
    customerId: string,
    events: readonly (ReplayedEvent & { readonly occurredAt: string })[],
    tried: Tried,
  ): Replayed {
    const replay = new RecyclingReplay(customerId, tried);
    for (const event of events) {
      if (event.occurredAt >= tried.to) break;
      replay.#passTo(event.occurredAt);
      replay.#tell(event, event.occurredAt);
    }
    replay.#passTo(tried.to);
    const ahead = replay.#held?.recycling ?? null;
    const { poolId, poolVersion, rule, conditionsAt, dueAt, nextAt } = ahead ?? ({} as RecyclingPlan);
    return {
      wasOwned: replay.#wasOwned,
      warnings: replay.#warnings,
      recycled: replay.#recycled,
      ahead: ahead && { poolId, poolVersion, rule, conditionsAt, dueAt, nextAt },
    };
  }

  /** What the clock does before a moment: it puts the rules in force, and looks at each time that comes. */
  #passTo(moment: string): void {
    const { from } = this.tried;
    if (!this.#begun && from <= moment) {
      this.#begun = true;
      this.#review(from, false);
    }
    for (let next = this.#held?.recycling?.nextAt; next !== undefined && next < moment && this.#begun;) {
      this.#review(next < this.#now ? this.#now : next, true);
      const later = this.#held?.recycling?.nextAt;
      if (later === next) return;
      next = later;
    }
  }

  #review(now: string, isDue: boolean): void {
    if (!this.#begun || !this.#held || this.#archived) return;
    if (now >= this.tried.from) this.#wasOwned = true;
    const { calendars, isMember } = this.tried;
    const pools = isMember(this.#held.owner) ? [this.#pool] : [];
    const business = isDue ? this.#business() : null;
    const asked = { customerId: this.customerId, isDue, now };
    for (const event of reviewed(this.#held, asked, { pools, calendars, isInTransfer: false, business }))
      this.#follow(event, now);
  }

  #follow({ type, data }: EventOf<CustomerEvents>, at: string): void {
    const held = this.#held;
    if (!held) return;
    if (type === 'CustomerRecyclingPlanned') {
      this.#held = { ...held, recycling: data.plan && { ...data.plan, warned: [] } };
    } else if (type === 'RecyclingWarned') {
      const { plan, daysBefore } = data;
      this.#warnings.push({ at, daysBefore, dueAt: plan.dueAt });
      this.#held = { ...held, recycling: { ...plan, warned: [...(held.recycling?.warned ?? []), daysBefore] } };
    } else if (type === 'CustomerRecycled') {
      const { ownerId, plan, evidence } = data;
      this.#recycled.push({ at, ownerId, rule: plan.rule, evidence });
      this.#held = null;
    }
  }

  #business(): Business {
    return {
      isOpen: [...this.#opportunities.values()].includes('open'),
      lastOpportunityAt: this.#lastOpportunityAt,
      lastWonAt: this.#lastWonAt,
    };
  }

  #change(change: Partial<Held>): void {
    if (this.#held) this.#held = { ...this.#held, ...change };
  }

  #deal(change: Partial<Held['dealings']>): void {
    this.#dealings = { ...this.#dealings, ...change };
    this.#change({ dealings: this.#dealings });
  }

  #tell(event: ReplayedEvent, at: string): void {
    this.#now = at;
    switch (event.type) {
      case 'CustomerRegistered':
        this.#tier = event.data.tier;
        return;
      case 'CustomerOwnerAssigned':
        this.#own(event.data.to, at);
        return;
      case 'CustomerReleasedToPool':
        this.#held = null;
        return;
      case 'CustomerLocked':
        return this.#change({ lock: { until: event.data.until } });
      case 'CustomerUnlocked':
        this.#change({ lock: null });
        return this.#review(at, false);
      case 'CustomerProtectionStarted':
        return this.#change({ protection: { until: event.data.until } });
      case 'CustomerProtectionEnded':
        this.#change({ protection: null });
        return this.#review(at, false);
      case 'RecyclingPostponed':
        this.#change({ postponedUntil: event.data.until });
        return this.#review(at, false);
      case 'CustomerTierOverridden':
      case 'CustomerTierOverrideExpired':
      case 'CustomerTierUpgraded':
      case 'CustomerTierDowngraded':
        this.#tier = event.data.to;
        this.#change({ standing: { tier: this.#tier } });
        return this.#review(at, false);
      case 'CustomerArchived':
      case 'CustomerMerged':
        this.#archived = true;
        return;
      case 'CustomerRestored':
      case 'CustomerUnmerged':
        this.#archived = false;
        return this.#review(at, false);
      case 'InteractionLogged':
        return this.#deal({ lastInteractionAt: at });
      case 'PurchaseRecorded':
        return this.#deal({ lastPurchaseAt: at });
      case 'CustomerAbsorbed': {
        const { lastInteractionAt, lastPurchaseAt } = event.data.dealings;
        return this.#deal({
          lastInteractionAt: latest(this.#dealings.lastInteractionAt, lastInteractionAt),
          lastPurchaseAt: latest(this.#dealings.lastPurchaseAt, lastPurchaseAt),
        });
      }
      case 'CustomerSeparated': {
        const { lastInteractionAt, lastPurchaseAt } = event.data.dealings;
        this.#deal({ lastInteractionAt, lastPurchaseAt });
        return this.#review(at, false);
      }
      default:
        this.#tellDeal(event, at);
    }
  }

  #tellDeal(event: ReplayedEvent, at: string): void {
    switch (event.type) {
      case 'OpportunityRegistered':
      case 'OpportunityCustomerLinked':
        this.#opportunities.set(event.data.opportunityId, 'open');
        this.#lastOpportunityAt = at;
        return;
      case 'OpportunityReopened':
        this.#opportunities.set(event.data.opportunityId, 'open');
        return;
      case 'OpportunityWon':
        this.#lastWonAt = at;
        this.#opportunities.set(event.data.opportunityId, 'closed');
        return this.#review(at, false);
      case 'OpportunityLost':
      case 'OpportunityVoided':
        this.#opportunities.set(event.data.opportunityId, 'closed');
        return this.#review(at, false);
      default:
    }
  }

  /** What was said and sold before stays known: rules count from the beginning of the ownership at the earliest. */
  #own(owner: Owner, at: string): void {
    this.#held = {
      owner,
      heldSince: at,
      standing: { tier: this.#tier },
      lock: null,
      protection: null,
      postponedUntil: null,
      recycling: null,
      dealings: this.#dealings,
    };
    this.#review(at, false);
  }
}
