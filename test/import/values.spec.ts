import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dateOf } from '../../libs/import/dates.js';
import { decimalOf, decimalOfNumber, moneyOf, times, whole } from '../../libs/import/numbers.js';

describe('dates', () => {
  const found: [string, string, string, string, string][] = [
    ['2016-10-20', 'iso', 'UTC', '2016-10-20T00:00:00.000Z', '2016-10-20'],
    ['2016-10-20', 'iso', 'America/New_York', '2016-10-20T04:00:00.000Z', '2016-10-20'],
    ['2024-03-01 10:00', 'iso', 'Europe/Berlin', '2024-03-01T09:00:00.000Z', '2024-03-01'],
    ['2024-03-01T10:00:00+02:00', 'iso', 'Europe/Berlin', '2024-03-01T08:00:00.000Z', '2024-03-01'],
    ['31.12.2023 23:30', 'dd.MM.yyyy HH:mm', 'Europe/Berlin', '2023-12-31T22:30:00.000Z', '2023-12-31'],
    ['1/2/24', 'M/d/yy', 'UTC', '2024-01-02T00:00:00.000Z', '2024-01-02'],
    ['12-Mar-2024', 'dd-MMM-yyyy', 'UTC', '2024-03-12T00:00:00.000Z', '2024-03-12'],
    ['03/01/2024 2:05 PM', 'MM/dd/yyyy h:mm a', 'UTC', '2024-03-01T14:05:00.000Z', '2024-03-01'],
    ['2024-03-01 10:00 +0200', 'yyyy-MM-dd HH:mm ZZZ', 'UTC', '2024-03-01T08:00:00.000Z', '2024-03-01'],
    ['1709280000', 'unix', 'UTC', '2024-03-01T08:00:00.000Z', '2024-03-01'],
    ['1709280000123', 'unix-ms', 'Asia/Tokyo', '2024-03-01T08:00:00.123Z', '2024-03-01'],
    // The clocks went from midnight to one: the day began at one.
    ['2018-11-04', 'iso', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z', '2018-11-04'],
    ['29.02.2024', 'dd.MM.yyyy', 'UTC', '2024-02-29T00:00:00.000Z', '2024-02-29'],
    // Blanks at which no line breaks.
    ['3/1/2024, 2:05\u202fPM', 'M/d/yyyy, h:mm a', 'UTC', '2024-03-01T14:05:00.000Z', '2024-03-01'],
    ['3/1/2024 2:05\u00a0am', 'M/d/yyyy h:mm a', 'UTC', '2024-03-01T02:05:00.000Z', '2024-03-01'],
  ];
  it.each(found)('%s as %s in %s is %s', (text, format, zone, moment, day) => {
    expect(dateOf(text, [format], zone)).toEqual({ moment, day });
  });

  const wrong: [string, string, string][] = [
    ['31.02.2024', 'dd.MM.yyyy', 'UTC'],
    ['29.02.2023', 'dd.MM.yyyy', 'UTC'],
    ['2024-02-30', 'iso', 'UTC'],
    ['2024-13-01', 'iso', 'UTC'],
    ['2024-03-01T25:00', 'iso', 'UTC'],
    ['31.03.2024 02:30', 'dd.MM.yyyy HH:mm', 'Europe/Berlin'],
    ['0001-01-01', 'iso', 'UTC'],
    ['1899-12-30', 'iso', 'UTC'],
    ['yesterday', 'iso', 'UTC'],
    ['01.03.2024', 'iso', 'UTC'],
    ['', 'unix', 'UTC'],
  ];
  it.each(wrong)('%s as %s in %s is no date', (text, format, zone) => {
    expect(() => dateOf(text, [format], zone)).toThrow(expect.objectContaining({ code: 'date-invalid' }));
  });

  it('of several ways of writing the first that fits counts', () => {
    const formats = ['dd.MM.yyyy HH:mm', 'dd.MM.yyyy', 'iso'];
    const days = ['01.02.2024', '01.02.2024 10:30', '2024-02-01'].map((text) => dateOf(text, formats, 'UTC').moment);
    expect(days).toEqual(['2024-02-01T00:00:00.000Z', '2024-02-01T10:30:00.000Z', '2024-02-01T00:00:00.000Z']);
  });
});

describe('amounts', () => {
  const plain = { decimal: '.', thousands: '' };
  const german = { decimal: ',', thousands: '.' };
  const swiss = { decimal: '.', thousands: "'" };
  const french = { decimal: ',', thousands: ' ' };
  const found: [string, typeof plain, string, number][] = [
    ['1234.5', plain, 'USD', 123_450],
    ['1.234,56', german, 'EUR', 123_456],
    ['1234,56', german, 'EUR', 123_456],
    ["1'234.50", swiss, 'CHF', 123_450],
    ['1\u00a0234,50', french, 'EUR', 123_450],
    ['€ 12,5', german, 'EUR', 1_250],
    ['12,50 €', german, 'EUR', 1_250],
    ['-3', plain, 'USD', -300],
    ['+3', plain, 'USD', 300],
    ['7', plain, 'JPY', 7],
    ['1.125', plain, 'BHD', 1_125],
    ['0', plain, 'USD', 0],
    ['1.234,50-', german, 'EUR', -123_450],
    ['1.234,50- €', german, 'EUR', -123_450],
    ['(1.234,50)', german, 'EUR', -123_450],
    ['(1,234.50)', { decimal: '.', thousands: ',' }, 'USD', -123_450],
    ['($5.00)', plain, 'USD', -500],
    ['$(5.00)', plain, 'USD', -500],
    ['-$5.00', plain, 'USD', -500],
    ['$-5.00', plain, 'USD', -500],
    ['\u22125,00', german, 'EUR', -500],
    ['- 5', plain, 'EUR', -500],
    [',50', german, 'EUR', 50],
    ['-,50', german, 'EUR', -50],
    ['.5', plain, 'EUR', 50],
    ['$.50', plain, 'USD', 50],
    ['5.', plain, 'EUR', 500],
    ['5.00 eur', plain, 'EUR', 500],
    ['US$ 5', plain, 'USD', 500],
    ['CA$5', plain, 'CAD', 500],
    ['C$5', plain, 'CAD', 500],
    ['\uffe5500', plain, 'JPY', 500],
    ['£5', plain, 'GBP', 500],
    ['5,00 zł', german, 'PLN', 500],
    ['kr. 5', plain, 'DKK', 500],
  ];
  it.each(found)('%s is an amount', (text, form, currency, amount) => {
    expect(moneyOf(decimalOf(text, form, currency), currency, false, text)).toEqual({ amount, currency });
  });

  const others: [string, string][] = [
    ['$5.00', 'EUR'],
    ['5.00 $', 'EUR'],
    ['€5.00', 'USD'],
    ['£5.00', 'EUR'],
    ['US$5.00', 'CAD'],
    ['A$5.00', 'USD'],
    ['¥5', 'EUR'],
    ['5.00 USD', 'EUR'],
    ['(€5.00)', 'GBP'],
  ];
  it.each(others)('%s is no amount in %s', (text, currency) => {
    expect(() => decimalOf(text, plain, currency)).toThrow(expect.objectContaining({ code: 'currency-mismatch' }));
  });

  const wrong: [string, typeof plain, string][] = [
    ['12.34', german, 'EUR'],
    ['1.5', german, 'EUR'],
    ['1,5', plain, 'EUR'],
    ['1.2.3', plain, 'EUR'],
    ['12.3456,0', german, 'EUR'],
    ['abc', plain, 'EUR'],
    ['--5', plain, 'EUR'],
    ['-5-', plain, 'EUR'],
    ['(5', plain, 'EUR'],
    ['5)', plain, 'EUR'],
    ['(-5)', plain, 'EUR'],
    [')5(', plain, 'EUR'],
    ['5+', plain, 'EUR'],
    ['.', plain, 'EUR'],
    ['-', plain, 'EUR'],
    ['1 EUR 5', plain, 'EUR'],
    ['5 pieces', plain, 'EUR'],
    ['1e3', plain, 'EUR'],
    ['--1', plain, 'EUR'],
    ['1.005', plain, 'EUR'],
    ['1.5', plain, 'JPY'],
    ['99999999999999999999', plain, 'EUR'],
  ];
  it.each(wrong)('%s is none', (text, form, currency) => {
    const convert = () => moneyOf(decimalOf(text, form), currency, false, text);
    expect(convert).toThrow(expect.objectContaining({ code: 'number-invalid' }));
  });

  it('names a currency that is none', () => {
    const convert = () => moneyOf(decimalOf('1', plain), 'EURO', false, '1');
    expect(convert).toThrow(expect.objectContaining({ code: 'currency-unknown' }));
  });

  it('are scaled and rounded without binary fractions', () => {
    expect(moneyOf(times(decimalOf('1100.04', plain), decimalOfNumber(1_000_000)), 'USD', false, '')).toEqual({
      amount: 110_004_000_000,
      currency: 'USD',
    });
    expect(moneyOf(times(decimalOf('1.005', plain), decimalOfNumber(0.01)), 'USD', true, '').amount).toBe(1);
    expect(moneyOf(decimalOf('2.675', plain), 'USD', true, '').amount).toBe(268);
    expect(moneyOf(decimalOf('-2.675', plain), 'USD', true, '').amount).toBe(-268);
    expect(whole(decimalOf('2.4', plain), 0, true, '')).toBe(2);
  });

  it('come back as they were written', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.constantFrom(plain, german, swiss, french),
        (minor, form) => {
          const digits = String(Math.abs(minor)).padStart(3, '0');
          const grouped = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, form.thousands);
          const text = `${minor < 0 ? '-' : ''}${grouped}${form.decimal}${digits.slice(-2)}`;
          expect(moneyOf(decimalOf(text, form), 'EUR', false, text).amount).toBe(minor);
        },
      ),
    );
  });
});
