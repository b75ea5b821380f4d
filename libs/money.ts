import type { WrittenWhole } from './whole.js';

/** An amount of money in minor units (cents), a whole number, with its ISO 4217 currency. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** Whether a value has the form of money; its amount and currency may be none. */
export const isMoney = (value: unknown): value is Money =>
  typeof value === 'object' && value !== null && 'currency' in value;

/** Amounts added up: beyond 2^53 − 1 the amount is decimal text. */
export interface MoneySum {
  readonly amount: WrittenWhole;
  readonly currency: string;
}

/**
 * Codes in use, by the number of decimals of their minor unit: ISO 4217, list one, as amended up to January 2026, without metals, units
 * of account between banks and codes for tests. `Intl` lacks some of them, and has the decimals people write instead.
 */
const IN_USE: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: 'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

/**
 * Former codes since 1999, with the last day they were money on: ISO 4217, list three, and the dates of the Unicode CLDR
 * (`currencyData`). Files of earlier years have them.
 */
const FORMER: Readonly<Record<number, string>> = {
  0: 'BEF:2002-02-28 BYB:2000-12-31 BYR:2017-01-01 ESP:2002-02-28 GRD:2002-02-28 ITL:2002-02-28 LUF:2002-02-28 MGF:2004-12-31 PTE:2002-02-28 TRL:2005-12-31',
  2: 'AFA:2002-12-31 ANG:2025-06-30 ATS:2002-02-28 AZM:2006-12-31 BGL:1999-07-05 BGN:2026-01-31 CSD:2006-10-25 CUC:2021-06-01 CYP:2008-01-31 DEM:2002-05-15 EEK:2010-12-31 FIM:2002-02-28 FRF:2002-02-17 GHC:2007-12-31 HRK:2023-01-14 IEP:2002-02-09 LTL:2014-12-31 LVL:2013-12-31 MRO:2018-06-30 MTL:2008-01-31 MZM:2006-12-31 NLG:2002-02-28 ROL:2006-12-31 SDD:2007-06-30 SIT:2007-01-14 SKK:2009-01-01 SLL:2023-12-31 SRG:2003-12-31 STD:2017-12-31 TMM:2009-01-01 VEB:2008-06-30 VEF:2018-08-20 YUM:2002-05-15 ZMK:2013-01-01 ZWL:2024-08-31',
};

/** Codes with what stands behind each, and the number of decimals they are listed under. */
const listed = (
  codes: Readonly<Record<number, string>>,
): readonly (readonly [code: string, last: string, digits: number])[] =>
  Object.entries(codes).flatMap(([digits, all]) =>
    all.split(' ').map((each): [string, string, number] => {
      const [code, last = ''] = each.split(':') as [string, string?];
      return [code, last, Number(digits)];
    }),
  );

const current = new Set(listed(IN_USE).map(([code]) => code));
const former = new Map(listed(FORMER).map(([code, last]) => [code, last]));

/** Of every currency that is or was, the number of decimals of its minor unit. */
export const minorDigits: Readonly<Record<string, number>> = Object.fromEntries(
  [...listed(IN_USE), ...listed(FORMER)].map(([code, _, digits]) => [code, digits]),
);

/** Whether it is money now. */
export const isCurrency = (code: string): boolean => current.has(code);

/** Whether it is money, or was. */
export const wasCurrency = (code: string): boolean => Object.hasOwn(minorDigits, code);

/** The last day a former currency was money on; undefined for all others. */
export const lastDayOf = (code: string): string | undefined => former.get(code);

/** Most that one amount may be, in the main unit of its currency: ninety trillion. A deal in rupiah may well be a trillion. */
const MOST_UNITS = 90_000_000_000_000;
/** Most minor units of one amount: numbers in JSON are exact up to a little more. Reached where a currency has three decimals or four. */
export const MOST_MINOR = 9_000_000_000_000_000;

/** Most minor units that one amount of a currency may have. */
export const mostOf = (currency: string): number =>
  Math.min(MOST_MINOR, MOST_UNITS * 10 ** (minorDigits[currency] ?? 0));

/**
 * Decimal text to minor units, exactly: no binary fraction is involved.
 * @returns undefined when the text is not a number, finer than the currency's minor unit, or too large to be exact
 */
export function minorUnits(text: string, currency: string): number | undefined {
  const match = /^(-?)(\d{1,16})(?:\.(\d+))?$/.exec(text.trim());
  const digits = wasCurrency(currency) ? minorDigits[currency] : undefined;
  if (!match || digits === undefined) return undefined;
  const [, sign, whole, fraction = ''] = match;
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > digits) return undefined;
  const minor = Number(`${whole}${kept.padEnd(digits, '0')}`);
  if (!Number.isSafeInteger(minor)) return undefined;
  return sign === '-' && minor !== 0 ? -minor : minor;
}

/** The amount as decimal text, for people: `1234.50`. */
export function decimal({ amount, currency }: MoneySum): string {
  const digits = minorDigits[currency] ?? 2;
  const match = /^(-?)(\d+)$/.exec(String(amount));
  // Other programs write events too, with amounts that are none.
  if (!match) return String(amount);
  const [, sign, minor] = match as unknown as [string, string, string];
  const text = minor.padStart(digits + 1, '0');
  return `${sign}${text.slice(0, text.length - digits)}${digits > 0 ? `.${text.slice(-digits)}` : ''}`;
}
