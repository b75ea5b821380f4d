import { EventStore, WrongExpectedRevision } from '../../libs/event-store/event-store.js';
import type {
  Appended,
  Check,
  LogPage,
  LogRange,
  RecordedEvent,
  StreamPage,
  StreamRange,
  Write,
} from '../../libs/event-store/event-store.js';

/**
 * What one test sees of a log that others share: streams of its own, whose names begin with one of its own, behind the place
 * where the log ended when it began. Everything else is the store's, positions and the head of the log above all.
 */
export class PartOfLog extends EventStore {
  /** @param start where the log ended before this part of it began */
  constructor(
    private readonly store: EventStore,
    private readonly name: string,
    private readonly start: number,
  ) {
    super();
  }

  get exclusive(): boolean {
    return this.store.exclusive;
  }

  get atomic(): boolean {
    return this.store.atomic;
  }

  get recorded(): number {
    return this.store.recorded;
  }

  override get step(): number {
    return this.store.step;
  }

  override get fault(): string | undefined {
    return this.store.fault;
  }

  async appendAll(writes: readonly Write[], checks: readonly Check[] = []): Promise<readonly Appended[]> {
    const named = <Named extends Check>(each: Named): Named => ({ ...each, stream: this.name + each.stream });
    try {
      return await this.store.appendAll(writes.map(named), checks.map(named));
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      throw new WrongExpectedRevision(error.stream.slice(this.name.length), error.expected, error.current);
    }
  }

  async readStream(stream: string, range?: StreamRange): Promise<StreamPage> {
    const { events, end } = await this.store.readStream(this.name + stream, range);
    return { events: this.#own(events), end };
  }

  async readLog(range: LogRange): Promise<LogPage> {
    return this.#page(await this.store.readLog(this.#within(range)));
  }

  async at(position: number): Promise<readonly RecordedEvent[]> {
    return this.#own(await this.store.at(position));
  }

  async find(stream: string, eventId: string): Promise<RecordedEvent | undefined> {
    const found = await this.store.find(this.name + stream, eventId);
    return found && this.#own([found])[0];
  }

  head(): Promise<number> {
    return this.store.head();
  }

  storedVersions(): Promise<readonly { type: string; schemaVersion: number }[]> {
    return this.store.storedVersions();
  }

  moved(position: number, signal?: AbortSignal): Promise<void> {
    return this.store.moved(position, signal);
  }

  override async *subscribe(range: LogRange, signal?: AbortSignal): AsyncGenerator<LogPage, void, undefined> {
    for await (const page of this.store.subscribe(this.#within(range), signal)) yield this.#page(page);
  }

  close(): Promise<void> {
    return this.store.close();
  }

  #within({ streams, ...range }: LogRange): LogRange {
    return {
      ...range,
      after: Math.max(range.after, this.start),
      ...(streams && { streams: streams.map((prefix) => this.name + prefix) }),
    };
  }

  #page = (page: LogPage): LogPage => ({ ...page, events: this.#own(page.events) });

  #own(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
    return events
      .filter(({ stream }) => stream.startsWith(this.name))
      .map((event) => ({ ...event, stream: event.stream.slice(this.name.length) }));
  }
}
