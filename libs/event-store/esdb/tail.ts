import { setTimeout as sleep } from 'node:timers/promises';
import type { EsdbClient, EsdbEvent, EsdbFollowing } from './client.js';
import { EsdbError } from './client.js';
import { isBookkeeping, weightOf } from './events.js';
import type { EsdbEvents } from './events.js';
import type { RecordedEvent } from '../event-store.js';

/** What is kept of the end of the log, for those who follow it. Who falls further back reads from the server. */
const KEPT_EVENTS = 10_000;
const KEPT_BYTES = 16 * 1024 * 1024;
/** Rest before a subscription that broke is taken up again, in milliseconds; doubled while it keeps breaking. */
const REST = 50;
const LONGEST_REST = 5_000;
/** Silence after which a subscription is taken for dead, in keep-alives. */
const SILENCE = 3;

/** A place in the log with what is there for readers: nothing, where another program wrote. */
export interface TailEntry {
  readonly position: number;
  readonly events: readonly RecordedEvent[];
  readonly weight: number;
}

export interface TailParts {
  readonly client: EsdbClient;
  readonly events: EsdbEvents;
  /** How often a server that says nothing is asked whether it is there, in milliseconds. */
  readonly keepAlive: number;
  /** Position of the last event of the log, asked anew. */
  readonly head: () => Promise<number>;
  /** Told of every event, which stream it added to and where that ends now. */
  readonly passed: (stream: string, revision: number) => void;
  /** Told that there is something new. */
  readonly moved: () => void;
  /** Told why nothing comes, and when it comes again. */
  readonly told: (fault: EsdbError | undefined) => void;
}

/**
 * The end of the log, kept up by the one subscription that all readers of this process share. The client never subscribes
 * again by itself; this does, from the last event it has seen, after a rest with jitter. A server that keeps silent is asked
 * where its log ends: one that does not say, or that ends behind what the subscription has brought, is given up on.
 */
export class EsdbTail {
  /** Last position that has been seen; 0 until the subscription stands. */
  position = 0;
  /** What follows this position is kept here. */
  start = 0;
  /** Whether it has ever stood: only then is what is kept here the end of the log. */
  begun = false;
  readonly #kept: TailEntry[] = [];
  #first = 0;
  #weight = 0;
  #heard = 0;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(private readonly parts: TailParts) {}

  begin(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** How far apart the events lie that are kept. */
  get step(): number {
    return Math.max(1, (this.position - this.start) / Math.max(1, this.#kept.length - this.#first));
  }

  /** Whether everything after a position is kept. */
  covers(after: number): boolean {
    return this.begun && after >= this.start;
  }

  /** What is kept after a position, in order. */
  *after(position: number): Generator<TailEntry, void, undefined> {
    let low = this.#first;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#kept[middle]!.position <= position) low = middle + 1;
      else high = middle;
    }
    for (; low < this.#kept.length; low += 1) yield this.#kept[low]!;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted;) {
      const stood = performance.now();
      const error = await this.#follow().catch((thrown: unknown) => thrown as EsdbError);
      if (signal.aborted) return;
      this.parts.told(error);
      failures = performance.now() - stood > LONGEST_REST ? 1 : failures + 1;
      const rest = Math.min(LONGEST_REST, REST * 2 ** failures);
      await sleep(rest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Follows until that fails. */
  async #follow(): Promise<EsdbError> {
    const { client, head, moved, told } = this.parts;
    const { signal } = this.#stop;
    const end = await head();
    if (!this.begun) {
      this.position = end;
      this.start = end;
      this.begun = true;
    }
    told(undefined);
    moved();
    let following: EsdbFollowing | undefined;
    let watch: NodeJS.Timeout | undefined;
    try {
      return await new Promise<EsdbError>((resolve) => {
        const heard = () => (this.#heard = performance.now());
        heard();
        following = client.follow(this.position, 'all', {
          event: (event) => {
            heard();
            this.#take(event);
          },
          checkpoint: heard,
          caughtUp: heard,
          ended: resolve,
        });
        watch = setInterval(() => void this.#look().then((error) => error && resolve(error)), this.parts.keepAlive);
        signal.addEventListener('abort', () => resolve(new EsdbError('silent', 'closed')), { once: true });
        if (signal.aborted) resolve(new EsdbError('silent', 'closed'));
      });
    } finally {
      clearInterval(watch);
      following?.stop();
    }
  }

  /** Whether silence means that nothing happens, or that nothing will be heard any more. */
  async #look(): Promise<EsdbError | undefined> {
    const { client, keepAlive, head } = this.parts;
    const heard = this.#heard;
    if (performance.now() - heard < keepAlive) return undefined;
    const end = await Promise.race([
      head().catch(() => undefined),
      sleep(keepAlive, undefined, { ref: false, signal: this.#stop.signal }).catch(() => undefined),
    ]);
    if (this.#heard !== heard || this.#stop.signal.aborted) return undefined;
    if (end !== undefined && end <= this.position) {
      this.#heard = performance.now();
      return undefined;
    }
    if (performance.now() - heard < SILENCE * keepAlive) return undefined;
    await client.renew('reader');
    return new EsdbError('silent', `nothing was heard for ${Math.round(performance.now() - heard)} ms`);
  }

  #take(stored: EsdbEvent): void {
    const { stream, position } = stored;
    if (position <= this.position || isBookkeeping(stream)) return;
    const entry = { position, events: this.parts.events.of(stored), weight: weightOf(stored.data) + 256 };
    this.position = position;
    this.parts.passed(stream, stored.revision);
    this.#kept.push(entry);
    this.#weight += entry.weight;
    while (this.#kept.length - this.#first > KEPT_EVENTS || this.#weight > KEPT_BYTES) {
      const dropped = this.#kept[this.#first]!;
      this.start = dropped.position;
      this.#weight -= dropped.weight;
      this.#first += 1;
    }
    if (this.#first > KEPT_EVENTS) {
      this.#kept.splice(0, this.#first);
      this.#first = 0;
    }
    this.parts.moved();
  }
}
