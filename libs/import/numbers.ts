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

/** @throws Refusal `number-invalid` */
export function decimalOf(text: string, { decimal, thousands }: NumberForm): Decimal {
  const plain = text.replace(BLANKS, ' ').replace(/^\p{Sc}\s?|\s?\p{Sc}$/u, '');
  const [whole = '', fraction = '', ...more] = plain.replace(/^[-+]/, '').split(decimal);
  const groups = thousands === '' ? [whole] : whole.split(thousands);
  const grouped =
    groups.length === 1 || (groups[0]!.length <= 3 && groups.slice(1).every((group) => group.length === 3));
  const digits = groups.join('') + fraction;
  if (more.length > 0 || !grouped || groups[0] === '' || !/^\d{1,30}$/.test(digits)) {
    throw invalid(
      text,
      `is no number with "${decimal}" before the decimals${thousands && ` and "${thousands}" between the thousands`}.`,
    );
  }
  return { digits: BigInt(plain.startsWith('-') ? `-${digits}` : digits), places: fraction.length };
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

/** @throws Refusal `number-invalid` · `currency-unknown` */
export function moneyOf(number: Decimal, currency: string, round: boolean, text: string): Money {
  const power = wasCurrency(currency) ? minorDigits[currency] : undefined;
  if (power === undefined)
    throw new Refusal('currency-unknown', `"${currency}" is no ISO 4217 currency.`, { value: currency });
  return { amount: whole(number, power, round, text), currency };
}
