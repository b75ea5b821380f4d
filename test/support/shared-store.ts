import { EventStore } from '../../libs/event-store/event-store.js';
import type { Check, LogRange, StreamRange, Write } from '../../libs/event-store/event-store.js';

/** A log as one of several programs has it that share one. */
export class SharedStore extends EventStore {
  readonly exclusive = false;

  constructor(private readonly log: EventStore) {
    super();
  }

  get recorded(): number {
    return this.log.recorded;
  }

  get atomic(): boolean {
    return this.log.atomic;
  }

  appendAll(writes: readonly Write[], checks?: readonly Check[]) {
    return this.log.appendAll(writes, checks);
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
