import { describe, expect, it } from '@jest/globals';
import { InvalidArgumentError } from 'commander';
import { day, list, listOrNone, moment, port, values, wholeNumber } from '../../apps/cli/options.js';

const refused = (parse: () => unknown) => expect(parse).toThrow(InvalidArgumentError);

describe('arguments', () => {
  it('are whole numbers within bounds', () => {
    expect(wholeNumber(0, 10)('7')).toBe(7);
    for (const text of ['11', '-1', '1.5', '0x10', '1e3', '', ' ', 'seven']) refused(() => wholeNumber(0, 10)(text));
    refused(() => port('65536'));
  });

  it('are days that exist', () => {
    expect(day('2024-02-29')).toBe('2024-02-29');
    for (const text of ['2025-02-29', '2025-2-1', 'today', '2025-01-01T00:00:00Z']) refused(() => day(text));
  });

  it('are days or moments, which become UTC', () => {
    expect(moment('2025-01-31')).toBe('2025-01-31');
    expect(moment('2025-01-31T10:00:00+08:00')).toBe('2025-01-31T02:00:00.000Z');
    for (const text of ['2025-01-31T10:00:00', '2025-02-31T10:00:00Z', 'yesterday']) refused(() => moment(text));
  });

  it('are lists, given at once or one by one', () => {
    expect(list('month, product')).toEqual(['month', 'product']);
    expect(list('product', ['month'])).toEqual(['month', 'product']);
    for (const text of ['', 'a,,b', ',']) refused(() => list(text));
    expect(listOrNone('')).toEqual([]);
    expect(listOrNone(' ', ['month'])).toEqual(['month']);
    expect(listOrNone('month, product')).toEqual(['month', 'product']);
    refused(() => listOrNone('a,,b'));
  });

  it('are values by dimension, where nothing stands for what is not known', () => {
    const products = values('product=GTX Plus, MG=1');
    expect(products).toEqual({ product: ['GTX Plus', 'MG=1'] });
    expect(values('product=Gateway', values('owner=', products))).toEqual({
      product: ['GTX Plus', 'MG=1', 'Gateway'],
      owner: [null],
    });
    expect(values('owner=,e-1')).toEqual({ owner: [null, 'e-1'] });
    for (const text of ['', 'product', '=GTX', ' = GTX', 'the product=GTX']) refused(() => values(text));
  });
});
