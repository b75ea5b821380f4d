import type { RecordedEvent } from '../event-store/event-store.js';

/** An event of the log with the data its type carries. */
export type Recorded<Events, Type extends keyof Events & string = keyof Events & string> = {
  [T in Type]: RecordedEvent<T, Events[T]>;
}[Type];

/**
 * A read model: which events build it and how. Pure: no clock, no look-up, so that the same code serves the live read
 * model, a rebuild, a test and a question about the past.
 */
export interface Definition<Document, Events> {
  readonly name: string;
  /** Raise it to rebuild the read model from the first event. */
  readonly version: number;
  /** The document an event is about; several, when it is about several. */
  readonly id: (event: Recorded<Events>) => string | readonly string[];
  /** Events that begin a document. The id tells apart the documents of an event that is about several. */
  readonly starts: {
    readonly [T in keyof Events & string]?: (event: Recorded<Events, T>, id: string) => Document | null;
  };
  /** Events that change a document that is there; `null` removes it. */
  readonly on: {
    readonly [T in keyof Events & string]?: (
      document: Document,
      event: Recorded<Events, T>,
      id: string,
    ) => Document | null;
  };
  /** Paths lists are filtered and sorted by, one index per entry. A path that is sorted by is never null. */
  readonly indexes?: readonly (readonly string[])[];
  /**
   * Paths that lists are filtered by in any combination, whatever they are sorted by. They stand in every index besides, so
   * that what does not fit is passed over without looking at the document.
   */
  readonly filters?: readonly string[];
  /** Paths of lists of texts that are searched with `$has`. */
  readonly lists?: readonly string[];
  /** The stream that holds every event of a document, where there is one: makes asking about the past cheap. */
  readonly stream?: (id: string) => string;
}

export interface Projection<Document = unknown> {
  readonly name: string;
  readonly version: number;
  readonly types: readonly string[];
  readonly indexes: readonly (readonly string[])[];
  readonly filters: readonly string[];
  readonly lists: readonly string[];
  readonly stream: ((id: string) => string) | undefined;
  ids(event: RecordedEvent): readonly string[];
  evolve(document: Document | null, event: RecordedEvent, id: string): Document | null;
}

type Handler<Document> = (event: RecordedEvent, id: string) => Document | null;
type ChangeHandler<Document> = (document: Document, event: RecordedEvent, id: string) => Document | null;

export function projection<Document, Events>(definition: Definition<Document, Events>): Projection<Document> {
  const starts = new Map(Object.entries(definition.starts)) as unknown as Map<string, Handler<Document>>;
  const on = new Map(Object.entries(definition.on)) as unknown as Map<string, ChangeHandler<Document>>;
  return {
    name: definition.name,
    version: definition.version,
    types: [...new Set([...starts.keys(), ...on.keys()])],
    indexes: definition.indexes ?? [],
    filters: definition.filters ?? [],
    lists: definition.lists ?? [],
    stream: definition.stream,
    ids(event) {
      const id = definition.id(event as Recorded<Events>);
      return typeof id === 'string' ? [id] : id;
    },
    evolve(document, event, id) {
      if (document === null) return starts.get(event.type)?.(event, id) ?? null;
      const change = on.get(event.type);
      return change ? change(document, event, id) : document;
    },
  };
}
