/**
 * Whole numbers of any size, exactly. Sums of amounts pass what a number holds exactly: 91 deals of a trillion rupiah do.
 */

/** A number as far as numbers are exact, a bigint beyond: each value has one form, so `===` compares. */
export type Whole = number | bigint;

/** @asType integer */
export type SmallWhole = number;

/** @pattern ^-?[1-9][0-9]{15,}$ */
export type LargeWhole = string;

/** A whole number in JSON: a number up to 9007199254740991 (2^53 − 1) on either side of 0, decimal text beyond. */
export type WrittenWhole = SmallWhole | LargeWhole;

const LEAST = BigInt(Number.MIN_SAFE_INTEGER);
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/** In its one form. */
export const whole = (value: bigint): Whole => (value >= LEAST && value <= MOST ? Number(value) : value);

export function plus(a: Whole, b: Whole): Whole {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    // What is no whole number stays none, and is refused where it is counted.
    if (Number.isSafeInteger(sum) || !Number.isInteger(sum)) return sum;
  }
  return whole(BigInt(a) + BigInt(b));
}

/** Less than nothing; 0 stays 0, and is never -0. */
export const negative = (value: Whole): Whole => (value === 0 ? 0 : -value);

export const sumOf = (values: readonly Whole[]): Whole => values.reduce(plus, 0);

/** For `sort`, smaller ones first. */
export const ascending = (a: Whole, b: Whole): number => (a < b ? -1 : a > b ? 1 : 0);

/** To the nearest whole number, halves up. @param count above 0 */
export function dividedBy(value: Whole, count: number): Whole {
  const unit = 2n * BigInt(count);
  const twice = 2n * BigInt(value) + BigInt(count);
  const rest = twice % unit;
  return whole((twice - rest) / unit - (rest < 0n ? 1n : 0n));
}

/** Which part one is of the other: no whole number, so it is as exact as numbers are. */
export const ratio = (part: Whole, all: Whole): number => Number(part) / Number(all);

export const written = (value: Whole): WrittenWhole => (typeof value === 'bigint' ? String(value) : value);

/** What `written` made. */
export const wholeOf = (text: WrittenWhole): Whole => (typeof text === 'string' ? whole(BigInt(text)) : text);
