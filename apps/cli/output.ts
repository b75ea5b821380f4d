import type { WriteStream } from 'node:tty';
import colors from 'picocolors';
import type { Colors } from 'picocolors/types.js';
import { Refusal } from '../../libs/errors.js';
import { problemOf } from '../../libs/http/problem.filter.js';
import { lines, render } from './table.js';
import type { Grid } from './table.js';
import { cut } from './text-width.js';

type Stream = Pick<WriteStream, 'write' | 'isTTY' | 'columns' | 'rows' | 'once'>;

/** Rows of a table that a terminal is given at least, however low it is. */
const LEAST_ROWS = 100;

/** Answers go to standard output, everything else to standard error. */
export class Output {
  readonly colours: Colors;

  /**
   * @param json whether answers are for programs: one JSON document each
   * @param coloured whether a terminal is written to in colours; a file or another program never is
   */
  constructor(
    readonly json: boolean,
    private readonly out: Stream = process.stdout,
    private readonly err: Stream = process.stderr,
    coloured = colors.isColorSupported,
  ) {
    this.colours = colors.createColors(Boolean(out.isTTY) && coloured);
  }

  /** Columns of the terminal; what goes to a file or another program is never cut. */
  get width(): number {
    return this.out.isTTY ? this.out.columns || 80 : Infinity;
  }

  /** The answer of the command: the value itself, or the text that people read. */
  answer(value: unknown, text: () => string): void {
    this.out.write(`${this.json ? JSON.stringify(value, null, 2) : text()}\n`);
  }

  /** An answer in a form of its own, ends of lines included. */
  raw(text: string): void {
    this.out.write(text);
  }

  /** A line for programs, whether or not people are reading. Waits for a reader that is slower. */
  async line(value: unknown): Promise<void> {
    await this.part(`${JSON.stringify(value)}\n`);
  }

  /** A part of an answer that is written bit by bit. Waits for a reader that is slower. */
  async part(text: string): Promise<void> {
    if (!this.out.write(text)) await new Promise((resolve) => this.out.once('drain', () => resolve(undefined)));
  }

  /** What people should know and programs need not. */
  note(text: string): void {
    this.err.write(`${text}\n`);
  }

  /** What fits on a terminal, with a word on how to see the rest; all of it elsewhere. */
  table(grid: Grid): string {
    const most = this.out.isTTY ? Math.max(LEAST_ROWS, this.out.rows || 0) : Infinity;
    const rows = grid.rows.slice(0, most);
    const { text, left } = render({ columns: grid.columns, rows }, this.width, this.colours);
    const missing = [
      ...(rows.length < grid.rows.length ? [`${(grid.rows.length - rows.length).toLocaleString('en')} more rows`] : []),
      ...(left.length > 0 ? [`no room for ${left.join(', ')}`] : []),
    ];
    if (missing.length === 0) return text;
    const how = 'Pipe it, as in | less -S, to see all of it, or ask for --json.';
    return [text, this.remark(`… ${missing.join('; ')}. ${how}`)].join('\n');
  }

  /** A word beside the answer, in as many lines as it takes. */
  remark(text: string): string {
    return lines(text, this.width).map(this.colours.dim).join('\n');
  }

  title(text: string): string {
    return this.colours.bold(cut(text, this.width));
  }

  /** Why nothing was done. */
  refuse(error: unknown): void {
    const fault = !(error instanceof Refusal);
    if (this.json) {
      const problem = { ...problemOf(error), ...(fault && { detail: 'Standard error says more.' }) };
      this.out.write(`${JSON.stringify(problem, null, 2)}\n`);
    }
    if (fault) this.err.write(`internal: ${error instanceof Error ? error.stack : String(error)}\n`);
    else if (!this.json) this.err.write(`${error.code}: ${error.message}\n${candidatesOf(error)}`);
  }
}

/** What could have been meant, where the refusal knows. */
function candidatesOf({ details }: Refusal): string {
  const candidates = details['candidates'] ?? details['valid'];
  if (!Array.isArray(candidates)) return '';
  return candidates
    .map((each: unknown) => `  ${typeof each === 'string' ? each : Object.values(each as object).join('  ')}\n`)
    .join('');
}
