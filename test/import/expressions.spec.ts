import { describe, expect, it } from '@jest/globals';
import { Columns } from '../../libs/import/columns.js';
import type { CompileContext, Reference } from '../../libs/import/compile-context.js';
import { Expressions } from '../../libs/import/expressions.js';
import type { Condition, Expression, Mapping } from '../../libs/import/mapping.js';
import { day, flag, integer, list, moment, money, oneOf, ref, text } from '../../libs/import/steps/step.js';
import type { Field } from '../../libs/import/steps/step.js';
import { idOf } from '../../libs/import/compile-context.js';

type Cells = Readonly<Record<string, string>>;

/** Reads an expression off a row; other files are given by name. */
function evaluated(
  expression: Expression | readonly Expression[],
  field: Field,
  cells: Cells = {},
  mapping: Partial<Mapping> = {},
  others: Readonly<Record<string, readonly Cells[]>> = {},
) {
  const problems: string[] = [];
  const references: Reference[] = [];
  const columns = new Columns();
  const files = new Map([
    ...Object.keys(others).map((name) => [name, new Columns()] as const),
    ['own', columns] as const,
  ]);
  const on: CompileContext = {
    mapping: { source: 'test', steps: [], ...mapping },
    latest: '2026-06-30T12:00:00.000Z',
    targets: {},
    files,
    tables: [],
    problem: (path, message) => problems.push(`${path} ${message}`),
    refers: (reference) => references.push(reference),
  };
  const read = new Expressions(on, columns).typed(expression, field, 'field');
  columns.settle(new Map(Object.keys(cells).map((name, index) => [name, index])));
  for (const [name, rows] of Object.entries(others)) {
    files.get(name)!.settle(new Map(Object.keys(rows[0] ?? {}).map((column, index) => [column, index])));
    for (const each of rows) {
      const row = { number: 1, line: 1, cells: Object.values(each) };
      for (const { file, table } of on.tables) if (file === name) table.take(row);
    }
  }
  const value = () => read({ number: 1, line: 1, cells: Object.values(cells) });
  return { value, problems, references };
}

const of = (...given: Parameters<typeof evaluated>) => evaluated(...given).value();
const refused = (code: string) => expect.objectContaining({ code }) as unknown as Error;

describe('a text', () => {
  const row = { First: 'Ada', Last: 'Agent', Title: '', 'Odd {name}': 'x' };
  const texts: [Expression, string | null][] = [
    ['{First}', 'Ada'],
    ['{First} {Last}', 'Ada Agent'],
    ['{ First }', 'Ada'],
    ['Sales, {Last}', 'Sales, Agent'],
    ['{Title} {Last}', null],
    ['{Title?} {Last}', 'Agent'],
    ['{Title?}', null],
    ['{{First}}', '{First}'],
    ['{{{First}}}', '{Ada}'],
    ['plain', 'plain'],
    ['', null],
    [{ column: 'Odd {name}' }, 'x'],
    [{ column: 'Title' }, null],
    [{ text: '{First}!', case: 'upper' }, 'ADA!'],
    [{ value: 'Ada', case: 'lower' }, 'ada'],
    [17, '17'],
    [null, null],
    [{ first: ['{Title}', '{First}', 'none'] }, 'Ada'],
    [{ first: ['{Title}', 'none'] }, 'none'],
    [{ first: ['{Title}'] }, null],
    [{ column: 'First', when: { column: 'Title', present: true } }, null],
  ];
  it.each(texts)('%j', (expression, expected) => {
    expect(of(expression, text, row)).toBe(expected);
  });

  it.each(['{First', 'First}', '{}', '{a{b}'])('%s has a brace too many', (template) => {
    expect(evaluated(template, text, row).problems).toEqual([expect.stringContaining('a brace that is not closed')]);
  });
});

