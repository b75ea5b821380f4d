import { setTimeout as sleep } from 'node:timers/promises';
import type { EsdbClient } from './client.js';
import type { EsdbEvent } from './wire-event.js';
import type { EsdbFollowing } from './following.js';
import { EsdbError } from './failures.js';
import { isBookkeeping, weightOf } from './events.js';
import type { EsdbEvents } from './events.js';
import type { RecordedEvent } from '../event-store.js';

/** Limits of the events kept in memory; subscribers further behind read from the server. */
const KEPT_EVENTS = 10_000;
const KEPT_BYTES = 16 * 1024 * 1024;
/** Delay before a broken subscription is opened again, in milliseconds; doubled while it keeps breaking. */
const REST = 50;
const LONGEST_REST = 5_000;
/** Number of keep-alive intervals without data after which the subscription is checked. */
const SILENCE = 3;

/** A position of the log with its events for readers: none for an event of another program. */
export interface TailEntry {
  readonly position: number;
  readonly events: readonly RecordedEvent[];
  readonly weight: number;
}

export interface TailParts {
  readonly client: EsdbClient;
  readonly events: EsdbEvents;
  /** Interval of keep-alive checks, in milliseconds. */
  readonly keepAlive: number;
  /** Reads the position of the last event of the log from the server. */
  readonly head: () => Promise<number>;
  /** Called for every event with its stream and revision. */
  readonly passed: (stream: string, revision: number) => void;
  /** Called when new events have arrived. */
  readonly moved: () => void;
  /** Called with the error when the subscription breaks, with `undefined` on recovery. */
  readonly told: (fault: EsdbError | undefined) => void;
}

/**
 * Keeps the end of the log in memory, by one subscription that all readers of the process share. When the subscription
 * breaks, opens it again behind the last event, after a delay with jitter; the client does not do that. After a silence it
 * asks for the head of the log, and drops the connection when there is no answer, or events have been missed.
 */
export class EsdbTail {
  /** Last position received; 0 until the subscription is live. */
  position = 0;
  /** Events after this position are in memory. */
  start = 0;
  /** Whether the subscription has ever been live; before that the kept events are not the end of the log. */
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

  /** Average distance between the positions of kept events. */
  get step(): number {
    return Math.max(1, (this.position - this.start) / Math.max(1, this.#kept.length - this.#first));
  }

  /** Whether all events after a position are in memory. */
  covers(after: number): boolean {
    return this.begun && after >= this.start;
  }

  /** Kept entries after a position, in order. */
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

  /** Runs the subscription until it fails. @returns the failure */
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

  /** Checks during a silence whether the subscription still works. @returns the failure, if there is one */
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
