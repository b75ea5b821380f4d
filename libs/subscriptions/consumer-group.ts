import type { RecordedEvent } from '../event-store/event-store.js';
import type { Report } from './open-calls.js';
import { Dispatch } from './dispatch.js';
import type { Consumer, Work } from './dispatch.js';
import { EventFilter } from './event-filter.js';
import { liveRead } from './live-read.js';
import type { LogSource, Source } from './live-read.js';
import { dropped } from './group-refusals.js';
import { resolved } from './resolved-event.js';
import { PAGE } from './read-call.js';
import type { CallRefused } from './refusals.js';
import type { GroupKey, GroupSettings, KeptGroup, Parked, SqliteGroups } from './sqlite-groups.js';

export const LOG = '$all';

/** Stops reading ahead at this many bytes of waiting events; the page that reaches the limit is still read. */
const MOST_WAITING = 4 * 1024 * 1024;

export type Answer = 'ack' | 'park' | 'retry' | 'skip';

/**
 * A group of competing consumers (the protocol's persistent subscription): each event goes to one of them. It is given again
 * when it fails, times out or its consumer disconnects, and is parked after too many retries. The checkpoint is written from
 * time to time, so events are delivered at least once: after a crash some of them come again.
 */
export class ConsumerGroup implements GroupKey {
  readonly source: string;
  readonly name: string;
  readonly settings: GroupSettings;
  /** Revision or position up to which every event is done, as stored. */
  checkpoint: number;
  /** Last revision or position that has been read. */
  seen: number;
  readonly #dispatch: Dispatch;
  /** Revisions or positions that are not done, in reading order, each with its number of open events. */
  readonly #open = new Map<number, number>();
  readonly #replaying = new Set<number>();
  readonly #stop = new AbortController();
  #roomMade: (() => void)[] = [];
  #writing: NodeJS.Timeout | undefined;
  #done = 0;