describe('a map', () => {
  const maps = { states: { Gewonnen: 'won', Offen: null } };
  it('replaces what it knows, by name or written out, and keeps the rest', () => {
    expect(of({ column: 's', map: 'states' }, text, { s: 'Gewonnen' }, { maps })).toBe('won');
    expect(of({ column: 's', map: 'states' }, text, { s: 'Offen' }, { maps })).toBeNull();
    expect(of({ column: 's', map: 'states' }, text, { s: 'Neu' }, { maps })).toBe('Neu');
    expect(of({ column: 's', map: { ja: true } }, flag, { s: 'ja' })).toBe(true);
    expect(of({ column: 's', map: { '0000-00-00': null } }, day, { s: '0000-00-00' })).toBeNull();
  });

  it('can do otherwise with what it does not know', () => {
    const states = { Neu: 'new' };
    expect(of({ column: 's', map: states, unmapped: 'empty' }, text, { s: 'Alt' })).toBeNull();
    const reject = evaluated({ column: 's', map: states, unmapped: 'reject' }, text, { s: 'Alt' });
    expect(reject.value).toThrow(refused('value-invalid'));
  });

  it('is no way to the insides of objects', () => {
    expect(of({ column: 's', map: { a: 'b' } }, text, { s: 'constructor' })).toBe('constructor');
    expect(of({ column: 's', map: { a: 'b' } }, text, { s: '__proto__' })).toBe('__proto__');
  });
});

describe('a field', () => {
  const formats = { date: 'dd.MM.yyyy', zone: 'Europe/Berlin', decimal: ',', thousands: '.', currency: 'EUR' } as const;
  const values: [string, Expression | Expression[], Field, Cells, unknown][] = [
    ['an amount', '{v}', money, { v: '1.234,50' }, { amount: 123_450, currency: 'EUR' }],
    [
      'an amount in millions',
      { column: 'v', scale: 1e6 },
      money,
      { v: '1,5' },
      { amount: 150_000_000, currency: 'EUR' },
    ],
    [
      'an amount in its own currency',
      { column: 'v', currency: '{c}' },
      money,
      { v: '7', c: 'JPY' },
      { amount: 7, currency: 'JPY' },
    ],
    ['a written amount', 12.5, money, {}, { amount: 1_250, currency: 'EUR' }],
    [
      'an amount otherwise written',
      { column: 'v', decimal: '.', thousands: ',' },
      money,
      { v: '1,234.5' },
      { amount: 123_450, currency: 'EUR' },
    ],
    ['a whole number', '{v}', integer, { v: '1.200' }, 1_200],
    ['a rounded number', { column: 'v', round: true }, integer, { v: '2,5' }, 3],
    ['a day', '{v}', day, { v: '31.12.2023' }, '2023-12-31'],
    ['a moment', '{v}', moment, { v: '31.12.2023' }, '2023-12-30T23:00:00.000Z'],
    [
      'a moment elsewhere',
      { column: 'v', zone: 'UTC', date: 'iso' },
      moment,
      { v: '2023-12-31' },
      '2023-12-31T00:00:00.000Z',
    ],
    ['a choice', '{v}', oneOf(['a', 'b']), { v: 'b' }, 'b'],
    ['yes', '{v}', flag, { v: 'Yes' }, true],
    ['no', '{v}', flag, { v: '0' }, false],
    ['a list of one', '{v}', list(text), { v: 'a' }, ['a']],
    ['a list of several', ['{v}', '{w}', 'c'], list(text), { v: 'a', w: '' }, ['a', 'c']],
    ['a split list', { column: 'v', split: ',' }, list(text), { v: 'a, b,,a' }, ['a', 'b']],
    ['a list with a split part', ['x', { column: 'v', split: '|' }], list(oneOf(['x', 'y'])), { v: 'y|x' }, ['x', 'y']],
    ['an empty list', { column: 'v', split: ',' }, list(text), { v: '' }, null],
    ['a local phone number', { column: 'v', countryCode: '49' }, text, { v: '(030) / 12 34-5' }, '+493012345'],
    ['an international phone number', { column: 'v', countryCode: '49' }, text, { v: '0043 1 5880100' }, '+4315880100'],
    ['a trunk prefix in brackets', { column: 'v', countryCode: '49' }, text, { v: '+49 (0)30 123456' }, '+4930123456'],
    ['a zero that stays', { column: 'v', countryCode: '378' }, text, { v: '0549 123456' }, '+3780549123456'],
    ['the prefix 1', { column: 'v', countryCode: '1' }, text, { v: '1 (212) 555-0100' }, '+12125550100'],
    ['the prefix 8', { column: 'v', countryCode: '7' }, text, { v: '8 (495) 123-45-67' }, '+74951234567'],
    ['a phone number of a region', { column: 'v', countryCode: 'DE' }, text, { v: '030 123456' }, '+4930123456'],
    [
      'an id as it is',
      '{v}',
      ref('customer'),
      { v: '3f0c1c1e-7a4b-4d7e-9f5e-0d6c1f7a2b3c' },
      '3f0c1c1e-7a4b-4d7e-9f5e-0d6c1f7a2b3c',
    ],
  ];
  it.each(values)('holds %s', (_, expression, field, cells, expected) => {
    expect(of(expression, field, cells, formats)).toEqual(expected);
  });

  const wrong: [Expression, Field, Cells, string][] = [
    ['{v}', money, { v: '1,2,3' }, 'number-invalid'],
    ['{v}', money, { v: '1,234' }, 'number-invalid'],
    [{ column: 'v', currency: '{c}' }, money, { v: '1', c: 'EURO' }, 'currency-unknown'],
    [{ column: 'v', currency: '{c}' }, money, { v: '1', c: '' }, 'currency-unknown'],
    ['{v}', integer, { v: '1,5' }, 'number-invalid'],
    ['{v}', day, { v: '31.02.2023' }, 'date-invalid'],
    ['{v}', oneOf(['a', 'b']), { v: 'c' }, 'value-invalid'],
    ['{v}', flag, { v: 'perhaps' }, 'value-invalid'],
    ['{v}', ref('customer'), { v: '17' }, 'value-invalid'],
    [{ column: 'v', countryCode: '49' }, text, { v: 'ask Ada' }, 'phone-invalid'],
    [{ column: 'v', countryCode: '49' }, text, { v: '030 123456 ext 7' }, 'phone-invalid'],
  ];
  it.each(wrong)('refuses %j', (expression, field, cells, code) => {
    expect(evaluated(expression, field, cells, formats).value).toThrow(refused(code));
  });
});

