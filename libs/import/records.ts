import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { Parser } from 'csv-parse';
import type { SourceFile } from './mapping.js';
import { LONGEST_ROW, Quotes } from './quotes.js';

/** Cells of a row, and its line, counted from the first one that is not skipped. */
export interface FileRecord {
  readonly line: number;
  /** Null for a row with unbalanced quotes. */
  readonly cells: readonly string[] | null;
}

/** The rows of a text with delimiters, in batches. Blank ones are passed over. */
export async function* recordsOf(
  text: AsyncIterable<string>,
  { delimiter = ',', quote = '"' }: Pick<SourceFile, 'delimiter' | 'quote'>,
): AsyncGenerator<readonly FileRecord[], void, undefined> {
  const quotes = quote === null ? undefined : new Quotes(delimiter, quote);
  const options = { delimiter, quote: quote ?? false, escape: quote ?? false, max_record_size: LONGEST_ROW };
  const shape = { info: true, relax_column_count: true, skip_empty_lines: true, record_delimiter: '\n' };
  const buffers = { readableHighWaterMark: 512 };
  const parser = parse({ ...options, ...shape, ...buffers });
  const input = Readable.from(quotes ? checked(text, quotes) : text, { objectMode: true });
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  let strays = 0;
  try {
    for await (const batch of parsed(parser)) {
      const found: FileRecord[] = [];
      for (const record of batch) {
        for (; (quotes?.strays[strays] ?? Infinity) < record.line; strays += 1)
          found.push({ line: quotes!.strays[strays]!, cells: null });
        if (record.cells.some((cell) => cell.trim() !== '')) found.push(record);
      }
      yield found;
    }
    yield (quotes?.strays ?? []).slice(strays).map((line) => ({ line, cells: null }));
  } finally {
    input.destroy();
  }
}

/** The rows of a text whose columns have a fixed width; the last column takes the rest of the line. */
export async function* fixedRecordsOf(
  text: AsyncIterable<string>,
  widths: readonly number[],
): AsyncGenerator<readonly FileRecord[], void, undefined> {
  let [rest, line] = ['', 0];
  const cut = (lines: readonly string[]): readonly FileRecord[] =>
    lines.flatMap((each) => {
      line += 1;
      return each.trim() === '' ? [] : [{ line, cells: cells(each, widths) }];
    });
  for await (const part of text) {
    const lines = (rest + part).split('\n');
    rest = lines.pop()!;
    yield cut(lines);
  }
  yield cut([rest]);
}

/** Splits by characters, not by UTF-16 units. */
function cells(line: string, widths: readonly number[]): readonly string[] {
  const characters = [...line];
  let from = 0;
  return widths.map((width, index) => {
    const to = index === widths.length - 1 ? undefined : from + width;
    const cell = characters.slice(from, to).join('');
    from += width;
    return cell;
  });
}

async function* checked(text: AsyncIterable<string>, quotes: Quotes): AsyncGenerator<string, void, undefined> {
  for await (const part of text) {
    const whole = quotes.take(part);
    if (whole !== '') yield whole;
  }
  yield quotes.end();
}

/** Yields rows in batches, whenever the parser has some, to save turns of the event loop. */
async function* parsed(
  parser: Parser,
): AsyncGenerator<readonly (FileRecord & { readonly cells: readonly string[] })[], void, undefined> {
  let wake: () => void = () => undefined;
  let failure: Error | undefined;
  parser.on('readable', () => wake());
  parser.on('end', () => wake());
  parser.on('error', (error) => {
    failure = error;
    wake();
  });
  type Parsed = { readonly record: readonly string[]; readonly info: { readonly lines: number } };
  for (;;) {
    const batch: Parsed[] = [];
    for (let found: Parsed | null; (found = parser.read() as Parsed | null) !== null;) batch.push(found);
    if (failure) throw failure;
    if (batch.length > 0)
      yield batch.map(({ record, info }) => ({ cells: record, line: info.lines - breaksIn(record) }));
    else if (parser.readableEnded) return;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}

const breaksIn = (record: readonly string[]): number =>
  record.reduce((count, cell) => count + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0);
