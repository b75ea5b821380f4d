/** Maximum length of a row; a longer one means a wrong delimiter or an open quote. */
export const LONGEST_ROW = 4 * 1024 * 1024;

/**
 * Removes lines with unbalanced quotes before the parser sees them, since an open quote would put the rest of the file into one
 * cell. Leaves an empty line in their place, so that line numbers stay the same.
 */
export class Quotes {
  /** Numbers of the removed lines, from 1, ascending. */
  readonly strays: number[] = [];
  #rest = '';
  #line = 1;

  constructor(
    private readonly delimiter: string,
    private readonly quote: string,
  ) {}

  /** @returns complete rows; an incomplete one comes with a later part */
  take(part: string): string {
    return this.#checked(this.#rest + part, false);
  }

  /** @returns the rest */
  end(): string {
    return this.#checked(this.#rest === '' || this.#rest.endsWith('\n') ? this.#rest : `${this.#rest}\n`, true);
  }

  #checked(text: string, isLast: boolean): string {
    const { quote } = this;
    const kept: string[] = [];
    let [from, start] = [0, 0];
    let next = text.indexOf(quote);
    for (let lineEnd; (lineEnd = text.indexOf('\n', start)) !== -1;) {
      if (next !== -1 && next < start) next = text.indexOf(quote, start);
      let end: number | 'open' | 'stray' = next === -1 || next > lineEnd ? lineEnd : this.#endOfRow(text, start);
      if (end === 'open' && !isLast && text.length - start <= LONGEST_ROW) break;
      if (typeof end === 'string') {
        this.strays.push(this.#line);
        kept.push(text.slice(from, start), '\n');
        from = lineEnd + 1;
        end = lineEnd;
      }
      this.#line += linesIn(text, start, end);
      start = end + 1;
    }
    // A line that is too long is passed on, so that the parser reports it.
    if (!text.includes('\n', start) && text.length - start > LONGEST_ROW) start = text.length;
    kept.push(text.slice(from, start));
    this.#rest = text.slice(start);
    return kept.join('');
  }

  /** End of the row that begins here; `open` when it is incomplete, `stray` when its quotes are unbalanced. */
  #endOfRow(text: string, start: number): number | 'open' | 'stray' {
    const { delimiter, quote } = this;
    for (let cell = start; ;) {
      let end = cell;
      if (text[cell] === quote) {
        end = this.#endOfQuoted(text, cell);
        if (end === -1 || end >= text.length) return 'open';
      } else {
        while (text[end] !== '\n' && !text.startsWith(delimiter, end)) {
          if (end >= text.length) return 'open';
          if (text[end] === quote) return 'stray';
          end += 1;
        }
      }
      if (text[end] === '\n') return end;
      if (!text.startsWith(delimiter, end)) return 'stray';
      cell = end + delimiter.length;
    }
  }

  /** The place behind the closing quote; -1 when there is none. */
  #endOfQuoted(text: string, start: number): number {
    for (let from = start + 1; ;) {
      const closing = text.indexOf(this.quote, from);
      if (closing === -1) return -1;
      if (text[closing + 1] !== this.quote) return closing + 1;
      from = closing + 2;
    }
  }
}

function linesIn(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at <= to; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
