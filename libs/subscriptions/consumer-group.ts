import { randomUUID } from 'node:crypto';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import type { Report } from './answering.js';
import { EventFilter } from './event-filter.js';
import { following } from './following.js';
import type { Source } from './following.js';
import { dropped } from './group-refusals.js';
import { given } from './links.js';
import type { Given } from './links.js';
import { PAGE } from './reading.js';
import type { CallRefused } from './refusals.js';
import type { GroupKey, GroupSettings, KeptGroup, Parked, SqliteGroups } from './sqlite-groups.js';
import { chosen } from './strategies.js';

export const LOG = '$all';

/** Somebody who takes events off a group. */
export interface Consumer {
  /** Where it is, and how it calls itself. */
  readonly from: string;
  readonly name: string;
  /** How many events it takes before it has dealt with one. */
  readonly room: number;
  give(given: Given, retries: number): void;
  drop(why: CallRefused): void;
}

export type Answer = 'ack' | 'park' | 'retry' | 'skip';

/** An event that is not done yet. */
interface Work {
  /** The link, where one has led to what is given. */
  readonly event: RecordedEvent;
  readonly given: Given;
  readonly place: number;
  readonly retries: number;
  /** The number under which it is parked, when it has come from there. */
  readonly parked?: number;
}

interface Member {
  readonly id: string;
  readonly consumer: Consumer;
  readonly held: Map<string, { readonly work: Work; readonly timer: NodeJS.Timeout | undefined }>;
  given: number;
  readonly free: number;
}

/**
 * Competing consumers: each event goes to one of them, again if it fails or does not answer, and aside if it fails too often.
 * What is done is written down now and then, so after a crash some events come again; none is lost.
 */
export class ConsumerGroup implements GroupKey {
  readonly source: string;
  readonly name: string;
  readonly settings: GroupSettings;
  /** Everything up to here is written down as done. */
  checkpoint: number;
  /** The last place that has been read. */
  seen: number;
  readonly #members: Member[] = [];
  readonly #again: Work[] = [];
  readonly #fresh: Work[] = [];
  /** Places that are not done, in the order in which they were read, with how many events each stands for. */
  readonly #open = new Map<number, number>();
  readonly #replaying = new Set<number>();
  readonly #stop = new AbortController();
  #roomMade: (() => void) | undefined;
  #writing: NodeJS.Timeout | undefined;
  #done = 0;

  constructor(
    private readonly store: EventStore,
    private readonly kept: SqliteGroups,
    private readonly report: Report,
    { source, name, settings, checkpoint }: KeptGroup,
  ) {
    this.source = source;
    this.name = name;
    this.settings = settings;
    this.checkpoint = checkpoint;
    this.seen = checkpoint;
  }

