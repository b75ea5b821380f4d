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
  /** Name of the writing process; absent for a reader. */
  readonly writer?: Holder;
  /** Durability of the embedded engine; a server has settings of its own. */
  readonly durability?: 'full' | 'normal';
  /** Called with the reason on outage of writes, with `undefined` on recovery. */
  readonly report?: (fault: string | undefined) => void;
  /** How long to wait for a server that does not answer, in milliseconds. @defaultValue 30,000 */
  readonly patience?: number;
}

/** Opens the engine that the URL names. */
export async function openEventStore({ url, patience, ...how }: Opening): Promise<EventStore> {
  if (isFile(url)) return new SqliteEventStore({ path: fileOf(url), ...how });
  // Loaded on demand: the embedded engine does not need the client.
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
