import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { CsvFile } from '../../libs/import/csv.js';
import type { Row } from '../../libs/import/csv.js';
import type { SourceFile } from '../../libs/import/mapping.js';
import { exported, forgetExports } from './program.js';

afterAll(forgetExports);

async function read(
  content: string | Buffer,
  source: Partial<SourceFile> = {},
  folder = exported({ 'f.csv': content }),
) {
  const file = new CsvFile('f', { path: 'f.csv', ...source }, folder);
  const rows: Row[] = [];
  for await (const batch of file.batches()) rows.push(...batch);
  return { columns: [...file.columns.keys()], rows, sha256: file.sha256 };
}

/** Number, line and cells of each row, or why it cannot be used. */
const brief = ({ rows }: { rows: readonly Row[] }) =>
  rows.map(({ number, line, cells, fault }) => [number, line, fault?.code ?? cells.join('|')]);

describe('a file', () => {
  it('has columns by its header and rows with their lines', async () => {
    const found = await read('name,sector\nNorth Mill,food\nEast Works,steel\n');
    expect(found.columns).toEqual(['name', 'sector']);
    expect(brief(found)).toEqual([
      [1, 2, 'North Mill|food'],
      [2, 3, 'East Works|steel'],
    ]);
  });

  it.each([
    ['line ends of Windows', 'a,b\r\n1,2\r\n3,4\r\n'],
    ['line ends of old Macs', 'a,b\r1,2\r3,4\r'],
    ['mixed line ends', 'a,b\r\n1,2\n3,4'],
    ['a byte order mark', '\ufeffa,b\n1,2\n3,4\n'],
    ['blanks around', ' a , b\n 1 ,2 \n3, 4\n'],
    ['quotes', '"a","b"\n"1","2"\n3,"4"'],
    ['empty cells too many', 'a,b\n1,2,\n3,4,,\n'],
  ])('may have %s', async (_, content) => {
    const found = await read(content);
    expect(found.columns).toEqual(['a', 'b']);
    expect(brief(found)).toEqual([
      [1, 2, '1|2'],
      [2, 3, '3|4'],
    ]);
  });

  it('counts lines where quoted cells and empty lines have some', async () => {
    const found = await read('a,b\r\n1,"two\r\nlines"\r\n\r\n3,"q ""x"""\r\n5\r\n6,7,8\r\n');
    expect(brief(found)).toEqual([
      [1, 2, '1|two\nlines'],
      [2, 5, '3|q "x"'],
      [3, 6, 'row-too-short'],
      [4, 7, 'row-too-long'],
    ]);
  });

  it('may have another delimiter, no quotes, no header, lines before the header', async () => {
    expect(brief(await read('a;b\n1;x"y\n', { delimiter: ';', quote: null }))).toEqual([[1, 2, '1|x"y']]);
    expect(brief(await read('a\tb\n1\t2\n', { delimiter: '\t' }))).toEqual([[1, 2, '1|2']]);
    expect(brief(await read('1,2\n3,4\n', { columns: ['a', 'b'] }))).toHaveLength(2);
    expect(brief(await read('Export\n17 rows\na,b\n1,2\n', { skipLines: 2 }))).toEqual([[1, 4, '1|2']]);
  });

  it('may be in another encoding when that is said', async () => {
    const latin = Buffer.from('a,b\n1,Mühle\n', 'latin1');
    expect(brief(await read(latin, { encoding: 'latin1' }))).toEqual([[1, 2, '1|Mühle']]);
    const wide = Buffer.from('\ufeffa,b\n1,Mühle\n', 'utf16le');
    expect(brief(await read(wide, { encoding: 'utf-16le' }))).toEqual([[1, 2, '1|Mühle']]);
  });

  it('may have a header only, and is told apart by its content', async () => {
    const [header, same, other] = await Promise.all([read('a,b\n'), read('a,b\n'), read('a,b')]);
    expect(header).toMatchObject({ columns: ['a', 'b'], rows: [] });
    expect(header.sha256).toBe(same.sha256);
    expect(header.sha256).not.toBe(other.sha256);
  });

  it('is read in parts, however characters and line ends are cut', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `${index},"Mühle\r\nNr ${index} 製粉"\r\n`);
    const found = await read(`a,b\r\n${rows.join('')}`);
    expect(found.rows).toHaveLength(20_000);
    expect(found.rows[19_999]).toMatchObject({
      number: 20_000,
      line: 40_000,
      cells: ['19999', 'Mühle\nNr 19999 製粉'],
    });
  });
});

describe('a file that cannot be used is refused', () => {
  const latin = Buffer.from('a,b\n1,2\n3,Mühle\n', 'latin1');
  const cases: [string, string | Buffer, Partial<SourceFile>, string, object][] = [
    ['when it is not there', '', { path: 'g.csv' }, 'file-missing', { file: 'g.csv' }],
    ['when it is empty', '', {}, 'file-empty', {}],
    ['when it has empty lines only', '\ufeff\n\n', {}, 'file-empty', {}],
    ['when it is in another encoding', latin, {}, 'encoding-invalid', { line: 3, encoding: 'utf-8' }],
    ['when it ends within a character', Buffer.from([0x61, 0x0a, 0xc3]), {}, 'encoding-invalid', { line: 2 }],
    ['when it has a column twice', 'a,b, a\n', {}, 'header-duplicate', { columns: ['a'], line: 1 }],
    ['when a quote is left open', 'a,b\n1,"x\n2,3\n', {}, 'csv-invalid', {}],
    ['when there is text behind a quote', 'a,b\n1,"x"y\n', {}, 'csv-invalid', { line: 2 }],
    ['when a row has no end', `a,b\n1,"${'x'.repeat(5_000_000)}"\n`, {}, 'csv-invalid', { line: 2 }],
  ];
  it.each(cases)('%s', async (_, content, source, code, details) => {
    await expect(read(content, source)).rejects.toMatchObject({ code, status: 400, details });
  });

  it('when it is a folder, or outside of the folder', async () => {
    const folder = exported({});
    mkdirSync(join(folder, 'f.csv'));
    await expect(read('', {}, folder)).rejects.toMatchObject({ code: 'file-unreadable' });
    await expect(read('', { path: '../f.csv' }, folder)).rejects.toMatchObject({ code: 'file-outside' });
    await expect(read('', { path: '/etc/hostname' }, folder)).rejects.toMatchObject({ code: 'file-outside' });
  });
});
