import type { Clock } from '../clock.js';
import { fileOf, isFile } from '../config.js';
import type { EventStore } from './event-store.js';
import type { Holder } from './sqlite/lock.js';
import { SqliteEventStore } from './sqlite/sqlite.event-store.js';
import type { Upcasting } from './upcasting.js';

export interface Opening {
  /** `EVENT_STORE_URL`. */
  readonly url: string;
  readonly clock: Clock;
  readonly upcasting: Upcasting;
  /** Who writes; absent for a reader. */
  readonly writer?: Holder;
  /** What a file is asked to; a server has settings of its own. */
  readonly durability?: 'full' | 'normal';
  /** Told why nothing can be written, when that begins; told nothing when it is over. */
  readonly report?: (fault: string | undefined) => void;
  /** How long to wait for a server that is not there, in milliseconds; half a minute unless told otherwise. */
  readonly patience?: number;
}

/** The engine that the URL names. */
export async function openEventStore({ url, patience, ...how }: Opening): Promise<EventStore> {
  if (isFile(url)) return new SqliteEventStore({ path: fileOf(url), ...how });
  // Loaded when it is asked for: who keeps the log in a file does without the client.
  const { EsdbEventStore } = await import('./esdb/esdb.event-store.js');
  const { upcasting, writer, report } = how;
  return EsdbEventStore.open({
    url,
    upcasting,
    readOnly: writer === undefined,
    ...(report && { report }),
    ...(patience !== undefined && { waits: { startPatience: patience } }),
  });
}
