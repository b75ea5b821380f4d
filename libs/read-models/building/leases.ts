import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Unavailable } from '../../errors.js';
import { isPresence } from '../read-models.js';
import type { Lease, ReadModels } from '../read-models.js';

export interface HoldingOptions {
  readonly readModels: Pick<ReadModels, 'leases' | 'lease' | 'beat' | 'release'>;
  /** What is shared out, among those that hold this kind of thing. */
  readonly kind: 'projections' | 'processes';
  /** How long a holder may be silent before others take over, in milliseconds; the same for all of them. */
  readonly timeToLive: number;
  /** Milliseconds of a clock that nobody sets. */
  readonly now?: () => number;
  /** Names this holder; no other may ever have had the name. */
  readonly id?: string;
}

/** Signs of life, and looks at those of others, in the time to live. */
const BEATS = 3;

/**
 * Shares of the work that this program holds: an even part among those that are alive, of each read model as few partitions
 * as can be, since one may be more work than another. Nobody negotiates: each lets go of what it holds beyond its part, and takes
 * of what is free until it has that. No clocks are compared: a holder is silent when its row has not changed for a time to live of the clock of
 * the one who looks, and it stops by itself when its own last sign of life is that old.
 */
export class Holding {
  readonly id: string;
  readonly #options: HoldingOptions;
  readonly #now: () => number;
  readonly #presence: string;
  /** With the epoch under which each is held. */
  readonly #held = new Map<string, number>();
  /** What others hold, and since when it looks so. */
  readonly #seen = new Map<string, { readonly lease: Lease; readonly since: number }>();
  #timer: NodeJS.Timeout | undefined;
  #beatAt = -Infinity;
  #lookedAt = -Infinity;
  #stopped = false;

  constructor(options: HoldingOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.id = options.id ?? `${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`;
    this.#presence = `${options.kind}:@${this.id}`;
  }

  /** The epoch under which something may be written for a share; nothing when it is not held. */
  epochOf(share: string): number | undefined {
    return this.#now() - this.#beatAt < this.#options.timeToLive ? this.#held.get(share) : undefined;
  }

  /** Somebody else has it. */
  forget(share: string): void {
    this.#held.delete(share);
    this.hurry();
  }

  /** Looks again at the next occasion: there is something new to share out. */
  hurry(): void {
    this.#lookedAt = -Infinity;
  }

  /** Whether it is time to look who is there. */
  get isDue(): boolean {
    return this.#now() - this.#lookedAt >= this.#options.timeToLive / BEATS;
  }

  /**
   * Lets go of what belongs to somebody else by now, and takes what is free. To be called when nothing is under way.
   * @param shares everything there is to share out
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

  /** A sign of life for all that is held; what is not held any more is forgotten. */
  async beat(): Promise<void> {
    const { readModels } = this.#options;
    // What counts is when it was sent: others may see it from then on.
    const at = this.#now();
    const sent = new Map(this.#held);
    const held = new Set(await readModels.beat(this.id, [...sent.keys()]));
    for (const [share, epoch] of sent) {
      if (!held.has(share) && this.#held.get(share) === epoch) this.#held.delete(share);
    }
    if (!this.#held.has(this.#presence) && !this.#stopped) await this.#take(this.#presence, undefined);
    this.#beatAt = at;
  }

  /** Lets go of everything at once, so that nobody has to wait for it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    const held = [...this.#held.keys()];
    this.#held.clear();
    await this.#options.readModels.release(this.id, held);
  }

  /** Where the read models cannot be reached, what is held is not held for long. */
  async #beatInTime(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.beat();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
  }

  /** What somebody holds may be taken when they are silent. */
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

  /** How many there are of this kind. Whoever is silent is taken for gone, and should it come back it says so. */
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

/** Shares in an order of which every beginning has as few partitions of each read model as can be, beside those that are held. */
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
