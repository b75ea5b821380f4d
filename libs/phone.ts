import { parsePhoneNumberFromString, validatePhoneNumberLength } from 'libphonenumber-js/core';
import type { CountryCode } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/max/metadata';
import { Refusal } from './errors.js';

/** Digits of the longest number in E.164. */
const MOST_DIGITS = 15;

/**
 * The region whose numbering plan is meant by a region (`DE`) or a calling code (`49`, `+49`).
 * @returns undefined where there is no such plan
 */
export function planOf(regionOrCallingCode: string): CountryCode | undefined {
  if (isRegion(regionOrCallingCode)) return regionOrCallingCode;
  const regions: Readonly<Record<string, readonly CountryCode[]>> = metadata.country_calling_codes;
  // Of several regions with one code, the first is the one whose prefixes the library takes for all of them.
  return regions[regionOrCallingCode.replace(/^\+/, '')]?.[0];
}

const isRegion = (text: string): text is CountryCode => Object.hasOwn(metadata.countries, text);

/**
 * A phone number in E.164, such as `+4930123456`, from any spelling of it.
 * @param plan region or calling code of numbers that are written without one
 * @returns undefined for what cannot be a number: its length must be one that its numbering plan knows. Whether it is in use
 * is not looked at, since plans grow.
 */
export function phoneNumber(written: string, plan?: string): string | undefined {
  const options = optionsOf(plan);
  // `00` begins an international number in most plans, and in files also where the plan says otherwise.
  return numberIn(written, options) ?? (/^\s*00/.test(written) ? numberIn(written.replace('00', '+')) : undefined);
}

/** @param field that it stands in @throws Refusal `phone-invalid`, with the reason */
export function e164(written: string, plan?: string, field = 'phone'): string {
  const number = phoneNumber(written, plan);
  if (number !== undefined) return number;
  throw new Refusal('phone-invalid', `This cannot be a phone number: ${reasonOf(written, optionsOf(plan))}.`, {
    field,
  });
}

type Options = ReturnType<typeof optionsOf>;

const optionsOf = (plan?: string) => {
  const region = plan === undefined ? undefined : planOf(plan);
  return { extract: false, ...(region && { defaultCountry: region }) };
};

function numberIn(written: string, options: Options = { extract: false }): string | undefined {
  const read = parsePhoneNumberFromString(written, options, metadata);
  if (!read || read.ext !== undefined || !read.isPossible() || read.number.length > MOST_DIGITS + 1) return undefined;
  // What begins with several zeros would be a shorter number each time it is read.
  const isSettled = read.number === written || numberIn(read.number) === read.number;
  return isSettled ? read.number : undefined;
}

const REASONS = {
  INVALID_COUNTRY: 'it must begin with + and a calling code there is, as in +4930123456',
  NOT_A_NUMBER: 'it is none',
  TOO_SHORT: 'it is too short',
  TOO_LONG: 'it is too long',
  INVALID_LENGTH: 'in its numbering plan, numbers have another length',
  other: 'it has too many digits, or zeros in front that do not belong there',
} as const;

/** The number itself is not repeated: it is personal. */
function reasonOf(written: string, options: Options): string {
  if (parsePhoneNumberFromString(written, options, metadata)?.ext !== undefined)
    return 'E.164 has no place for an extension';
  return REASONS[validatePhoneNumberLength(written, options, metadata) ?? 'other'];
}
