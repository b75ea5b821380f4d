import type { ApprovalEvents } from '../../libs/approvals/events.js';
import type { CustomerEvents } from '../../libs/customers/events.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import type { OpportunityEvents } from '../../libs/opportunities/events.js';
import { commonPools } from '../../libs/pools/events.js';
import type { TransferEvents } from '../../libs/transfers/events.js';

type Events = CustomerEvents & TransferEvents & ApprovalEvents & OpportunityEvents;
type Handlers = {
  readonly [Type in keyof Events & string]?: (data: Readonly<Events[Type]>) => string | undefined | void;
};

/** What the rules of a pool and of holding promise. */
export interface Promised {
  readonly cap: number;
  readonly dailyLimit: number;
  readonly locks: number;
  /** Who may approve. */
  readonly approvers: ReadonlySet<string>;
}

/** Who owned what, and what has to hold at every position of a log that many people wrote to at once. */
export class Ownership {
  readonly faults: string[] = [];
  /** The owner, or the pool, of each customer. */
  readonly #at = new Map<string, { readonly owner: string } | { readonly pool: string }>();
  readonly #claims = new Map<string, number>();
  readonly #locked = new Map<string, string>();
  /** Open transfers by what they hold. */
  readonly #held = new Map<string, string>();
  readonly #subjects = new Map<string, readonly string[]>();
  /** Items of transfers that have no outcome yet, and those that have one. */
  readonly #waiting = new Map<string, Set<string>>();
  readonly #settled = new Set<string>();
  /** Merges by the customer that is merged: the survivor stands for it, and it counts for nobody. */
  readonly #merged = new Map<string, { readonly mergeId: string; readonly survivorId: string }>();
  /** Merges that a survivor has taken over. */
  readonly #absorbed = new Set<string>();
  readonly #customerOfDeal = new Map<string, string>();

  constructor(private readonly promised: Promised) {}

  see({ position, type, data }: RecordedEvent): void {
    const handler = this.#handlers[type as keyof Handlers] as ((of: unknown) => string | undefined | void) | undefined;
    const fault = handler?.(data);
    if (fault) this.faults.push(`${position} ${type}: ${fault}`);
  }

