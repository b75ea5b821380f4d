import { Refusal } from '../errors.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { Projection } from '../read-models/projection.js';
import type { Cell, Rollup } from '../read-models/rollup.js';
import type { AnyFact, Definition } from '../reports/report.js';
import { isDay } from '../time.js';

/*
 * Code of an extension, as it is handed on to the rest of the program: what it is given it may change without harm, and what it gives back
 * is checked where it is made, so that one document is parked and nothing else fails.
 */

/** Most characters of JSON that a document may have: engines refuse what is much larger. */
const LARGEST = 1_000_000;

export function guardedProjection(projection: Projection): Projection {
  return {
    ...projection,
    ids: (event) => projection.ids(copyOf(event)),
    evolve: (document, event, id) =>
      plain(projection.evolve(structuredClone(document), copyOf(event), id), `${projection.name} made`),
  };
}

/** Engines read the bodies of an event when they are asked for, so it has no fields of its own that could be cloned. */
function copyOf(event: RecordedEvent): RecordedEvent {
  const { position, stream, revision, id, type, schemaVersion, occurredAt, recordedAt, data, metadata } = event;
  const bodies = structuredClone({ data, metadata });
  return { position, stream, revision, id, type, schemaVersion, occurredAt, recordedAt, ...bodies };
}

/** A copy of a document that is nothing but JSON. @throws Error for what is none */
function plain(document: unknown, made: string): object | null {
  if (document === null) return null;
  if (typeof document !== 'object' || Array.isArray(document)) throw new Error(`${made} no document and not null`);
  const text = JSON.stringify(document);
  if (text.length > LARGEST) throw new Error(`${made} a document of more than ${LARGEST} characters`);
  return JSON.parse(text) as object;
}

export function guardedRollup(rollup: Rollup): Rollup {
  return {
    ...rollup,
    cells(document, zone) {
      const cells = rollup.cells(structuredClone(document), zone);
      if (!Array.isArray(cells)) throw new Error(`${rollup.name} made no list of cells`);
      for (const cell of cells) checkCell(rollup, cell as Cell);
      return cells;
    },
  };
}

function checkCell({ dimensions, measures, durations }: Rollup, cell: Cell): void {
  const { day, key, measures: counted = {}, durations: timed = {} } = cell;
  if (day !== undefined && !isDay(day)) throw new Error(`the day of a cell is not ${String(day)}`);
  checkNames('dimension', Object.keys(key), dimensions);
  checkNames('measure', Object.keys(counted), measures);
  checkNames('duration', Object.keys(timed), durations);
  for (const [dimension, value] of Object.entries(key))
    if (value !== null && typeof value !== 'string') throw new Error(`the ${dimension} of a cell is text or null`);
  for (const [duration, value] of Object.entries(timed))
    if (value === undefined || value < 0) throw new Error(`the ${duration} of a cell is not ${value}`);
}

function checkNames(kind: string, names: readonly string[], declared: readonly string[]): void {
  const unknown = names.find((name) => !declared.includes(name));
  if (unknown !== undefined) throw new Error(`a cell has the ${kind} ${unknown}, which is not declared`);
}

/** @param extension the file it is of, for refusals */
export function guardedReport(report: Definition, rollup: Rollup, extension: string): Definition {
  const { name } = report;
  const guarded = <Asked extends unknown[], Answer>(work: (...asked: Asked) => Answer) => {
    return (...asked: Asked): Answer => {
      try {
        return work(...asked);
      } catch (error) {
        throw failed(name, extension, error);
      }
    };
  };
  const facts = Object.entries(report.facts).map(([called, fact]): [string, AnyFact] => [
    called,
    { ...fact, which: guarded(fact.which), as: guarded(fact.as), ...(fact.key && { key: guarded(fact.key) }) },
  ]);
  return {
    ...report,
    rollup,
    facts: Object.fromEntries(facts),
    asks: guarded(report.asks),
    rows: guarded((sums, question, known) => {
      const rows = report.rows(sums, question, known);
      if (!Array.isArray(rows)) throw new Error('it made no list of rows');
      return JSON.parse(JSON.stringify(rows)) as typeof rows;
    }),
  };
}

const failed = (name: string, extension: string, error: unknown): Refusal =>
  new Refusal(
    'extension-failed',
    `The report ${name} of the extension ${extension} failed: ${messageOf(error)}.`,
    { extension },
    500,
  );

/** What went wrong in code that may throw anything. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
