import { Refusal } from '../../errors.js';
import type { EventCodec } from '../codec.js';
import type { ForeignBodies, Metadata, RecordedEvent } from '../event-store.js';
import { foreignData, foreignMetadata } from '../foreign-events.js';
import type { Versioned } from '../upcasting.js';

/** position, stream, revision, id, type, schema version, occurred, recorded, data, metadata, content type */
type Row<Body, ContentType> = readonly [
  ...[number, string, number, string, string, number, string, string],
  ...[Body, Body, ContentType],
];
/** Bodies are text for events of Annals, and bytes with a content type for events of other programs. */
export type EventRow = Row<string, null> | Row<Uint8Array, ForeignBodies['contentType']>;

/** An event of the embedded log; its bodies are parsed at first access. */
export class StoredEvent implements RecordedEvent {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly foreign: ForeignBodies | undefined;
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
    this.foreign = row[10] === null ? undefined : { contentType: row[10], data: row[8], metadata: row[9] };
    this.#row = row;
    this.#codec = codec;
  }

  get bytes(): number {
    return this.#row[8].length + this.#row[9].length;
  }

  get data(): unknown {
    return (this.#data ??= this.foreign
      ? foreignData(this.foreign)
      : this.#read(() => this.#codec.decode(this, JSON.parse(this.#row[8] as string))));
  }

  get metadata(): Metadata {
    return (this.#metadata ??= this.foreign
      ? foreignMetadata(this.id, this.foreign)
      : this.#read(() => JSON.parse(this.#row[9] as string) as Metadata));
  }

  /** Parses a body. Invalid JSON means that the file is damaged; the error does not quote it, as it may be personal. */
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

  /** The event after upcasting. */
  as({ type, schemaVersion, data }: Versioned): StoredEvent {
    const shaped = new StoredEvent(this.#row.with(4, type).with(5, schemaVersion) as unknown as EventRow, this.#codec);
    shaped.#data = data;
    return shaped;
  }
}
