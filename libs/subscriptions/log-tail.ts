import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { PAGE } from './read-call.js';
import { describedBy } from './stream-metadata.js';

/** Time for handing a page to members before a rest, in milliseconds. */
const SLICE = 0.5;
/** Length of a rest, in milliseconds; it leaves most of the time to appends, however many members there are. */
const REST = 3;

/** Events that were recorded since the member's last page. */
export interface TailPage {
  readonly events: readonly RecordedEvent[];
  /** Position up to which the log has been read. */
  readonly after: number;
}

interface Member {
  after: number;
  /** When set, only pages with events of this stream are given. */
  readonly stream: string | undefined;
  readonly take: (page: TailPage) => boolean;
  readonly leave: (error?: unknown) => void;
}

/**
 * Reads new events at the end of the log once for all subscribers. A member that cannot take a page leaves the tail and reads
 * the log itself until it has caught up.
 */
export class LogTail {
  readonly #members = new Set<Member>();
  /** Position up to which members have been given events; absent while there are no members. */
  #at: number | undefined;

  constructor(private readonly store: EventStore) {}

  /** Number of members. */
  get size(): number {
    return this.#members.size;
  }

  /**
   * Gives new events behind a position, page by page, until `take` returns false or the signal aborts. Returns at once when the
   * tail is already past that position. With a stream, gives only pages with events of it or of its metadata.
   * @throws errors of `take` and of the store
   */
  follow(
    { after, stream }: { readonly after: number; readonly stream?: string | undefined },
    take: (page: TailPage) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted || (this.#at !== undefined && after < this.#at)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const over = () => member.leave();
      const member: Member = {
        after,
        stream,
        take,
        leave: (error) => {
          this.#members.delete(member);
          signal.removeEventListener('abort', over);
          if (error === undefined) resolve();
          else reject(error as Error);
        },
      };
      signal.addEventListener('abort', over, { once: true });
      this.#members.add(member);
      if (this.#at !== undefined) return;
      this.#at = after;
      void this.#run();
    });
  }

  /** Reads as long as there are members. */
  async #run(): Promise<void> {
    try {
      while (this.#members.size > 0) {
        await this.store.moved(this.#at!);
        // Lets the appends that ended the wait be answered first.
        await turn();
        if (this.#members.size === 0) break;
        const { events, scanned } = await this.store.readLog({ after: this.#at!, limit: PAGE });
        if (scanned === this.#at) continue;
        // Set before the page is given, so that a member that joins meanwhile does not get older events.
        this.#at = scanned;
        await this.#give(events, scanned);
      }
    } catch (error) {
      for (const member of this.#members) member.leave(error);
    }
    this.#at = undefined;
  }

  async #give(events: readonly RecordedEvent[], scanned: number): Promise<void> {
    const streams = new Set(events.flatMap(({ stream }) => [stream, describedBy(stream) ?? stream]));
    let began = performance.now();
    // The loop also reaches members that join meanwhile; `giveTo` skips them, as they are past this page.
    for (const member of this.#members) {
      giveTo(member, events, scanned, streams);
      if (performance.now() - began < SLICE) continue;
      await sleep(REST);
      began = performance.now();
    }
  }
}

function giveTo(member: Member, events: readonly RecordedEvent[], scanned: number, streams: ReadonlySet<string>): void {
  const { after, stream } = member;
  if (scanned <= after) return;
  try {
    member.after = scanned;
    if (stream !== undefined && !streams.has(stream)) return;
    const isNew = events[0] !== undefined && events[0].position > after;
    const page = isNew ? events : events.filter(({ position }) => position > after);
    if (!member.take({ events: page, after: scanned })) member.leave();
  } catch (error) {
    member.leave(error);
  }
}