describe('a reference', () => {
  it('is the id that the key has in this source, or in another', () => {
    const { value, references } = evaluated({ ref: 'customer', key: ['x', '{No}'] }, ref('customer'), { No: '7' });
    const id = idOf('test', 'customer', ['x', '7']);
    expect(value()).toBe(id);
    expect(references).toEqual([{ kind: 'customer', id }]);
    const other = of({ ref: 'customer', key: ['x', '{No}'], source: 'crm' }, ref('customer'), { No: '7' });
    expect(other).toBe(idOf('crm', 'customer', ['x', '7']));
    expect(other).not.toBe(id);
  });

  it('is empty when its key is', () => {
    expect(of({ ref: 'customer', key: ['{No}'] }, ref('customer'), { No: '' })).toBeNull();
  });

  it('tells keys apart that look alike when they are joined', () => {
    expect(idOf('a', 'customer', ['b', 'c'])).not.toBe(idOf('a', 'customer', ['bc']));
    expect(idOf('a', 'customer', ['b'])).not.toBe(idOf('a', 'contact', ['b']));
  });
});

describe('a look-up', () => {
  const others = {
    products: [
      { code: 'A', price: '10', since: '01.02.2023' },
      { code: 'B', price: '9', since: '15.01.2024' },
      { code: 'A', price: '11', since: '' },
      { code: 'C', price: '', since: 'soon' },
    ],
  };
  const ask = (expression: Expression, cells: Cells = {}) =>
    evaluated(expression, text, cells, { date: 'dd.MM.yyyy' }, others).value;
  const file = 'products';

  it('takes a cell of the first row that fits', () => {
    const row = { row: { file, where: { code: '{p}' }, column: 'price' } };
    expect(ask(row, { p: 'A' })()).toBe('10');
    expect(ask(row, { p: 'C' })()).toBeNull();
    expect(ask(row, { p: '' })()).toBeNull();
    expect(ask(row, { p: 'D' })).toThrow(refused('reference-unknown'));
    expect(ask({ row: { ...row.row, missing: 'empty' } }, { p: 'D' })()).toBeNull();
    const mapped = { row: { file, where: { code: { column: 'p', map: { a: 'A' } } }, column: 'price' } };
    expect(ask(mapped, { p: 'a' })()).toBe('10');
  });

  it('counts, and finds the least, the greatest and the most frequent', () => {
    expect(ask({ count: { file } })()).toBe('4');
    expect(ask({ count: { file, where: { code: 'A' } } })()).toBe('2');
    expect(ask({ count: { file, where: { code: 'D' } } })()).toBe('0');
    expect(ask({ mostFrequent: { file, column: 'code' } })()).toBe('A');
    expect(ask({ mostFrequent: { file, column: 'price', where: { code: 'A' } } })()).toBe('10');
    expect(ask({ mostFrequent: { file, column: 'price', where: { code: 'D' } } })()).toBeNull();
    expect(ask({ max: { file, column: 'price' } })()).toBe('9');
    expect(ask({ max: { file, column: 'price', as: 'number' } })()).toBe('11');
    expect(ask({ min: { file, column: 'price', as: 'number' } })()).toBe('9');
    expect(ask({ max: { file, column: 'since', as: 'date' } })()).toBe('15.01.2024');
    expect(ask({ min: { file, column: 'since', as: 'date', where: { code: 'D' } } })()).toBeNull();
  });

  it('finds the least and the greatest of what its field holds, past cells that hold none', () => {
    const held = (expression: Expression, field: Field) =>
      evaluated(expression, field, {}, { date: 'dd.MM.yyyy', currency: 'EUR' }, others).value();
    expect(held({ max: { file, column: 'since' } }, moment)).toBe('2024-01-15T00:00:00.000Z');
    expect(held({ first: ['', { min: { file, column: 'since' } }] }, day)).toBe('2023-02-01');
    expect(held({ max: { file, column: 'price' } }, integer)).toBe(11);
    expect(held({ min: { file, column: 'price' } }, money)).toEqual({ amount: 900, currency: 'EUR' });
    expect(held({ max: { file, column: 'since' } }, text)).toBe('soon');
    expect(held({ max: { file, column: 'since', as: 'text' }, when: { column: 'x', present: true } }, day)).toBeNull();
  });

  it('compares what its expression makes of each cell', () => {
    const written = {
      deals: [{ on: 'ca. 2024-02-01' }, { on: 'at 2024-03-01' }, { on: 'zero' }, { on: '0001-01-01' }],
    };
    const max = { file: 'deals', column: 'on' };
    expect(evaluated({ max, pattern: '\\d.*' }, day, {}, {}, written).value()).toBe('2024-03-01');
    const sums = { deals: [{ on: '9 EUR' }, { on: '€ 10.50' }, { on: '11 USD' }] };
    expect(evaluated({ max, currency: 'EUR' }, money, {}, {}, sums).value()).toEqual({
      amount: 1_050,
      currency: 'EUR',
    });
  });
});

