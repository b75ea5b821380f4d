import { createHash } from 'node:crypto';
import { basename, resolve, sep } from 'node:path';
import type { CsvError } from 'csv-parse';
import { Invalid, Refusal } from '../errors.js';
import { textOf, Undecodable } from './file-text.js';
import type { SourceFile } from './mapping.js';
import { fixedRecordsOf, recordsOf } from './records.js';

/** One row of a file. Cells are trimmed; missing ones are empty. */
export interface Row {
  /** Counts the rows after the header, from 1. */
  readonly number: number;
  /** Line of the file on which it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Why it cannot be used. */
  readonly fault?: Refusal;
}

/** Encodings by the names of TextDecoder and by common names. */
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
  /** Indexes by name; set when `open` has read the header. */
  columns: ReadonlyMap<string, number> = new Map();
  /** Hash of all bytes; set at the end of the file. */
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
    const { columns, skipLines = 0, encoding = 'utf-8', widths } = this.source;
    const hash = createHash('sha256');
    const text = textOf(this.#path, encoding, skipLines, hash);
    let header = columns && this.#takeHeader(columns);
    let number = 0;
    try {
      for await (const batch of widths ? fixedRecordsOf(text, widths) : recordsOf(text, this.source)) {
        if (batch.length === 0) continue;
        const rows = header ? batch : batch.slice(1);
        header ??= this.#takeHeader(batch[0]!.cells ?? this.#badHeader(batch[0]!.line));
        yield rows.map(({ cells, line }) => this.#row((number += 1), line + skipLines, cells));
      }
    } catch (error) {
      throw this.#explained(error);
    }
    if (!header)
      throw new Invalid('file-empty', `${this.source.path} is empty: not even a header.`, { file: this.source.path });
    this.sha256 = hash.digest('hex');
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

  #row(number: number, line: number, record: readonly string[] | null): Row {
    if (record === null) {
      const why = 'A quote stands where none can be: it is to be doubled, and its cell put in quotes.';
      return { number, line, cells: [], fault: new Refusal('row-quotes-invalid', why) };
    }
    const row = { number, line, cells: record.map((cell) => cell.trim()) };
    if (record.length === this.#width) return row;
    const has = `The row has ${record.length} cells, the header ${this.#width}.`;
    if (record.length < this.#width) {
      if (this.source.missingCells === 'empty') return row;
      return { ...row, fault: new Refusal('row-too-short', has) };
    }
    const [cells, more] = [row.cells.slice(0, this.#width), row.cells.slice(this.#width)];
    if (more.every((cell) => cell === '')) return { ...row, cells };
    return { ...row, fault: new Refusal('row-too-long', has) };
  }

  #badHeader(line: number): never {
    const { path, skipLines = 0 } = this.source;
    throw new Invalid(
      'csv-invalid',
      `${path} is no CSV with these delimiters and quotes: its header has a stray quote.`,
      {
        file: path,
        line: line + skipLines,
      },
    );
  }

  #explained(error: unknown): unknown {
    if (error instanceof Refusal) return error;
    const { path, skipLines = 0, encoding = 'utf-8' } = this.source;
    if (error instanceof Undecodable) {
      const { line } = error;
      const hint = encoding === 'utf-8' ? ' The mapping can name another encoding, such as "latin1".' : '';
      return new Invalid('encoding-invalid', `${path} is not ${encoding}: line ${line} cannot be decoded.${hint}`, {
        file: path,
        line,
        encoding,
      });
    }
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      return new Invalid('file-missing', `There is no ${basename(path)} in the folder.`, { file: path });
    if (isCsv(error)) {
      const line = Number((error as CsvError & { lines?: number }).lines ?? 0) + skipLines;
      return new Invalid('csv-invalid', `${path} is no CSV with these delimiters and quotes: ${message}`, {
        file: path,
        line,
      });
    }
    if (code === undefined) return error;
    return new Invalid('file-unreadable', `${path} cannot be read: ${message}.`, { file: path });
  }
}

const isCsv = (error: unknown): boolean => /^(CSV|INVALID)_/.test(String((error as { code?: unknown }).code));
