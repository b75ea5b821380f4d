import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Unavailable } from '../../errors.js';
import { isPresence } from '../lease.js';
import type { Lease } from '../lease.js';
import type { Leases } from '../read-models.js';

export interface HeldLeasesOptions {
  readonly readModels: Leases;
  /** Kind of the shares; holders of one kind divide its shares among themselves. */
  readonly kind: 'projections' | 'processes';
  /** Time without a heartbeat after which a lease may be taken over, in milliseconds; the same for all holders. */
  readonly timeToLive: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  /** Name of this holder; must never have been used before. */
  readonly id?: string;
}

/** Number of heartbeats, and of checks of other holders, within the time to live. */
const BEATS = 3;

/**
 * Leases on the shares of the work that this program holds. Each living holder gets an even part, spread over as many read
 * models as possible, since read models differ in work. Without a coordinator, each holder releases shares above its part
 * and takes free ones up to its part. Clocks are never compared: a lease may be taken over when its row has not changed for
 * the time to live by the clock of the observer, and a holder stops by itself when its own last heartbeat is that old.
 */
export class HeldLeases {
  readonly id: string;
  readonly #options: HeldLeasesOptions;
  readonly #now: () => number;
  readonly #presence: string;
  /** Held shares, each with its epoch. */
  readonly #held = new Map<string, number>();
  /** Leases of others as last seen, and since when they are unchanged. */
  readonly #seen = new Map<string, { readonly lease: Lease; readonly since: number }>();
  #timer: NodeJS.Timeout | undefined;
  #beatAt = -Infinity;
  #lookedAt = -Infinity;
  #stopped = false;

  constructor(options: HeldLeasesOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.id = options.id ?? `${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`;
    this.#presence = `${options.kind}:@${this.id}`;
  }

  /** Epoch for writes to a share; nothing when the share is not held. */
  epochOf(share: string): number | undefined {
    return this.#now() - this.#beatAt < this.#options.timeToLive ? this.#held.get(share) : undefined;
  }

  /** Drops a share that another holder has taken over. */
  forget(share: string): void {
    this.#held.delete(share);
    this.hurry();
  }

  /** Makes a check due at once, because there are new shares. */
  hurry(): void {
    this.#lookedAt = -Infinity;
  }

  /** Whether a check of other holders is due. */
  get isDue(): boolean {
    return this.#now() - this.#lookedAt >= this.#options.timeToLive / BEATS;
  }

  /**
   * Releases shares above the even part and takes free ones up to it. Has to be called while no write is running.
   * @param shares all shares of the kind
   */
  async look(shares: readonly string[]): Promise<void> {
    const { readModels } = this.#options;
    this.#timer ??= setInterval(() => void this.#beatInTime(), this.#options.timeToLive / BEATS).unref();
    this.#lookedAt = this.#now();
    await this.beat();
    const leases = await readModels.leases();
    this.#watch(leases);
    const living = await this.#living(leases);
    const part = Math.ceil(shares.length / living);
    const kept = spread(shares.filter((share) => this.#held.has(share))).slice(0, part);
    const spare = [...this.#held.keys()].filter((share) => !kept.includes(share) && share !== this.#presence);
    for (const share of spare) this.#held.delete(share);
    if (spare.length > 0) await readModels.release(this.id, spare);
    const rows = new Map(leases.map((lease) => [lease.share, lease]));
    const free = shares.filter(
      (share) => !this.#held.has(share) && !spare.includes(share) && this.#isFree(rows.get(share)),
    );
    let room = part - kept.length;
    for (const share of spread(free, kept)) if (room > 0 && (await this.#take(share, rows.get(share)))) room -= 1;
  }

  /** Heartbeat for all held shares; drops those that have been taken over. */
  async beat(): Promise<void> {
    const { readModels } = this.#options;
    // The time before sending counts, since others may see the heartbeat from then on.
    const at = this.#now();
    const sent = new Map(this.#held);
    const held = new Set(await readModels.beat(this.id, [...sent.keys()]));
    for (const [share, epoch] of sent) {
      if (!held.has(share) && this.#held.get(share) === epoch) this.#held.delete(share);
    }
    if (!this.#held.has(this.#presence) && !this.#stopped) await this.#take(this.#presence, undefined);
    this.#beatAt = at;
  }

  /** Releases all shares at once, so that other holders need not wait for the time to live. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    const held = [...this.#held.keys()];
    this.#held.clear();
    await this.#options.readModels.release(this.id, held);
  }

  /** Heartbeat by the timer. While the read models are unavailable, the leases run out. */
  async #beatInTime(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.beat();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
  }

  /** Takes a share; one with a holder only if its lease is still as last seen. */
  async #take(share: string, lease: Lease | undefined): Promise<boolean> {
    const taken = await this.#options.readModels.lease(share, this.id, lease?.holder ? lease : undefined);
    if (taken) this.#held.set(share, taken.epoch);
    return taken !== undefined;
  }

  #isFree(lease: Lease | undefined): boolean {
    return !lease || lease.holder === null || lease.holder === this.id || this.#isSilent(lease.share);
  }

  #watch(leases: readonly Lease[]): void {
    const there = new Set(leases.map(({ share }) => share));
    for (const share of this.#seen.keys()) if (!there.has(share)) this.#seen.delete(share);
    for (const lease of leases) {
      const before = this.#seen.get(lease.share)?.lease;
      if (before?.epoch === lease.epoch && before.beat === lease.beat) continue;
      this.#seen.set(lease.share, { lease, since: this.#now() });
    }
  }

  #isSilent(share: string): boolean {
    const seen = this.#seen.get(share);
    return seen !== undefined && this.#now() - seen.since >= this.#options.timeToLive;
  }

  /** Counts the living holders. Removes silent ones; one that comes back registers again with its next heartbeat. */
  async #living(leases: readonly Lease[]): Promise<number> {
    const { readModels, kind } = this.#options;
    let living = 1;
    for (const { share, ...lease } of leases) {
      if (!isPresence(share) || !share.startsWith(`${kind}:`) || share === this.#presence) continue;
      if (!this.#isSilent(share)) living += 1;
      else if (await readModels.lease(share, this.id, { share, ...lease })) await readModels.release(this.id, [share]);
    }
    return living;
  }
}

/**
 * Orders shares so that any first n of them, together with the held ones, have as few partitions of each read model as
 * possible.
 */
function spread(shares: readonly string[], held: readonly string[] = []): string[] {
  const partitions = new Map<string, number>();
  const nth = (share: string): number => {
    const [whole = share] = share.split('/');
    partitions.set(whole, (partitions.get(whole) ?? 0) + 1);
    return partitions.get(whole)!;
  };
  held.forEach(nth);
  return shares
    .map((share) => ({ share, nth: nth(share) }))
    .sort((one, other) => one.nth - other.nth)
    .map(({ share }) => share);
}
