import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Quotes } from '../../libs/import/quotes.js';

const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' '), maxLength: 5 });
const written = (value: string) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 });
const cuts = fc.array(fc.nat(60), { maxLength: 6 });

/** What comes through when the text comes in parts. */
function through(text: string, at: readonly number[]) {
  const quotes = new Quotes(',', '"');
  const places = [0, ...at.filter((place) => place < text.length).toSorted((a, b) => a - b), text.length];
  const parts = places.slice(1).map((place, index) => quotes.take(text.slice(places[index], place)));
  return { text: [...parts, quotes.end()].join(''), strays: quotes.strays };
}

describe('quotes', () => {
  it('that fit are left alone, however the text is cut', () => {
    fc.assert(
      fc.property(rows, cuts, (table, at) => {
        const text = `${table.map((cells) => cells.map(written).join(',')).join('\n')}\n`;
        expect(through(text, at)).toEqual({ text, strays: [] });
      }),
    );
  });

  it('that do not fit take their line with them, and no other', () => {
    fc.assert(
      fc.property(rows, rows, cuts, (before, behind, at) => {
        const csv = (table: readonly (readonly string[])[]) =>
          table.map((cells) => `${cells.map(written).join(',')}\n`).join('');
        const [one, other] = [csv(before), csv(behind)];
        const found = through(`${one}x"y,z\n${other}`, at);
        expect(found).toEqual({ text: `${one}\n${other}`, strays: [one.split('\n').length] });
      }),
    );
  });
});
