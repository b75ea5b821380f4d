import { randomUUID } from 'node:crypto';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { ResolvedEvent } from './resolved-event.js';
import type { CallRefused } from './refusals.js';
import type { GroupSettings } from './sqlite-groups.js';
import { chosen } from './strategies.js';

/** Bytes of events that a consumer may hold; the one that reaches the limit is given. They stay in memory until it answers. */
const MOST_HELD = 16 * 1024 * 1024;

/** Takes events off a group. */
export interface Consumer {
  /** Where it is, how it calls itself, and by which name it has logged in. */
  readonly from: string;
  readonly name: string;
  readonly user: string;
  /** How many events it takes before it has dealt with one. */
  readonly room: number;
  /** Whether it has taken what it was given off the connection. */
  ready(): boolean;
  give(given: ResolvedEvent, retries: number): void;
  drop(why: CallRefused): void;
}

/** An event that is not done yet. */
export interface Work {
  /** The link, where one has led to what is given. */
  readonly event: RecordedEvent;
  readonly given: ResolvedEvent;
  readonly place: number;
  readonly retries: number;
  readonly bytes: number;
  /** The number under which it is parked, when it has come from there. */
  readonly parked?: number;
  /** Given to a consumer that holds nothing else: if that is lost too, this event is the reason. */
  readonly alone?: boolean;
}

class Member {
  readonly id = randomUUID();
  readonly held = new Map<string, { readonly work: Work; readonly timer: NodeJS.Timeout | undefined }>();
  given = 0;
  bytes = 0;
  /** Kept free of other events until it holds nothing, for one that has to be tried alone. */
  reserved = false;

  constructor(readonly consumer: Consumer) {}

  get free(): number {
    const [first] = this.held.values();
    if (this.reserved || first?.work.alone || this.bytes >= MOST_HELD || !this.consumer.ready()) return 0;
    return this.consumer.room - this.held.size;
  }

  /** As {@link free}, for an event that has to be tried alone. */
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

/** Hands the events of a group to its consumers, and knows which consumer holds what. */
export class Dispatch {
  readonly #members: Member[] = [];
  /** What has to be tried alone, what has to be given again, and what is new; in this order. */
  readonly #alone: Work[] = [];
  readonly #again: Work[] = [];
  readonly #fresh: Work[] = [];
  #bytes = 0;

  /** @param late told of an event whose consumer has not answered in time */
  constructor(
    private readonly settings: GroupSettings,
    private readonly late: (work: Work) => void,
  ) {}

  /** Events that wait for a consumer, and how many bytes they have. */
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

  /** What the consumer held, in the order in which it was given. */
  leave(id: string): readonly Work[] {
    const index = this.#members.findIndex((member) => member.id === id);
    const [member] = index < 0 ? [] : this.#members.splice(index, 1);
    return member ? [...member.held.keys()].map((eventId) => member.release(eventId)!) : [];
  }

  /** Lets go of all consumers and all events. */
  drop(why: CallRefused): void {
    for (let first = this.#members[0]; first; first = this.#members[0]) {
      this.leave(first.id);
      first.consumer.drop(why);
    }
    for (const queue of [this.#alone, this.#again, this.#fresh]) queue.length = 0;
  }

  /** An event that a consumer has answered; nothing where it was too late with it, and another one has it. */
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

  /** Those that were lost with their consumer come in the order of their places. */
  sortAgain(): void {
    for (const queue of [this.#alone, this.#again]) queue.sort((a, b) => a.place - b.place);
  }

  /** Gives as much as consumers take. */
  pump(): void {
    for (const member of this.#members) member.reserved = false;
    const busy = this.#busy();
    for (const queue of [this.#alone, this.#again, this.#fresh]) this.#handOut(queue, busy);
  }

  /** Streams with an event under way: their next event follows only when that one is done, by any consumer. */
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

  /** A consumer that holds nothing; where there is none, the one whose turn it is gets nothing else until it does. */
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
