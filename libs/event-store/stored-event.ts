import { Refusal } from '../errors.js';
import type { EventCodec } from './codec.js';
import type { Metadata, RecordedEvent } from './event-store.js';
import type { Versioned } from './upcasting.js';

/** position, stream, revision, id, type, schema version, occurred, recorded, data, metadata */
export type EventRow = readonly [number, string, number, string, string, number, string, string, string, string];

/** An event as it lies in a log; its bodies stay text until somebody looks at them. */
export class StoredEvent implements RecordedEvent {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly #row: EventRow;
  readonly #codec: EventCodec;
  #data: unknown;
  #metadata: Metadata | undefined;

  constructor(row: EventRow, codec: EventCodec) {
    this.position = row[0];
    this.stream = row[1];
    this.revision = row[2];
    this.id = row[3];
    this.type = row[4];
    this.schemaVersion = row[5];
    this.occurredAt = row[6];
    this.recordedAt = row[7];
    this.#row = row;
    this.#codec = codec;
  }

  get data(): unknown {
    return (this.#data ??= this.#read(() => this.#codec.decode(this, JSON.parse(this.#row[8]))));
  }

  get metadata(): Metadata {
    return (this.#metadata ??= this.#read(() => JSON.parse(this.#row[9]) as Metadata));
  }

  /** Text that is no JSON any more was changed by nobody here; what it says may be personal. */
  #read<Body>(read: () => Body): Body {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const { position, type } = this;
      throw new Refusal(
        'data-unreadable',
        `The log is damaged: ${type} at position ${position} cannot be read. Put back a copy of it.`,
        { position },
        500,
      );
    }
  }

  /** The same event in another shape. */
  as({ type, schemaVersion, data }: Versioned): StoredEvent {
    const row = [...this.#row] as [...EventRow];
    row[4] = type;
    row[5] = schemaVersion;
    const shaped = new StoredEvent(row, this.#codec);
    shaped.#data = data;
    return shaped;
  }
}
