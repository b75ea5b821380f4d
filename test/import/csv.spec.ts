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

  const stray = 'row-quotes-invalid';
  const strays: [string, string, [number, number, string][]][] = [
    [
      'in a cell',
      '1,19" Monitor\n2,x\n',
      [
        [1, 2, stray],
        [2, 3, '2|x'],
      ],
    ],
    [
      'behind a cell in quotes',
      '1,"x"y\n2,"x"\n',
      [
        [1, 2, stray],
        [2, 3, '2|x'],
      ],
    ],
    [
      'that is never closed',
      '1,"x\n2,y\n3,z\n',
      [
        [1, 2, stray],
        [2, 3, '2|y'],
        [3, 4, '3|z'],
      ],
    ],
    [
      'that the next row closes',
      '1,"x\n2,"y"\n3,z',
      [
        [1, 2, stray],
        [2, 3, '2|y'],
        [3, 4, '3|z'],
      ],
    ],
    [
      'at the end',
      '1,"x\ny"\n2,z"',
      [
        [1, 2, '1|x\ny'],
        [2, 4, stray],
      ],
    ],
    [
      'in every row',
      '1,a"\n2,b"\n3,"c',
      [
        [1, 2, stray],
        [2, 3, stray],
        [3, 4, stray],
      ],
    ],
  ];
  it.each(strays)('with a stray quote %s loses that row only', async (_, rows, expected) => {
    expect(brief(await read(`a,b\n${rows}`))).toEqual(expected);
  });

  it('with a stray quote loses that row only, however the file is cut', async () => {
    const row = (index: number) => (index % 7_000 === 6_999 ? `${index},"x` : `${index},"x\n""y"""`);
    const lines = Array.from({ length: 30_000 }, (_, index) => row(index));
    const found = await read(`a,b\n${lines.join('\n')}\n`);
    expect(found.rows).toHaveLength(30_000);
    expect(found.rows.filter(({ fault }) => fault).map(({ number }) => number)).toEqual([
      7_000, 14_000, 21_000, 28_000,
    ]);
    expect(found.rows.filter(({ fault }) => !fault).every(({ cells }) => cells[1] === 'x\n"y"')).toBe(true);
    expect(found.rows.at(-1)).toMatchObject({ number: 30_000, line: 2 * 30_000 - 4 });
  });

  it('may have lines before the header that are no CSV', async () => {
    const found = await read('Report "of 19" items\n\na "note\na,b\n1,2\n', { skipLines: 3 });
    expect(found.columns).toEqual(['a', 'b']);
    expect(brief(found)).toEqual([[1, 5, '1|2']]);
    const windows = await read('x\r\n"\r\na,b\r\n1,2\r\n', { skipLines: 2 });
    expect(brief(windows)).toEqual([[1, 4, '1|2']]);
  });

  it('has no rows where nothing stands', async () => {
    const found = await read(';;\na;b;c\n;;\n1;2;3\n ; ;\n\n;\n4;;\n', { delimiter: ';' });
    expect(found.columns).toEqual(['a', 'b', 'c']);
    expect(brief(found)).toEqual([
      [1, 4, '1|2|3'],
      [2, 8, '4||'],
    ]);
  });

  it('may lack cells at the end when that is said', async () => {
    const content = 'a,b,c\n1\n1,2\n1,2,3,4\n';
    expect(brief(await read(content, { missingCells: 'empty' }))).toEqual([
      [1, 2, '1'],
      [2, 3, '1|2'],
      [3, 4, 'row-too-long'],
    ]);
    expect(brief(await read(content))).toEqual([
      [1, 2, 'row-too-short'],
      [2, 3, 'row-too-short'],
      [3, 4, 'row-too-long'],
    ]);
  });

  it('may have columns of a fixed width', async () => {
    const content = 'No  Name      City\n1   Mühle "N" Köln, am Rhein\n2   𠮷野家\n\n300 A         B\n';
    const found = await read(content, { widths: [4, 10, 4] });
    expect(found.columns).toEqual(['No', 'Name', 'City']);
    expect(brief(found)).toEqual([
      [1, 2, '1|Mühle "N"|Köln, am Rhein'],
      [2, 3, '2|𠮷野家|'],
      [3, 5, '300|A|B'],
    ]);
    expect(brief(await read('12ab\r\n3\r\n', { widths: [2, 2], columns: ['x', 'y'] }))).toEqual([
      [1, 1, '12|ab'],
      [2, 2, '3|'],
    ]);
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
    ['when its header has a stray quote', 'a,b"\n1,2\n', {}, 'csv-invalid', { line: 1 }],
    ['when its header has one behind other lines', 'x"\na,b"\n1,2\n', { skipLines: 1 }, 'csv-invalid', { line: 2 }],
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
