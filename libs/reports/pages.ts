import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Invalid } from '../errors.js';
import type { Report } from './answer.js';
import type { Parameters } from './question.js';

/** A report with all its rows, which have no names yet but those in `names`. */
export interface Whole {
  readonly report: Report;
  readonly names: Map<string, string>;
}

/** Rows that are kept for further pages, and for how long, in milliseconds. */
const MOST_ROWS = 200_000;
const KEPT_FOR = 600_000;
/** Rows of a page that names no limit. */
const LIMIT = 50;

/** What a cursor says: the question, the position of the log and the first row. */
const PLACE = /^(\S+) (\d{1,15}) (\d{1,15})$/;

/** Where a page begins, and in which rows: those of this position of the log. */
interface Place {
  readonly position: number;
  readonly from: number;
}

/** Parts reports into pages. The rows are kept for a while, since the next page has to be one of the same rows. */
export class ReportPages {
  readonly #kept = new LRUCache<string, Whole>({
    maxSize: MOST_ROWS,
    ttl: KEPT_FOR,
    sizeCalculation: ({ report }) => 1 + report.rows.length,
  });

  /** The rows of this question at a position of the log, if they are kept. */
  get(name: string, parameters: Parameters, position: number): Whole | undefined {
    return this.#kept.get(`${keyOf(name, parameters)} ${position}`);
  }

  keep(name: string, parameters: Parameters, whole: Whole): void {
    this.#kept.set(`${keyOf(name, parameters)} ${whole.report.position}`, whole);
  }
}

export const isPaged = ({ limit, cursor }: Parameters): boolean => limit !== undefined || cursor !== undefined;

/** Where the page begins; nothing for the first. @throws Invalid `cursor-invalid` for a cursor of another question */
export function placeIn(name: string, parameters: Parameters): Place | undefined {
  if (parameters.cursor === undefined) return undefined;
  const [, asked, position, from] = PLACE.exec(Buffer.from(parameters.cursor, 'base64url').toString()) ?? [];
  if (asked === keyOf(name, parameters)) return { position: Number(position), from: Number(from) };
  throw new Invalid('cursor-invalid', 'The cursor belongs to another report or question.', { field: 'cursor' });
}

/** A page of a report. @throws Invalid `cursor-outdated` for a page of rows that are others by now */
export function pageOf({ report }: Whole, parameters: Parameters, place: Place | undefined): Report {
  const { from, position } = place ?? { from: 0, position: report.position };
  if (position !== report.position) {
    const message = 'New events have changed the rows since the page before: begin with the first page again.';
    throw new Invalid('cursor-outdated', message, { field: 'cursor', position: report.position });
  }
  const to = from + (parameters.limit ?? LIMIT);
  const next = Buffer.from([keyOf(report.report, parameters), position, to].join(' ')).toString('base64url');
  return { ...report, rows: report.rows.slice(from, to), ...(to < report.rows.length && { next }) };
}

/** What is asked, whichever page of it. */
function keyOf(name: string, { limit: _, cursor: __, after: ___, ...question }: Parameters): string {
  const sorted = Object.entries(question)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return hash('sha256', JSON.stringify([name, sorted]), 'base64url').slice(0, 22);
}
