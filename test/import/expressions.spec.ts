import { describe, expect, it } from '@jest/globals';
import type { Condition, Expression, Mapping } from '../../libs/import/mapping.js';
import { day, flag, integer, list, moment, money, oneOf, ref, text } from '../../libs/import/steps/step.js';
import type { Field } from '../../libs/import/steps/step.js';
import { evaluated, of, refused } from './evaluated.js';
import type { Cells } from './evaluated.js';

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
