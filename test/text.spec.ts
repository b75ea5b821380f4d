import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { askedWords, nameKey, normalForm, wordsOf } from '../libs/text.js';
import { property } from './support/property.js';

describe('the normal form of names', () => {
  it.each([
    ['Café', 'Cafe\u0301'],
    ['İstanbul', 'istanbul'],
    ['ISTANBUL', 'İstanbul'],
    ['Großmann', 'GROSSMANN'],
    ['ẞ', 'ss'],
    ['ΟΔΟΣ', 'οδος'],
    ['οδοσ', 'οδος'],
    ['ＡＢＣ　Ｌｔｄ', 'abc ltd'],
    ['ﬁrma', 'FIRMA'],
    ['O’Brien', "O'Brien"],
    ['O´Brien', "O'Brien"],
    ['Müller–Lüdenscheidt', 'Müller-Lüdenscheidt'],
    ['North\u200b Mill', 'North Mill'],
    ['Nor\u00adth\u00a0 \t Mill ', 'north mill'],
    ['\ufeffNorth Mill\u202c', 'North Mill'],
  ])('takes %j and %j for the same', (one, other) => {
    expect(normalForm(one)).toBe(normalForm(other));
    expect(nameKey(one)).toBe(nameKey(other));
  });

  it.each([
    ['Arzt', 'Ärzt'],
    ['Müller', 'Mueller'],
    ['North Mill', 'Northmill'],
    ['及', '及其'],
  ])('tells %j from %j', (one, other) => {
    expect(nameKey(one)).not.toBe(nameKey(other));
  });

  it('is the same however a text is cased and composed, and the form of itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const form = normalForm(text);
        expect(normalForm(form)).toBe(form);
        for (const same of [text.toUpperCase(), text.toLowerCase(), text.normalize('NFD'), ` ${text}\u200b`]) {
          expect(normalForm(same)).toBe(form);
        }
      }),
      property(500),
    );
  });
});

describe('the order of names', () => {
  it('puts what differs in marks side by side, the one without marks first', () => {
    const names = ['Øst', 'Zebra', 'Ärzte', 'Arzt', 'arzt AG', 'Ost', 'Árzt', 'Éclair', 'Eclair Ltd'];
    const sorted = names.toSorted((a, b) => (nameKey(a) < nameKey(b) ? -1 : 1));
    expect(sorted).toEqual(['Arzt', 'Árzt', 'arzt AG', 'Ärzte', 'Éclair', 'Eclair Ltd', 'Ost', 'Øst', 'Zebra']);
  });
});

describe('the words a text is found by', () => {
  const finds = (asked: string, name: string) => {
    const words = wordsOf(name);
    const wanted = askedWords(asked);
    return wanted.length > 0 && wanted.every((each) => words.some((word) => word.startsWith(each)));
  };

  it.each([
    ['华润', '北京华润有限公司'],
    ['有限公司', '北京华润有限公司'],
    ['北京华润有限公司', '北京华润有限公司'],
    ['司', '北京华润有限公司'],
    ['전자', '삼성전자주식회사'],
    ['ガス', '東京ｶﾞｽ株式会社'],
    ['ธนาคาร', 'บริษัทธนาคารไทย'],
    ['tesla 中国', 'Tesla中国'],
    ['istan', 'İstanbul Lojistik'],
    ['GROSSMANN', 'Großmann & Söhne'],
    ['sohne', 'Großmann & Söhne'],
    ['दुनिया', 'नमस्ते दुनिया'],
    ['ｎｏｒｔｈ', 'North Mill'],
    ["o'b", 'O’Brien'],
  ])('finds by %j the name %j', (asked, name) => {
    expect(finds(asked, name)).toBe(true);
  });

  it.each([
    ['润华', '北京华润有限公司'],
    ['京润', '北京华润有限公司'],
    ['orth', 'North Mill'],
    ['北京华润股份公司', '北京华润有限公司'],
  ])('does not find by %j the name %j', (asked, name) => {
    expect(finds(asked, name)).toBe(false);
  });

  it('finds every piece of a run without blanks', () => {
    const run = fc.array(fc.constantFrom(...'北京华润有限公司大连'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(run, fc.nat(12), fc.nat(12), (letters, from, length) => {
        const piece = letters.slice(from % letters.length).slice(0, length + 1);
        return finds(piece.join(''), letters.join(''));
      }),
      property(500),
    );
  });
});
