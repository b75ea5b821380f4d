import type { CommandBus } from '@nestjs/cqrs';
import { Refusal } from '../errors.js';
import { under } from '../event-store/envelope.js';
import type { Envelope } from '../event-store/envelope.js';
import type { EventStore } from '../event-store/event-store.js';
import { idFrom } from '../ids.js';
import { SettleImportRows } from './commands.js';
import type { ImportEvents, RefusedRows } from './events.js';

/** How a row ended that left no event of its own. */
export type SettledRow = 'unchanged' | Pick<RefusedRows, 'code' | 'details'>;

/** So many characters of a command id stand for it: 96 bits. */
const MARK = 16;
const markOf = (commandId: string): string => commandId.slice('import-'.length).slice(0, MARK);

/**
 * Remembers rows that left no event of their own, on a stream of the log for each source: an accepted row is recognised by
 * its events, a refused one by this.
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

  /** Holds for this import at once, and for every later one after `write`. @returns whether that is news */
  add(commandId: string, row: SettledRow): boolean {
    if (kindOf(this.get(commandId)) === kindOf(row)) return false;
    this.#fresh.set(markOf(commandId), row);
    return true;
  }

  /** Makes durable what was added since the last call: many rows are one event. */
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

/** A refusal of an earlier import, as it is told again. */
export const refusedBefore = ({ code, details }: Exclude<SettledRow, 'unchanged'>): Refusal =>
  new Refusal(code, 'An earlier import was refused this row, and it is not tried again.', details);