  /** The first to join begins the reading. */
  join(consumer: Consumer): string {
    const held: Member['held'] = new Map();
    const member: Member = {
      id: randomUUID(),
      consumer,
      held,
      given: 0,
      get free() {
        return consumer.room - held.size;
      },
    };
    this.#members.push(member);
    if (!this.#writing) this.#begin();
    this.#pump();
    return member.id;
  }

  /** What a consumer had is for the others. */
  leave(id: string): void {
    const index = this.#members.findIndex((member) => member.id === id);
    if (index < 0) return;
    const [member] = this.#members.splice(index, 1);
    for (const { work, timer } of member!.held.values()) {
      clearTimeout(timer);
      this.#again.push(work);
    }
    this.#again.sort((a, b) => a.place - b.place);
    this.#pump();
  }

  answered(id: string, eventIds: readonly string[], answer: Answer, reason = ''): void {
    const member = this.#members.find((each) => each.id === id);
    for (const eventId of eventIds) {
      const held = member?.held.get(eventId);
      // It may have been too late with it, and somebody else has it now.
      if (!held) continue;
      clearTimeout(held.timer);
      member!.held.delete(eventId);
      if (answer === 'park') this.#park(held.work, reason);
      else if (answer === 'retry') this.#retry(held.work, reason);
      else this.#finish(held.work);
    }
    this.#pump();
  }

  /** Hands out again what is parked, the oldest first. */
  async replay(most = Infinity): Promise<void> {
    const waiting = this.kept.parked(this).filter(({ number }) => !this.#replaying.has(number));
    for (const parked of waiting.slice(0, most)) {
      this.#replaying.add(parked.number);
      for (const event of await this.#eventsOf(parked)) {
        const work = await this.#workOf(event, parked.place);
        if (work) this.#again.push({ ...work, parked: parked.number });
      }
    }
    this.#pump();
  }

  /** How things stand, for who asks. */
  get figures() {
    const held = this.#members.reduce((sum, member) => sum + member.held.size, 0);
    return {
      members: this.#members.map(({ consumer, held: own, given, free }) => ({ consumer, held: own.size, given, free })),
      held,
      fresh: this.#fresh.length,
      again: this.#again.length,
      parked: this.kept.parked(this).length,
    };
  }

  /** Lets go of all consumers, and writes down what is done. */
  end(why: CallRefused): void {
    this.#stop.abort();
    this.#roomMade?.();
    clearInterval(this.#writing);
    for (const { consumer, held } of this.#members.splice(0)) {
      for (const { timer } of held.values()) clearTimeout(timer);
      consumer.drop(why);
    }
    this.#write();
  }

  #begin(): void {
    this.#writing = setInterval(() => this.#writeNow(), Math.max(10, this.settings.checkpointAfter)).unref();
    void this.#reading();
  }

  /** Whatever ends the reading but the end of the group lets go of consumers; the next to join begins it again. */
  async #reading(): Promise<void> {
    try {
      await this.#read();
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.report('a group of consumers cannot be served', { error, group: this.name });
      clearInterval(this.#writing);
      this.#writing = undefined;
      for (let first = this.#members[0]; first; first = this.#members[0]) {
        this.leave(first.id);
        first.consumer.drop(dropped(this));
      }
    }
  }

  async #read(): Promise<void> {
    const { filter } = this.settings;
    const source: Source =
      this.source === LOG ? { ...(filter && { filter: new EventFilter(filter) }) } : { stream: this.source };
    for await (const { events, after } of following(this.store, source, this.seen, this.#stop.signal)) {
      for (const event of events) {
        const place = this.source === LOG ? event.position : event.revision;
        const work = await this.#workOf(event, place);
        if (work) this.#fresh.push(work);
      }
      this.seen = after;
      this.#pump();
      const enough = Math.min(PAGE, Math.max(1, this.settings.historyBuffer));
      while (this.#fresh.length >= enough && !this.#stop.signal.aborted) {
        await new Promise<void>((resolve) => (this.#roomMade = resolve));
      }
    }
  }

  /** Where a link leads nowhere there is nothing to do. */
  async #workOf(event: RecordedEvent, place: number): Promise<Work | undefined> {
    const found = await given(this.store, event, this.settings.resolveLinks);
    if (!found.event) return undefined;
    this.#open.set(place, (this.#open.get(place) ?? 0) + 1);
    return { event, given: found, place, retries: 0 };
  }

  #pump(): void {
    const busy = this.#busy();
    this.#handOut(this.#again, busy);
    this.#handOut(this.#fresh, busy);
    this.#roomMade?.();
  }

  /** Streams an event of which is out, where the next may only follow when that is dealt with, whoever gets it. */
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
      const member = chosen(this.settings.strategy, this.#members, work.event);
      if (!member || member.held.has(work.event.id)) index += 1;
      else {
        queue.splice(index, 1);
        this.#give(member, work);
      }
    }
  }

  #give(member: Member, work: Work): void {
    const { messageTimeout, strategy } = this.settings;
    const late = () => {
      member.held.delete(work.event.id);
      this.#retry(work, 'It took too long.');
      this.#pump();
    };
    const timer = messageTimeout > 0 ? setTimeout(late, messageTimeout).unref() : undefined;
    member.held.set(work.event.id, { work, timer });
    member.given += 1;
    if (strategy === 'RoundRobin' || strategy === 'KeyOrdered')
      this.#members.push(...this.#members.splice(this.#members.indexOf(member), 1));
    member.consumer.give(work.given, work.retries);
  }

  #retry(work: Work, reason: string): void {
    if (work.retries >= this.settings.maxRetries) this.#park(work, reason);
    else this.#again.push({ ...work, retries: work.retries + 1 });
  }

  /** Parked before it counts as done, so a crash between the two leaves it twice rather than nowhere. */
  #park(work: Work, reason: string): void {
    if (work.parked === undefined) this.kept.park(this, work.place, reason);
    else this.#replaying.delete(work.parked);
    this.#close(work);
  }

  #finish(work: Work): void {
    if (work.parked !== undefined) {
      this.kept.unpark(work.parked);
      this.#replaying.delete(work.parked);
    }
    this.#close(work);
  }

  #close({ place }: Work): void {
    const left = this.#open.get(place)! - 1;
    if (left > 0) this.#open.set(place, left);
    else this.#open.delete(place);
    this.#done += 1;
    if (this.#done >= this.settings.maxCheckpoint) this.#write();
  }

  /** Where nothing is left to do, what was passed over is worth writing down too. */
  #writeNow(): void {
    if (this.#done >= this.settings.minCheckpoint || this.#open.size === 0) this.#write();
  }

  /** Only what was read since the checkpoint can hold it back: what is replayed lies before it. */
  #write(): void {
    let lowest = this.seen + 1;
    for (const place of this.#open.keys()) if (place > this.checkpoint && place < lowest) lowest = place;
    this.#done = 0;
    if (lowest - 1 <= this.checkpoint) return;
    this.checkpoint = lowest - 1;
    this.kept.checkpoint(this, this.checkpoint);
  }

  async #eventsOf({ place }: Parked): Promise<readonly RecordedEvent[]> {
    const { events } =
      this.source === LOG
        ? await this.store.readLog({ after: place - 1, to: place })
        : await this.store.readStream(this.source, { from: place, to: place });
    return events;
  }
}
