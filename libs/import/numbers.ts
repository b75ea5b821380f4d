import { Refusal } from '../errors.js';
import { minorDigits, wasCurrency } from '../money.js';
import type { Money } from '../money.js';

/** How numbers are written: `1.234,5` has the decimal sign `,` and the thousands sign `.`. */
export interface NumberForm {
  readonly decimal: string;
  readonly thousands: string;
}

/** A decimal number, exactly: `digits` divided by ten to the power of `places`. */
export interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

const invalid = (text: string, why: string): Refusal =>
  new Refusal('number-invalid', `"${text.slice(0, 40)}" ${why}`, { value: text.slice(0, 40) });

/** Spaces that people group digits with. */
const BLANKS = /[\u00a0\u2009\u202f]/g;
/** Minus signs that are no hyphen. */
const MINUS = /[\u2212\ufe63\uff0d]/g;

/**
 * A number with its sign in front or behind, or in brackets when it is below zero.
 * @param currency what a sign or code beside the number has to be of; left out, any currency sign will do
 * @throws Refusal `number-invalid` · `currency-mismatch`
 */
export function decimalOf(text: string, { decimal, thousands }: NumberForm, currency?: string): Decimal {
  const plain = text.replace(BLANKS, ' ').replace(MINUS, '-').trim();
  const { before, number, behind } = parted(plain, decimal);
  const [whole = '', fraction = '', ...more] = number.split(decimal);
  const groups = thousands === '' ? [whole] : whole.split(thousands);
  const grouped =
    groups.length === 1 || (groups[0]!.length <= 3 && groups.slice(1).every((group) => group.length === 3));
  const digits = groups.join('') + fraction;
  const negative = isNegative(before, behind);
  const isNumber =
    more.length === 0 && grouped && (groups[0] !== '' || groups.length === 1) && /^\d{1,30}$/.test(digits);
  if (negative === undefined || !isNumber) {
    throw invalid(
      text,
      `is no number with "${decimal}" before the decimals${thousands && ` and "${thousands}" between the thousands`}.`,
    );
  }
  for (const side of [before, behind]) checkSign(side.replace(/[-+()\s]/g, ''), currency, text);
  return { digits: BigInt(negative ? `-${digits}` : digits), places: fraction.length };
}

const partsWith = (sign: string): RegExp =>
  new RegExp(`^(\\D*?)((?:(?<!\\p{L})${sign})?\\d(?:.*\\d)?(?:${sign})?)(\\D*)$`, 'u');
/** By the decimal sign. One behind letters ends a shortened word, such as `Fr.`. */
const PARTS: Readonly<Record<string, RegExp>> = { '.': partsWith('\\.'), ',': partsWith(',') };

/** The digits with what is between them, and what stands around them. */
function parted(text: string, decimal: string) {
  const [, before = '', number = '', behind = ''] = PARTS[decimal]?.exec(text) ?? [];
  return { before, number, behind };
}

/** Whether what stands around a number makes it one below zero; nothing when it says so twice, or half. */
function isNegative(before: string, behind: string): boolean | undefined {
  const signs = `${before} ${behind}`.replace(/[^-+()]/g, '');
  if (signs === '' || (signs === '+' && before.includes('+'))) return false;
  if (signs === '-') return true;
  return signs === '()' && before.includes('(') && behind.includes(')') ? true : undefined;
}

/** @throws Refusal `number-invalid` · `currency-mismatch` */
function checkSign(found: string, currency: string | undefined, text: string): void {
  const sign = found.normalize('NFKC').replace(/\.$/, '');
  if (sign === '' || (!currency && /^\p{Sc}$/u.test(sign)) || (currency && signsOf(currency).has(sign.toUpperCase())))
    return;
  if (currency && (/\p{Sc}/u.test(sign) || wasCurrency(sign.toUpperCase()))) {
    const why = `has a sign of another currency than ${currency}.`;
    throw new Refusal('currency-mismatch', `"${text.slice(0, 40)}" ${why}`, { value: text.slice(0, 40), currency });
  }
  throw invalid(text, 'has something beside the number.');
}

const signs = new Map<string, ReadonlySet<string>>();

/** What stands for a currency beside an amount: its code, its signs, and for dollars the country before the sign. */
function signsOf(currency: string): ReadonlySet<string> {
  let known = signs.get(currency);
  if (!known) {
    const named = (['symbol', 'narrowSymbol'] as const).map((currencyDisplay) => symbolOf(currency, currencyDisplay));
    const dollars = named.includes('$') ? [`${currency[0]}$`, `${currency.slice(0, 2)}$`] : [];
    known = new Set([currency, ...named, ...dollars].map((each) => each.replace(/\.$/, '').toUpperCase()));
    signs.set(currency, known);
  }
  return known;
}

function symbolOf(currency: string, currencyDisplay: 'symbol' | 'narrowSymbol'): string {
  if (!wasCurrency(currency)) return currency;
  const parts = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay }).formatToParts(0);
  return parts.find(({ type }) => type === 'currency')?.value ?? currency;
}

/** A number as JSON writes it. */
export const decimalOfNumber = (number: number): Decimal => decimalOf(String(number), { decimal: '.', thousands: '' });

export const times = (one: Decimal, other: Decimal): Decimal => ({
  digits: one.digits * other.digits,
  places: one.places + other.places,
});

/**
 * The number times ten to the power of `power`, as a whole one.
 * @throws Refusal `number-invalid` when there is a rest and it is not to be rounded away
 */
export function whole({ digits, places }: Decimal, power: number, round: boolean, text: string): number {
  const shift = places - power;
  if (shift <= 0) return safe(digits * 10n ** BigInt(-shift), text);
  const unit = 10n ** BigInt(shift);
  const rest = digits % unit;
  if (rest !== 0n && !round)
    throw invalid(text, `has more decimals than ${power === 0 ? 'a whole number' : 'the currency'} can hold.`);
  const half = rest < 0n ? -rest * 2n >= unit : rest * 2n >= unit;
  return safe(digits / unit + (half ? (digits < 0n ? -1n : 1n) : 0n), text);
}

function safe(digits: bigint, text: string): number {
  const number = Number(digits);
  if (Number.isSafeInteger(number)) return number;
  throw invalid(text, 'is too large.');
}

/** The number as JSON has it. @throws Refusal `number-invalid` where it has more digits than that holds */
export function numberOf({ digits, places }: Decimal, text: string): number {
  const number = Number(`${digits}e-${places}`);
  if (Math.abs(Number(digits)) <= Number.MAX_SAFE_INTEGER) return number;
  throw invalid(text, 'has too many digits.');
}

/** @throws Refusal `number-invalid` · `currency-unknown` */
export function moneyOf(number: Decimal, currency: string, round: boolean, text: string): Money {
  const power = wasCurrency(currency) ? minorDigits[currency] : undefined;
  if (power === undefined)
    throw new Refusal('currency-unknown', `"${currency}" is no ISO 4217 currency.`, { value: currency });
  return { amount: whole(number, power, round, text), currency };
}
