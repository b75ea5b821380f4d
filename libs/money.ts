import type { WrittenWhole } from './whole.js';

/** An amount of money in minor units (cents), a whole number, with its ISO 4217 currency. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** Amounts added up: beyond 2^53 − 1 the amount is decimal text. */
export interface MoneySum {
  readonly amount: WrittenWhole;
  readonly currency: string;
}

/** ISO 4217 codes in use, with the number of decimals of their minor unit. */
export const minorDigits: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries({
    0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
    2: 'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG',
    3: 'BHD IQD JOD KWD LYD OMR TND',
  }).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, Number(digits)] as const)),
);

export const isCurrency = (code: string): boolean => Object.hasOwn(minorDigits, code);

/**
 * Decimal text to minor units, exactly: no binary fraction is involved.
 * @returns undefined when the text is not a number, finer than the currency's minor unit, or too large to be exact
 */
export function minorUnits(text: string, currency: string): number | undefined {
  const match = /^(-?)(\d{1,16})(?:\.(\d+))?$/.exec(text.trim());
  const digits = isCurrency(currency) ? minorDigits[currency] : undefined;
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
