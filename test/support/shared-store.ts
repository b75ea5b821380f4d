import { EventStore } from '../../libs/event-store/event-store.js';
import type { ExpectedRevision, LogRange, NewEvent, StreamRange } from '../../libs/event-store/event-store.js';

/** A log as one of several programs has it that share one. */
export class SharedStore extends EventStore {
  readonly exclusive = false;

  constructor(private readonly log: EventStore) {
    super();
  }

  get recorded(): number {
    return this.log.recorded;
  }

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]) {
    return this.log.append(stream, expected, events);
  }

  readStream(stream: string, range?: StreamRange) {
    return this.log.readStream(stream, range);
  }

  readLog(range: LogRange) {
    return this.log.readLog(range);
  }

  at(position: number) {
    return this.log.at(position);
  }

  find(stream: string, id: string) {
    return this.log.find(stream, id);
  }

  head() {
    return this.log.head();
  }

  storedVersions() {
    return this.log.storedVersions();
  }

  moved(position: number, signal?: AbortSignal) {
    return this.log.moved(position, signal);
  }

  async close(): Promise<void> {}
}
