import { randomUUID } from 'node:crypto';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { ResolvedEvent } from './resolved-event.js';
import type { CallRefused } from './refusals.js';
import type { GroupSettings } from './sqlite-groups.js';
import { chosen } from './strategies.js';

/**
 * Limit for the unacknowledged events of a consumer, in bytes, since they stay in memory; the event that reaches it is
 * given.
 */
const MOST_HELD = 16 * 1024 * 1024;

/** A consumer of a group, as the dispatch sees it. */
export interface Consumer {
  /** Network address, connection name, and user name. */
  readonly from: string;
  readonly name: string;
  readonly user: string;
  /** Maximum number of unacknowledged events. */
  readonly room: number;
  /** Whether the connection can take more events. */
  ready(): boolean;
  give(given: ResolvedEvent, retries: number): void;
  drop(why: CallRefused): void;
}

/** An event that is not acknowledged yet. */
export interface Work {
  /** The event as it stands in the source: the link, where links are resolved. */
  readonly event: RecordedEvent;
  readonly given: ResolvedEvent;
  readonly place: number;
  readonly retries: number;
  readonly bytes: number;
  /** Number of the parked event that is being replayed. */
  readonly parked?: number;
  /** Has to be given to a consumer that holds nothing else: if that consumer disconnects too, this event is the cause. */
  readonly alone?: boolean;
}

class Member {
  readonly id = randomUUID();
  readonly held = new Map<string, { readonly work: Work; readonly timer: NodeJS.Timeout | undefined }>();
  given = 0;
  bytes = 0;
  /** Gets no events until it holds none, because an event has to be given alone. */
  reserved = false;

  constructor(readonly consumer: Consumer) {}

  get free(): number {
    const [first] = this.held.values();
    if (this.reserved || first?.work.alone || this.bytes >= MOST_HELD || !this.consumer.ready()) return 0;
    return this.consumer.room - this.held.size;
  }

  /** As {@link free}, for an event that has to be given alone. */
  get freeForOne(): number {
    return this.held.size === 0 && this.consumer.ready() ? 1 : 0;
  }

  release(eventId: string): Work | undefined {
    const held = this.held.get(eventId);
    if (!held) return undefined;
    clearTimeout(held.timer);
    this.held.delete(eventId);
    this.bytes -= held.work.bytes;
    return held.work;
  }
}

/** Dispatches the events of a group to its consumers and tracks which consumer holds which event. */
export class Dispatch {
  readonly #members: Member[] = [];
  /** Queues in order of precedence: events to be given alone, retries, new events. */
  readonly #alone: Work[] = [];
  readonly #again: Work[] = [];
  readonly #fresh: Work[] = [];
  #bytes = 0;

  /** @param late called when a consumer has not answered an event in time */
  constructor(
    private readonly settings: GroupSettings,
    private readonly late: (work: Work) => void,
  ) {}

  /** Number and bytes of events that wait for a consumer. */
  get waiting(): { readonly fresh: number; readonly again: number; readonly bytes: number } {
    return { fresh: this.#fresh.length, again: this.#again.length + this.#alone.length, bytes: this.#bytes };
  }

  get members() {
    return this.#members.map(({ id, consumer, held, given, free }) => ({ id, consumer, held: held.size, given, free }));
  }

  join(consumer: Consumer): string {
    const member = new Member(consumer);
    this.#members.push(member);
    return member.id;
  }

  /** Removes a consumer. @returns the events it held, in the order in which they were given */
  leave(id: string): readonly Work[] {
    const index = this.#members.findIndex((member) => member.id === id);
    const [member] = index < 0 ? [] : this.#members.splice(index, 1);
    return member ? [...member.held.keys()].map((eventId) => member.release(eventId)!) : [];
  }

  /** Disconnects all consumers and forgets all events. */
  drop(why: CallRefused): void {
    for (let first = this.#members[0]; first; first = this.#members[0]) {
      this.leave(first.id);
      first.consumer.drop(why);
    }
    for (const queue of [this.#alone, this.#again, this.#fresh]) queue.length = 0;
  }

  /** Takes an answered event off its consumer; returns nothing when the event has been given to another consumer meanwhile. */
  release(id: string, eventId: string): Work | undefined {
    return this.#members.find((member) => member.id === id)?.release(eventId);
  }

  add(work: Work): void {
    this.#bytes += work.bytes;
    this.#fresh.push(work);
  }

  addAgain(...works: readonly Work[]): void {
    for (const work of works) {
      this.#bytes += work.bytes;
      (work.alone ? this.#alone : this.#again).push(work);
    }
  }

  /** Sorts retries by their place in the source. */
  sortAgain(): void {
    for (const queue of [this.#alone, this.#again]) queue.sort((a, b) => a.place - b.place);
  }

  /** Dispatches until consumers take no more. */
  pump(): void {
    for (const member of this.#members) member.reserved = false;
    const busy = this.#busy();
    for (const queue of [this.#alone, this.#again, this.#fresh]) this.#handOut(queue, busy);
  }

  /** Streams with an unacknowledged event; with the strategy `KeyOrdered` their next event waits for it. */
  #busy(): Set<string> | undefined {
    if (this.settings.strategy !== 'KeyOrdered') return undefined;
    return new Set(this.#members.flatMap(({ held }) => [...held.values()].map(({ work }) => work.event.stream)));
  }

  #handOut(queue: Work[], busy: Set<string> | undefined): void {
    for (let index = 0; index < queue.length && this.#members.some(({ free }) => free > 0);) {
      const work = queue[index]!;
      if (busy?.has(work.event.stream)) {
        index += 1;
        continue;
      }
      busy?.add(work.event.stream);
      const member = work.alone ? this.#forOne(work) : chosen(this.settings.strategy, this.#members, work.event);
      if (!member || member.held.has(work.event.id)) index += 1;
      else {
        queue.splice(index, 1);
        this.#bytes -= work.bytes;
        this.#give(member, work);
      }
    }
  }

  /**
   * Chooses a consumer that holds nothing. When there is none, reserves the next one: it gets no events until it holds none.
   */
  #forOne({ event }: Work): Member | undefined {
    const { strategy } = this.settings;
    const seen = (free: (member: Member) => number) => {
      const views = this.#members.map((member) => ({ id: member.id, free: free(member), member }));
      return chosen(strategy, views, event)?.member;
    };
    const idle = seen((member) => (member.reserved ? 0 : member.freeForOne));
    if (idle) return idle;
    const next = seen((member) => (!member.reserved && member.consumer.ready() ? 1 : 0));
    if (next) next.reserved = true;
    return undefined;
  }

  #give(member: Member, work: Work): void {
    const { messageTimeout, strategy } = this.settings;
    const late = () => {
      member.release(work.event.id);
      this.late(work);
    };
    const timer = messageTimeout > 0 ? setTimeout(late, messageTimeout).unref() : undefined;
    member.held.set(work.event.id, { work, timer });
    member.bytes += work.bytes;
    member.given += 1;
    if (strategy === 'RoundRobin' || strategy === 'KeyOrdered')
      this.#members.push(...this.#members.splice(this.#members.indexOf(member), 1));
    member.consumer.give(work.given, work.retries);
  }
}
