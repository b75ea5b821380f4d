import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { PAGE } from './read-call.js';
import { describedBy } from './stream-metadata.js';

/** How long members are given a page before a rest, in milliseconds. */
const SLICE = 0.5;
/** Length of a rest, in milliseconds: appends get most of the time, however many members there are. */
const REST = 3;

/** What has come to the log since a member was given a page. */
export interface TailPage {
  readonly events: readonly RecordedEvent[];
  /** Everything up to here has been looked at. */
  readonly after: number;
}

interface Member {
  after: number;
  /** The only stream it wants to hear of. */
  readonly stream: string | undefined;
  readonly take: (page: TailPage) => boolean;
  readonly leave: (error?: unknown) => void;
}

/**
 * The end of the log, read once for all that stand there. Members that are given a page and cannot go on leave; they read the
 * log by themselves until they are at its end again.
 */
export class LogTail {
  readonly #members = new Set<Member>();
  /** Members have been given everything up to here; nothing while there is none. */
  #at: number | undefined;

  constructor(private readonly store: EventStore) {}

  /** How many stand at the end of the log. */
  get size(): number {
    return this.#members.size;
  }

  /**
   * Gives what comes behind a position, page by page, until `take` returns false or the signal aborts; nothing at all where
   * the tail is past that position already. With a stream, only pages that have events of it, or of its metadata.
   * @throws what `take` throws, and what the store throws
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
        // Those whose appends have moved it are answered first.
        await turn();
        if (this.#members.size === 0) break;
        const { events, scanned } = await this.store.readLog({ after: this.#at!, limit: PAGE });
        if (scanned === this.#at) continue;
        // First of all, so that a member that joins from here on is not given what lies before it.
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
    // Members that join meanwhile are met too: they have been given this already.
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