  /** Items that never came to an outcome. */
  get unaccounted(): readonly string[] {
    return [...this.#waiting].flatMap(([transferId, items]) => Array.from(items, (item) => `${transferId} ${item}`));
  }

  /** Merges that their survivor does not know of, or knows of although they were taken back; deals of merged customers. */
  get unmerged(): readonly string[] {
    const merges = new Set([...this.#merged.values()].map(({ mergeId }) => mergeId));
    const deals = [...this.#customerOfDeal].filter(([, customerId]) => this.#merged.has(customerId));
    return [...merges.symmetricDifference(this.#absorbed), ...deals.map(([deal]) => deal)];
  }

  #holds(owner: string): number {
    const own = [...this.#at].filter(([id, at]) => 'owner' in at && at.owner === owner && !this.#merged.has(id));
    return own.length;
  }

  readonly #handlers: Handlers = {
    CustomerRegistered: ({ customerId }) => void this.#at.set(customerId, { pool: commonPools.customer }),
    CustomerClaimed: ({ customerId, poolId, employeeId, day, claimsOfDay }) => {
      const lies = this.#at.get(customerId);
      if (!lies || !('pool' in lies) || lies.pool !== poolId) return `${customerId} does not lie in ${poolId}`;
      const key = `${poolId} ${employeeId} ${day}`;
      const claims = (this.#claims.get(key) ?? 0) + 1;
      this.#claims.set(key, claims);
      if (poolId !== commonPools.customer && claims > this.promised.dailyLimit) return `${claims} claims of a day`;
      return claims === claimsOfDay ? undefined : `says ${claimsOfDay} claims, it is ${claims}`;
    },
    CustomerOwnerAssigned: ({ customerId, from, to, transferId }) => {
      const before = this.#at.get(customerId);
      const owner = before && 'owner' in before ? before.owner : null;
      if ((from?.employeeId ?? null) !== owner) return `${customerId} was owned by ${owner}`;
      this.#at.set(customerId, { owner: to.employeeId });
      this.#locked.delete(customerId);
      const held = this.#holds(to.employeeId);
      if (held > this.promised.cap) return `${to.employeeId} holds ${held}`;
      const open = this.#held.get(customerId);
      return open !== undefined && open !== transferId ? `${customerId} is held by ${open}` : undefined;
    },
    CustomerReleasedToPool: ({ customerId, poolId, from, reason }) => {
      const before = this.#at.get(customerId);
      if (!before || !('owner' in before) || before.owner !== from.employeeId) return `${customerId} was not theirs`;
      this.#at.set(customerId, { pool: poolId });
      // One that comes back from a merge finds no room at its owner, locked or not.
      if (reason === 'holding-limit-exceeded') this.#locked.delete(customerId);
      if (this.#locked.has(customerId)) return `${customerId} is locked`;
      return this.#held.has(customerId) ? `${customerId} is held by a transfer` : undefined;
    },
    CustomerLocked: ({ customerId, ownerId }) => {
      this.#locked.set(customerId, ownerId);
      const locked = [...this.#locked].filter(([id, each]) => each === ownerId && !this.#merged.has(id)).length;
      return locked > this.promised.locks ? `${ownerId} has locked ${locked}` : undefined;
    },
    CustomerUnlocked: ({ customerId }) => void this.#locked.delete(customerId),
    CustomerMerged: ({ customerId, survivorId, mergeId }) => {
      if (this.#merged.has(customerId)) return `${customerId} is merged already`;
      if (this.#merged.has(survivorId)) return `${survivorId} is merged itself`;
      this.#merged.set(customerId, { mergeId, survivorId });
      return this.#held.has(customerId) ? `${customerId} is held by a transfer` : undefined;
    },
    CustomerUnmerged: ({ customerId, mergeId }) => {
      const isThis = this.#merged.get(customerId)?.mergeId === mergeId;
      this.#merged.delete(customerId);
      return isThis ? undefined : `${customerId} was not merged by ${mergeId}`;
    },
    CustomerAbsorbed: ({ mergeId }) => void this.#absorbed.add(mergeId),
    CustomerSeparated: ({ mergeId }) => void this.#absorbed.delete(mergeId),
    OpportunityRegistered: ({ opportunityId, customerId }) => {
      if (customerId === null) return;
      this.#customerOfDeal.set(opportunityId, customerId);
      return this.#merged.has(customerId) ? `${customerId} is merged` : undefined;
    },
    OpportunityCustomerChanged: ({ opportunityId, customerId, from }) => {
      const before = this.#customerOfDeal.get(opportunityId);
      this.#customerOfDeal.set(opportunityId, customerId);
      return before === from ? undefined : `${opportunityId} was about ${before}`;
    },
    TransferDrafted: ({ transferId, subjects }) => void this.#subjects.set(transferId, ids(subjects)),
    TransferAmended: ({ transferId, subjects }) => void this.#subjects.set(transferId, ids(subjects)),
    TransferSubmitted: ({ transferId }) => {
      const wanted = this.#subjects.get(transferId)!;
      const taken = wanted.filter((id) => this.#held.has(id) && this.#held.get(id) !== transferId);
      for (const id of wanted) this.#held.set(id, transferId);
      return taken.length > 0 ? `${taken.join(', ')} are held by another transfer` : undefined;
    },
    TransferRejected: ({ transferId }) => this.#free(transferId),
    TransferWithdrawn: ({ transferId }) => this.#free(transferId),
    TransferExpired: ({ transferId }) => this.#free(transferId),
    TransferExecutionStarted: ({ transferId, items }) => {
      this.#waiting.set(transferId, new Set(items.map(({ kind, id }) => `${kind} ${id}`)));
    },
    TransferItemMoved: ({ transferId, item: { kind, id } }) => this.#settle(transferId, `${kind} ${id}`),
    TransferItemSkipped: ({ transferId, item: { kind, id } }) => this.#settle(transferId, `${kind} ${id}`),
    TransferCompleted: ({ transferId }) => {
      this.#free(transferId);
      const left = this.#waiting.get(transferId)?.size ?? 0;
      return left > 0 ? `${left} items have no outcome` : undefined;
    },
    ApprovalStepApproved: ({ by }) => (this.promised.approvers.has(by) ? undefined : `${by} may approve nothing`),
  };

  #free(transferId: string): void {
    for (const [id, holder] of this.#held) if (holder === transferId) this.#held.delete(id);
  }

  #settle(transferId: string, item: string): string | undefined {
    this.#waiting.get(transferId)?.delete(item);
    const key = `${transferId} ${item}`;
    if (this.#settled.has(key)) return `${key} has two outcomes`;
    this.#settled.add(key);
    return undefined;
  }
}

const ids = (subjects: readonly { readonly id: string }[]): readonly string[] => subjects.map(({ id }) => id);
