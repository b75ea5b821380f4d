import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal, isCurrency, lastDayOf, minorDigits, minorUnits, mostOf, wasCurrency } from '../libs/money.js';
import { property } from './support/property.js';

describe('an amount of money', () => {
  it.each([
    ['12.34', 'EUR', 1_234],
    ['12.3', 'EUR', 1_230],
    ['12', 'EUR', 1_200],
    ['0', 'EUR', 0],
    ['0.00', 'EUR', 0],
    ['-0.00', 'EUR', 0],
    ['-0.01', 'EUR', -1],
    ['000012.5', 'EUR', 1_250],
    [' 12.50 ', 'EUR', 1_250],
    ['1.2300', 'EUR', 123],
    ['0.29', 'EUR', 29],
    ['1.005', 'BHD', 1_005],
    ['1234', 'JPY', 1_234],
    ['1234.00', 'JPY', 1_234],
    ['9999999999999.99', 'EUR', 999_999_999_999_999],
  ])('%j in %s is %d minor units', (text, currency, amount) => {
    expect(minorUnits(text, currency)).toBe(amount);
    expect(Object.is(minorUnits(text, currency), amount)).toBe(true);
  });

  it.each([
    '',
    ' ',
    '.',
    '.5',
    '5.',
    '1,5',
    '1 000',
    '1e3',
    '0x10',
    '+5',
    '--5',
    'NaN',
    'Infinity',
    '12.345',
    '12.34 EUR',
    '١٢',
    '99999999999999999',
    '1.2.3',
    '12.34\0',
  ])('%j is none in EUR', (text) => expect(minorUnits(text, 'EUR')).toBeUndefined());

  it('is none in a currency that does not exist, or finer than the currency', () => {
    expect(minorUnits('1', 'XXX')).toBeUndefined();
    expect(minorUnits('1', 'eur')).toBeUndefined();
    expect(minorUnits('1', '__proto__')).toBeUndefined();
    expect(minorUnits('1', 'toString')).toBeUndefined();
    expect(minorUnits('1.5', 'JPY')).toBeUndefined();
    expect(minorUnits('1.0005', 'BHD')).toBeUndefined();
  });

  it('is exact or none: beyond what a number holds there is no amount', () => {
    expect(minorUnits('9999999999999.999', 'BHD')).toBeUndefined();
    expect(minorUnits('9007199254740.991', 'BHD')).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([
    [1_234, 'EUR', '12.34'],
    [5, 'EUR', '0.05'],
    [-5, 'EUR', '-0.05'],
    [0, 'EUR', '0.00'],
    [-123_456, 'EUR', '-1234.56'],
    [1_234, 'JPY', '1234'],
    [1_005, 'BHD', '1.005'],
    ['-9100000000000000', 'IDR', '-91000000000000.00'],
  ])('of %s minor units of %s is written %s', (amount, currency, text) =>
    expect(decimal({ amount, currency })).toBe(text),
  );

  it('is read as it is written', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e15, max: 1e15 }),
        fc.constantFrom(...Object.keys(minorDigits)),
        (amount, currency) => {
          expect(minorUnits(decimal({ amount, currency }), currency)).toBe(amount);
        },
      ),
      property(500),
    );
  });
});

describe('a currency', () => {
  it('has a code in use', () => {
    expect(['EUR', 'USD', 'JPY', 'BHD'].every(isCurrency)).toBe(true);
    expect(['', 'EURO', 'eur', 'XXX', 'DEM', 'toString', '__proto__'].some(isCurrency)).toBe(false);
    for (const code of Object.keys(minorDigits)) expect(code).toMatch(/^[A-Z]{3}$/);
  });

  it('is listed once, with its decimals, also where Intl does not know it', () => {
    expect(['XCG', 'VED', 'CLF', 'UYW'].map((code) => [isCurrency(code), minorDigits[code]])).toEqual([
      [true, 2],
      [true, 2],
      [true, 4],
      [true, 4],
    ]);
    expect(minorUnits('1.2345', 'CLF')).toBe(12_345);
    for (const code of Object.keys(minorDigits)) expect([code, isCurrency(code)]).toEqual([code, !lastDayOf(code)]);
  });

  it('that is money no more has a last day, and is none that may be used now', () => {
    expect(['HRK', 'BGN', 'ITL', 'EUR'].map(lastDayOf)).toEqual(['2023-01-14', '2026-01-31', '2002-02-28', undefined]);
    const former = Object.keys(minorDigits).filter((code) => !isCurrency(code));
    for (const code of former) expect(lastDayOf(code)).toMatch(/^(1999|20[012]\d)-[01]\d-[0-3]\d$/);
    expect(former.every(wasCurrency)).toBe(true);
    expect(minorUnits('12.50', 'HRK')).toBe(1_250);
    expect(wasCurrency('toString')).toBe(false);
  });

  it('has a limit of one amount in its main unit', () => {
    expect(['EUR', 'IDR', 'JPY'].map((currency) => decimal({ amount: mostOf(currency), currency }))).toEqual([
      '90000000000000.00',
      '90000000000000.00',
      '90000000000000',
    ]);
    for (const code of Object.keys(minorDigits)) expect(Number.isSafeInteger(mostOf(code))).toBe(true);
  });
});
