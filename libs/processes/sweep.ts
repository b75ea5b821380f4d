import type { RecordedEvent } from '../event-store/event-store.js';
import type { Projection, Recorded } from '../read-models/projection.js';
import type { Filter } from '../read-models/read-models.js';
import type { Beginning } from './process.js';

/**
 * What follows from an event for each of many things: a new rule for all customers. Pure. Things that come later are no concern of
 * it, since what decides about them reads the new rule.
 */
export interface Sweep {
  readonly name: string;
  /** Raise it when the same event leads to other commands. */
  readonly version: number;
  readonly from: Beginning;
  readonly types: readonly string[];
  /** The read model that lists the things. */
  readonly of: Projection;
  /** Which of its documents an event concerns; null for none. */
  readonly concerns: (event: RecordedEvent) => Filter | null;
  /** The field of a document with the id of its thing. */
  readonly by: string;
  /** What is asked for one of them. The rule is given the event's time as its `now`. */
  readonly command: (id: string, event: RecordedEvent) => object;
}

interface Definition<Document, Events> extends Omit<Sweep, 'types' | 'of' | 'concerns' | 'by' | 'command'> {
  readonly on: {
    readonly [Type in keyof Events & string]?: (event: RecordedEvent<Type, Events[Type]>) => Filter | null;
  };
  readonly of: Projection<Document>;
  readonly by: keyof Document & string;
  readonly command: (id: string, event: Recorded<Events>) => object;
}

export function sweep<Document, Events>({ on, of, ...definition }: Definition<Document, Events>): Sweep {
  const concerned = on as unknown as Readonly<Record<string, (event: RecordedEvent) => Filter | null>>;
  return {
    ...definition,
    of: of as unknown as Projection,
    types: Object.keys(on),
    command: definition.command as unknown as Sweep['command'],
    concerns: (event) => concerned[event.type]?.(event) ?? null,
  };
}
