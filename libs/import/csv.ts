import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { CsvError, Parser } from 'csv-parse';
import { Invalid, Refusal } from '../errors.js';
import type { SourceFile } from './mapping.js';

/** One row of a file. Cells are trimmed; one that is not there is empty. */
export interface Row {
  /** Counts the rows after the header, from 1. */
  readonly number: number;
  /** Where it begins in the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Why it cannot be used. */
  readonly fault?: Refusal;
}

/** A row of more text than this is a wrong delimiter or an open quote. */
const LONGEST_ROW = 4 * 1024 * 1024;

/** What TextDecoder calls these, and what people do. */
export const encodings = [
  'utf-8',
  'latin1',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'iso-8859-2',
  'iso-8859-15',
  'utf-16le',
  'gb18030',
  'big5',
  'shift_jis',
  'euc-jp',
  'euc-kr',
] as const;

/** A CSV file of the folder that is imported, read as a stream. */
export class CsvFile {
  /** By name. Known once `open` has read the header. */
  columns: ReadonlyMap<string, number> = new Map();
  /** Of the bytes that were read, when all were. */
  sha256 = '';
  #width = 0;
  readonly #path: string;

  constructor(
    readonly name: string,
    readonly source: SourceFile,
    folder: string,
  ) {
    this.#path = resolve(folder, source.path);
    if (!this.#path.startsWith(resolve(folder) + sep)) {
      throw new Invalid('file-outside', `${source.path} is not in the folder that is imported.`, { file: source.path });
    }
  }

  /**
   * The rows in batches, as they are read.
   * @throws Invalid `file-missing` · `file-unreadable` · `file-empty` · `encoding-invalid` · `csv-invalid` · `header-duplicate`
   */
  async *batches(): AsyncGenerator<readonly Row[], void, undefined> {
    const { delimiter = ',', quote = '"', skipLines = 0, columns } = this.source;
    const options = { delimiter, quote: quote ?? false, escape: quote ?? false, max_record_size: LONGEST_ROW };
    const shape = { info: true, relax_column_count: true, skip_empty_lines: true, record_delimiter: '\n' };
    const buffers = { readableHighWaterMark: 512 };
    const input = Readable.from(this.#text(), { objectMode: true });
    const parser = parse({ ...options, ...shape, ...buffers, from_line: skipLines + 1 });
    input.on('error', (error) => parser.destroy(error));
    input.pipe(parser);
    let header = columns && this.#takeHeader(columns);
    let number = 0;
    try {
      for await (const batch of recordsOf(parser)) {
        const records = header ? batch : batch.slice(1);
        header ??= this.#takeHeader(batch[0]!.record);
        yield records.map(({ record, info }) => this.#row((number += 1), record, info.lines));
      }
    } catch (error) {
      throw this.#explained(error);
    } finally {
      input.destroy();
    }
    if (!header)
      throw new Invalid('file-empty', `${this.source.path} is empty: not even a header.`, { file: this.source.path });
  }

  #takeHeader(cells: readonly string[]): true {
    const names = cells.map((cell) => cell.trim());
    const twice = [...new Set(names.filter((name, index) => name !== '' && names.indexOf(name) !== index))];
    if (twice.length > 0) {
      throw new Invalid('header-duplicate', `${this.source.path} has the column ${twice.join(', ')} twice.`, {
        file: this.source.path,
        line: (this.source.skipLines ?? 0) + 1,
        columns: twice,
      });
    }
    this.columns = new Map(names.map((name, index) => [name, index]));
    this.#width = names.length;
    return true;
  }

  #row(number: number, record: readonly string[], lastLine: number): Row {
    const breaks = record.reduce((count, cell) => count + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0);
    const row = { number, line: lastLine - breaks, cells: record.map((cell) => cell.trim()) };
    if (record.length === this.#width) return row;
    const has = `The row has ${record.length} cells, the header ${this.#width}.`;
    if (record.length < this.#width) return { ...row, fault: new Refusal('row-too-short', has) };
    const [cells, more] = [row.cells.slice(0, this.#width), row.cells.slice(this.#width)];
    if (more.every((cell) => cell === '')) return { ...row, cells };
    return { ...row, fault: new Refusal('row-too-long', has) };
  }

  /** The file as text, line by line as it were: whatever ends a line in the file is `\n` here. */
  async *#text(): AsyncGenerator<string, void, undefined> {
    const decoder = new TextDecoder(this.source.encoding ?? 'utf-8', { fatal: true });
    const hash = createHash('sha256');
    let carriage = '';
    try {
      for await (const chunk of createReadStream(this.#path) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        // A carriage return at the end may be half of a line break.
        const text = carriage + decoder.decode(chunk, { stream: true });
        carriage = text.endsWith('\r') ? '\r' : '';
        yield (carriage ? text.slice(0, -1) : text).replace(/\r\n?/g, '\n');
      }
      yield (carriage + decoder.decode()).replace(/\r\n?/g, '\n');
    } catch (error) {
      throw isUndecodable(error) ? await this.#wronglyEncoded() : error;
    }
    this.sha256 = hash.digest('hex');
  }

  async #wronglyEncoded(): Promise<Invalid> {
    const { path, encoding = 'utf-8' } = this.source;
    const line = await firstUndecodableLine(this.#path, encoding);
    const hint = encoding === 'utf-8' ? ' The mapping can name another encoding, such as "latin1".' : '';
    return new Invalid('encoding-invalid', `${path} is not ${encoding}: line ${line} cannot be decoded.${hint}`, {
      file: path,
      line,
      encoding,
    });
  }

  #explained(error: unknown): unknown {
    if (error instanceof Refusal) return error;
    const { path } = this.source;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      return new Invalid('file-missing', `There is no ${basename(path)} in the folder.`, { file: path });
    if (isCsv(error)) {
      const line = Number((error as CsvError & { lines?: number }).lines ?? 0);
      return new Invalid('csv-invalid', `${path} is no CSV with these delimiters and quotes: ${message}`, {
        file: path,
        line,
      });
    }
    if (code === undefined) return error;
    return new Invalid('file-unreadable', `${path} cannot be read: ${message}.`, { file: path });
  }
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** What the parser has, whenever it has some: one turn of the event loop for many rows. */
async function* recordsOf(parser: Parser): AsyncGenerator<readonly CsvRecord[], void, undefined> {
  let wake: () => void = () => undefined;
  let failure: Error | undefined;
  parser.on('readable', () => wake());
  parser.on('end', () => wake());
  parser.on('error', (error) => {
    failure = error;
    wake();
  });
  for (;;) {
    const batch: CsvRecord[] = [];
    for (let record: CsvRecord | null; (record = parser.read() as CsvRecord | null) !== null;) batch.push(record);
    if (failure) throw failure;
    if (batch.length > 0) yield batch;
    else if (parser.readableEnded) return;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}

const isUndecodable = (error: unknown): boolean =>
  (error as { code?: unknown }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';

const isCsv = (error: unknown): boolean => /^(CSV|INVALID)_/.test(String((error as { code?: unknown }).code));

/** Read again, line by line, since decoders say that something is wrong and not where. */
async function firstUndecodableLine(path: string, encoding: string): Promise<number> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      for (let from = 0; from < chunk.length;) {
        const end = chunk.indexOf(0x0a, from);
        decoder.decode(chunk.subarray(from, end === -1 ? chunk.length : end + 1), { stream: true });
        if (end === -1) break;
        line += 1;
        from = end + 1;
      }
    }
    decoder.decode();
  } catch (error) {
    if (!isUndecodable(error)) throw error;
  }
  return line;
}
