import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cut, oneLine, widthOf } from '../../apps/cli/text-width.js';

it.each([
  ['plain', 5],
  ['客户', 4],
  ['ｆｕｌｌ', 8],
  ['한글', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['👩‍👩‍👧', 2],
  ['a\u200bb', 2],
  ['…→├', 3],
  ['', 0],
])('%s takes %i columns', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

it('cuts between characters and says so', () => {
  expect(cut('account manager', 8)).toBe('account…');
  expect(cut('客户经理', 6)).toBe('客户…');
  expect(cut('客户经理', 8)).toBe('客户经理');
  expect(cut('abc', 0)).toBe('');
});

it('never takes more room than there is, and never breaks a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => {
      const shown = cut(text, width);
      expect(widthOf(shown)).toBeLessThanOrEqual(width);
      expect(shown.isWellFormed()).toBe(text.isWellFormed());
    }),
  );
});

it('takes what would disturb a terminal out of a text', () => {
  expect(oneLine('a\u001b]0;title\u0007b\r\nc\u2067d')).toBe('a ]0;title b c d');
});
