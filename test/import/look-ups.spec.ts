import { describe, expect, it } from '@jest/globals';
import type { Expression } from '../../libs/import/mapping.js';
import { day, integer, moment, money, ref, text } from '../../libs/import/steps/step.js';
import type { Field } from '../../libs/import/steps/step.js';
import { idOf } from '../../libs/import/compile-context.js';
import { evaluated, of, refused } from './evaluated.js';
import type { Cells } from './evaluated.js';

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
