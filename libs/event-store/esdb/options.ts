import { START_PATIENCE } from '../../patience.js';
import type { EventCodec } from '../codec.js';
import type { Upcasting } from '../upcasting.js';

/** Timeout of one attempt of an append, and how long an unanswered append is repeated, in milliseconds. */
const DEADLINE = 5_000;
const APPEND_PATIENCE = 15_000;
/** How long the server may be silent during a read, in milliseconds. */
const READ_PATIENCE = 10_000;

export interface EsdbEventStoreOptions {
  /** `EVENT_STORE_URL`. */
  readonly url: string;
  readonly codec?: EventCodec;
  readonly upcasting?: Upcasting;
  /** Opens the log for reading only. This protects no data: permissions are up to the server. */
  readonly readOnly?: boolean;
  /** Called with the reason on outage of writes, with `undefined` on recovery. */
  readonly report?: (fault: string | undefined) => void;
  /** Replaces default waits, in milliseconds. */
  readonly waits?: Partial<typeof waits>;
}

/** Default waits, in milliseconds. */
export const waits = {
  deadline: DEADLINE,
  appendPatience: APPEND_PATIENCE,
  readPatience: READ_PATIENCE,
  startPatience: START_PATIENCE,
  keepAlive: 0,
};