describe('a condition', () => {
  const cells = { state: 'Won', note: '' };
  const conditions: [Condition, boolean][] = [
    [{ column: 'state', equals: 'Won' }, true],
    [{ column: 'state', equals: 'won' }, false],
    [{ column: 'note', equals: '' }, true],
    [{ column: 'state', in: ['Lost', 'Won'] }, true],
    [{ column: 'note', present: true }, false],
    [{ column: 'note', present: false }, true],
    [{ not: { column: 'state', equals: 'Won' } }, false],
    [
      {
        all: [
          { column: 'state', present: true },
          { column: 'note', present: true },
        ],
      },
      false,
    ],
    [
      {
        any: [
          { column: 'state', present: true },
          { column: 'note', present: true },
        ],
      },
      true,
    ],
  ];
  it.each(conditions)('%j', (condition, holds) => {
    expect(of({ value: 'x', when: condition }, text, cells)).toBe(holds ? 'x' : null);
  });
});

describe('what is wrong before a row is read', () => {
  const problem = (expression: Expression | Expression[], field: Field, mapping: Partial<Mapping> = {}) =>
    evaluated(expression, field, {}, mapping).problems.join();

  it.each<[Expression | Expression[], Field, string]>([
    [{ column: 'a', value: 1 }, text, 'column and value'],
    [{ map: {} }, text, 'names none of'],
    [{ first: ['a'], map: {} }, text, 'has map beside "first"'],
    [{ column: 'a', map: 'none' }, text, 'uses the map "none"'],
    [{ row: { file: 'none', column: 'x' } }, text, 'reads from "none"'],
    [{ ref: 'employee', key: ['x'] }, ref('customer'), 'refers to employee, where customer belongs'],
    [{ ref: 'customer' }, ref('customer'), 'needs a key'],
    ['{a}', money, 'without currency'],
    [{ column: 'a', currency: 'EURO' }, money, 'no ISO 4217 currency'],
    [{ column: 'a', zone: 'Mars' }, moment, 'no time zone'],
    ['2024-02-30', day, 'no date that exists'],
    ['c', oneOf(['a']), 'none of a'],
    [['a'], text, 'is no list'],
  ])('%j', (expression, field, message) => {
    expect(problem(expression, field)).toContain(message);
  });
});
