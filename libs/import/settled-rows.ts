import type { CommandBus } from '@nestjs/cqrs';
import { Refusal } from '../errors.js';
import { under } from '../event-store/envelope.js';
import type { Envelope } from '../event-store/envelope.js';
import type { EventStore } from '../event-store/event-store.js';
import { idFrom } from '../ids.js';
import { SettleImportRows } from './commands.js';
import type { ImportEvents, RefusedRows } from './events.js';

/** Result of a row that recorded no event. */
export type SettledRow = 'unchanged' | Pick<RefusedRows, 'code' | 'details'>;

/** Number of characters of a command id that identify it: 96 bits. */
const MARK = 16;
const markOf = (commandId: string): string => commandId.slice('import-'.length).slice(0, MARK);

/**
 * Stores the results of rows that recorded no event, on one stream per source. Accepted rows are recognised by their events,
 * refused and unchanged ones by these results.
 */
export class SettledRows {
  readonly #sourceId: string;
  readonly #known = new Map<string, SettledRow>();
  #fresh = new Map<string, SettledRow>();
  #revision = -1;
  #reading: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly commands: CommandBus,
    private readonly source: string,
  ) {
    this.#sourceId = idFrom('import source', source);
  }

  /** Reads what has been added to the stream. Callers that arrive during a reading share the next one. */
  read(): Promise<void> {
    const reading = this.#reading;
    if (!reading) return (this.#reading = this.#read().finally(() => (this.#reading = undefined)));
    return (this.#next ??= reading.then(() => {
      this.#next = undefined;
      return this.read();
    }));
  }

  async #read(): Promise<void> {
    for await (const page of this.store.pages(`import-${this.#sourceId}`, { from: this.#revision + 1 })) {
      for (const { data, revision } of page) {
        const { refused, unchanged } = data as ImportEvents['ImportRowsSettled'];
        for (const mark of unchanged) this.#known.set(mark, 'unchanged');
        for (const { rows, ...refusal } of refused) for (const mark of rows) this.#known.set(mark, refusal);
        this.#revision = revision;
      }
    }
  }

  get(commandId: string): SettledRow | undefined {
    const mark = markOf(commandId);
    return this.#fresh.get(mark) ?? this.#known.get(mark);
  }

  /** Adds a result; it is known to later imports after `write`. @returns whether it is new */
  add(commandId: string, row: SettledRow): boolean {
    if (kindOf(this.get(commandId)) === kindOf(row)) return false;
    this.#fresh.set(markOf(commandId), row);
    return true;
  }

  /** Records the results added since the last call, many in one event. */
  async write(envelope: Envelope): Promise<void> {
    if (this.#fresh.size === 0) return;
    const refused = new Map<string, { code: string; details: RefusedRows['details']; rows: string[] }>();
    const unchanged: string[] = [];
    for (const [mark, row] of this.#fresh) {
      if (row === 'unchanged') unchanged.push(mark);
      else {
        const { code, details } = row;
        const alike = refused.get(kindOf(row)) ?? { code, details, rows: [] };
        refused.set(kindOf(row), alike);
        alike.rows.push(mark);
      }
      this.#known.set(mark, row);
    }
    this.#fresh = new Map();
    const { source } = this;
    const command = new SettleImportRows(this.#sourceId, { source, refused: [...refused.values()], unchanged });
    await under(envelope, () => this.commands.execute(command));
  }
}

const kindOf = (row: SettledRow | undefined): string =>
  typeof row === 'object' ? JSON.stringify([row.code, row.details]) : (row ?? '');

/** The refusal of a row that an earlier import was refused. */
export const refusedBefore = ({ code, details }: Exclude<SettledRow, 'unchanged'>): Refusal =>
  new Refusal(code, 'An earlier import was refused this row, and it is not tried again.', details);
