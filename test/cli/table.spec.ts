import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import colors from 'picocolors';
import { fit, render } from '../../apps/cli/table.js';
import { widthOf } from '../../apps/cli/text-width.js';

const plain = colors.createColors(false);
const linesOf = (text: string): string[] => text.split('\n');

describe('a table', () => {
  it('puts text left and numbers right, under titles', () => {
    const columns = [{ title: 'stage' }, { title: 'won', number: true }, { title: 'note' }];
    const rows = [
      ['Identified', '4', 'first'],
      ['Won', '1,204', ''],
    ];
    expect(linesOf(render({ columns, rows }, Infinity, plain).text)).toEqual([
      'stage         won  note',
      'Identified      4  first',
      'Won         1,204',
    ]);
  });

  it('counts wide characters as two columns', () => {
    const columns = [{ title: 'name' }, { title: 'n', number: true }];
    const rows = [
      ['客户经理', '1'],
      ['ab', '22'],
    ];
    expect(linesOf(render({ columns, rows }, Infinity, plain).text)).toEqual([
      'name       n',
      '客户经理   1',
      'ab        22',
    ]);
  });

  it('cuts the longest text first, with an ellipsis, and keeps numbers whole', () => {
    const columns = [{ title: 'a' }, { title: 'b' }, { title: 'n', number: true }];
    const rows = [['a long explanation of something', 'short text', '1,000,000']];
    expect(linesOf(render({ columns, rows }, 40, plain).text)).toEqual([
      'a                   b                  n',
      'a long explanation… short text 1,000,000',
    ]);
  });

  it('leaves columns out from the right when even that is too wide', () => {
    const columns = ['one', 'two', 'three'].map((title) => ({ title, number: true }));
    expect(linesOf(render({ columns, rows: [['11111', '22222', '33333']] }, 14, plain).text)).toEqual([
      '  one   two …',
      '11111 22222 …',
    ]);
  });

  it('puts the words of long titles under each other where there is little room', () => {
    const columns = [{ title: 'stage' }, { title: 'conversion to next', number: true }];
    expect(linesOf(render({ columns, rows: [['Qualified', '75.0%']] }, 24, plain).text)).toEqual([
      '           conversion',
      'stage         to next',
      'Qualified       75.0%',
    ]);
  });

  it('shows what data holds in one line, whatever it holds', () => {
    const columns = [{ title: 'note' }];
    const rows = [['two\nlines\tand \u001b[31mred\u001b[0m\u202e']];
    expect(linesOf(render({ columns, rows }, Infinity, plain).text)).toEqual(['note', 'two lines and  [31mred [0m']);
  });

  it('colours titles alone', () => {
    const { text: painted } = render({ columns: [{ title: 'a' }], rows: [['b']] }, 80, colors.createColors(true));
    expect(painted).toBe('\u001b[2ma\u001b[22m\nb');
  });

  it('can be of more rows than a call has arguments', () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [String(index)]);
    const { text } = render({ columns: [{ title: 'n', number: true }], rows }, Infinity, plain);
    expect(text.slice(-13)).toBe('199998\n199999');
  });

  it('says which columns it has left out', () => {
    const columns = ['one', 'two', 'three'].map((title) => ({ title, number: true }));
    expect(render({ columns, rows: [['11111', '22222', '33333']] }, 14, plain).left).toEqual(['three']);
  });

  it('is never wider than it may be, and has a line for every row', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom('客户经理', 'プロジェクト名', '👩‍👩‍👧 family', 'é́é', '1,234.50'),
    );
    const column = fc.record({
      title: fc.constantFrom('name', 'won', 'days in stage p50', '金额'),
      number: fc.boolean(),
    });
    const grids = fc.array(column, { minLength: 1, maxLength: 6 }).chain((columns) =>
      fc.record({
        columns: fc.constant(columns),
        rows: fc.array(fc.array(text, { minLength: columns.length, maxLength: columns.length }), { maxLength: 5 }),
      }),
    );
    fc.assert(
      fc.property(grids, fc.integer({ min: 4, max: 120 }), (grid, width) => {
        const lines = linesOf(render(grid, width, plain).text);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(lines.length).toBeGreaterThanOrEqual(grid.rows.length + 1);
        expect(lines.length).toBeLessThanOrEqual(grid.rows.length + 4);
      }),
    );
  });
});

describe('fitting columns', () => {
  const number = (natural: number) => ({ natural, least: natural });
  const text = (natural: number, least = 10) => ({ natural, least: Math.min(natural, least) });

  it('gives every column what it wants where there is room', () => {
    expect(fit([text(12), number(5)], 19, 2)).toEqual([12, 5]);
  });

  it('uses all the room there is', () => {
    expect(fit([text(30), text(12), number(5)], 40, 2)).toEqual([19, 12, 5]);
  });

  it('keeps at least a part of the first column', () => {
    expect(fit([text(30, 20), number(50)], 12, 2)).toEqual([9]);
  });
});