  constructor(
    private readonly log: LogSource,
    private readonly kept: SqliteGroups,
    private readonly report: Report,
    { source, name, settings, checkpoint }: KeptGroup,
  ) {
    this.source = source;
    this.name = name;
    this.settings = settings;
    this.checkpoint = checkpoint;
    this.seen = checkpoint;
    this.#dispatch = new Dispatch(settings, (work) => {
      this.#retry(work, 'It took too long.');
      this.pump();
    });
  }

  /** Adds a consumer; reading begins with the first one. */
  join(consumer: Consumer): string {
    const id = this.#dispatch.join(consumer);
    if (!this.#writing) this.#begin();
    this.pump();
    return id;
  }

  /**
   * Removes a consumer and gives its events to the others, with one more retry counted. When a consumer that held several
   * events disconnects, the cause may be any of them. So an event with all retries used is then given alone, and is parked
   * when that consumer disconnects too.
   */
  leave(id: string): void {
    const lost = this.#dispatch.leave(id);
    const { maxRetries } = this.settings;
    for (const work of lost) {
      const retries = work.retries + 1;
      if (work.retries >= maxRetries && lost.length === 1) this.#park(work, 'Its consumer was lost.');
      else this.#dispatch.addAgain({ ...work, retries, alone: retries >= maxRetries });
    }
    this.#dispatch.sortAgain();
    this.pump();
  }

  answered(id: string, eventIds: readonly string[], answer: Answer, reason = ''): void {
    for (const eventId of eventIds) {
      const work = this.#dispatch.release(id, eventId);
      if (!work) continue;
      if (answer === 'park') this.#park(work, reason);
      else if (answer === 'retry') this.#retry(work, reason);
      else this.#finish(work);
    }
    this.pump();
  }

  /** Dispatches waiting events; called whenever a consumer may have become ready. */
  pump(): void {
    this.#dispatch.pump();
    for (const go of this.#roomMade.splice(0)) go();
  }

  /** Replays parked events, the oldest first, as fast as consumers take them. @param most replays at most this many */
  replay(most = Infinity): void {
    const waiting = this.kept.parked(this).filter(({ number }) => !this.#replaying.has(number));
    const chosen = waiting.slice(0, most);
    for (const { number } of chosen) this.#replaying.add(number);
    void this.#replayed(chosen).catch((error: unknown) => {
      for (const { number } of chosen) this.#replaying.delete(number);
      if (!this.#stop.signal.aborted) this.report('parked events cannot be read', { error, group: this.name });
    });
  }

  /** Figures for the group's status. */
  get figures() {
    const { members, waiting } = this.#dispatch;
    return {
      ...waiting,
      members,
      held: members.reduce((sum, { held }) => sum + held, 0),
      parked: this.kept.parked(this).length,
    };
  }

  /** Disconnects all consumers and writes the checkpoint. */
  end(why: CallRefused): void {
    this.#stop.abort();
    for (const go of this.#roomMade.splice(0)) go();
    clearInterval(this.#writing);
    this.#dispatch.drop(why);
    this.#write();
  }

  #begin(): void {
    this.#writing = setInterval(() => this.#writeNow(), Math.max(10, this.settings.checkpointAfter)).unref();
    void this.#reading();
  }

  /** A failure of the read disconnects all consumers; the next one to join starts it again. */
  async #reading(): Promise<void> {
    try {
      await this.#read();
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.report('a group of consumers cannot be served', { error, group: this.name });
      clearInterval(this.#writing);
      this.#writing = undefined;
      for (const { id, consumer } of this.#dispatch.members) {
        // The consumers are not at fault, so no retry is counted.
        this.#dispatch.addAgain(...this.#dispatch.leave(id));
        consumer.drop(dropped(this));
      }
      this.#dispatch.sortAgain();
    }
  }

  async #read(): Promise<void> {
    const { filter } = this.settings;
    const source: Source =
      this.source === LOG ? { ...(filter && { filter: new EventFilter(filter) }) } : { stream: this.source };
    for await (const { events, after } of liveRead(this.log, source, this.seen, this.#stop.signal)) {
      for (const event of events) {
        const place = this.source === LOG ? event.position : event.revision;
        const work = await this.#workOf(event, place);
        if (work) this.#dispatch.add(work);
      }
      this.seen = after;
      this.pump();
      await this.#room();
    }
  }

  /** Waits until the buffer has room. */
  async #room(): Promise<void> {
    const enough = Math.min(PAGE, Math.max(1, this.settings.historyBuffer));
    while (!this.#stop.signal.aborted) {
      const { fresh, again, bytes } = this.#dispatch.waiting;
      if (fresh + again < enough && bytes < MOST_WAITING) return;
      await new Promise<void>((resolve) => this.#roomMade.push(resolve));
    }
  }

  async #replayed(parked: readonly Parked[]): Promise<void> {
    for (const { number, place } of parked) {
      await this.#room();
      if (this.#stop.signal.aborted) return;
      for (const event of await this.#eventsAt(place)) {
        const work = await this.#workOf(event, place);
        if (work) this.#dispatch.addAgain({ ...work, parked: number });
      }
      this.pump();
    }
  }

  /** Returns nothing for a link whose target is gone. */
  async #workOf(event: RecordedEvent, place: number): Promise<Work | undefined> {
    const found = await resolved(this.log.store, event, this.settings.resolveLinks);
    if (!found.event) return undefined;
    this.#open.set(place, (this.#open.get(place) ?? 0) + 1);
    return { event, given: found, place, retries: 0, bytes: bytesOf(event) + (found.link ? bytesOf(found.event) : 0) };
  }

  #retry(work: Work, reason: string): void {
    if (work.retries >= this.settings.maxRetries) this.#park(work, reason);
    else this.#dispatch.addAgain({ ...work, retries: work.retries + 1 });
  }

  /** Parks first and marks as done afterwards, so a crash between the two delivers the event again and never loses it. */
  #park(work: Work, reason: string): void {
    if (work.parked === undefined) this.kept.park(this, work.place, reason);
    else this.#replaying.delete(work.parked);
    this.#close(work);
  }

  #finish(work: Work): void {
    if (work.parked !== undefined) {
      const { parked } = work;
      void this.kept.unpark(parked).then(() => this.#replaying.delete(parked));
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

  /** Periodic checkpoint; when no event is open, it also covers events that the filter skipped. */
  #writeNow(): void {
    if (this.#done >= this.settings.minCheckpoint || this.#open.size === 0) this.#write();
  }

  /** Moves the checkpoint up to the first open event. Replayed events lie before the checkpoint and do not hold it back. */
  #write(): void {
    let lowest = this.seen + 1;
    for (const place of this.#open.keys()) if (place > this.checkpoint && place < lowest) lowest = place;
    this.#done = 0;
    if (lowest - 1 <= this.checkpoint) return;
    this.checkpoint = lowest - 1;
    this.kept.checkpoint(this, this.checkpoint);
  }

  async #eventsAt(place: number): Promise<readonly RecordedEvent[]> {
    const { events } =
      this.source === LOG
        ? await this.log.store.readLog({ after: place - 1, to: place })
        : await this.log.store.readStream(this.source, { from: place, to: place });
    return events;
  }
}

const bytesOf = ({ foreign, bytes = 0 }: RecordedEvent): number =>
  foreign ? foreign.data.length + foreign.metadata.length : bytes;
