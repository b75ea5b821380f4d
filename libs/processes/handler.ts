import type { RecordedEvent } from '../event-store/event-store.js';
import type { Beginning } from './process.js';

/**
 * What the runner does for each event of some types: in order within a stream, side by side across streams, at least once. The
 * runner knows nothing else of it, so commands that follow and deliveries to other programs are run alike.
 */
export interface Handler {
  /** Its own among all that run on a log: what it has done is remembered under it. */
  readonly name: string;
  readonly version: number;
  readonly from: Beginning;
  readonly types: readonly string[];
  /**
   * Does what one event asks for.
   * @param events several where an upcaster made several of one: they share their place and their id
   * @returns how much of it was refused
   * @throws a passing failure (see `isPassing`) to be called again until it works; any other to be called again a few times,
   *   before the stream is parked
   */
  handle(events: readonly RecordedEvent[]): Promise<number>;
}
