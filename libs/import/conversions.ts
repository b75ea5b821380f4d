import { Refusal } from '../errors.js';
import { inLowerCase, isId } from '../ids.js';
import { e164 } from '../phone.js';
import { dateOf } from './dates.js';
import { decimalOf, decimalOfNumber, moneyOf, numberOf, times, whole } from './numbers.js';
import type { Detailed, Formats, ValueMap } from './mapping.js';
import type { Decimal, NumberForm } from './numbers.js';
import type { Field } from './steps/step.js';

export type Plain = string | number | boolean;

/** Format of a value, and conversion of numbers. */
export interface Form extends NumberForm {
  readonly dates: readonly string[];
  readonly zone: string;
  readonly currency: string;
  readonly scale: number | undefined;
  readonly round: boolean;
}

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  y: true,
  1: true,
  x: true,
  false: false,
  no: false,
  n: false,
  0: false,
};

/** @throws Refusal `date-invalid` · `number-invalid` · `value-invalid` · `currency-unknown` · `currency-mismatch` */
export function convert(value: Plain, field: Field, form: Form): unknown {
  const text = String(value);
  switch (field.is) {
    case 'integer':
      return whole(scaled(value, form), 0, form.round, text);
    case 'decimal':
      return numberOf(scaled(value, form), text);
    case 'money':
      return moneyOf(scaled(value, form, form.currency), form.currency, form.round, text);
    case 'day':
      return dateOf(text, form.dates, form.zone).day;
    case 'moment':
      return dateOf(text, form.dates, form.zone).moment;
    case 'flag':
      return FLAGS[text.toLowerCase()] ?? refuse(text, ['true', 'false', 'yes', 'no', '1', '0']);
    case 'choice':
      return field.of!.includes(text) ? text : refuse(text, field.of!);
    case 'ref':
      if (isId(text)) return inLowerCase(text);
      throw new Refusal('value-invalid', 'This is no id: name a thing by its key with "ref".');
    default:
      return text;
  }
}

function scaled(value: Plain, form: Form, currency?: string): Decimal {
  const number = typeof value === 'number' ? decimalOfNumber(value) : decimalOf(String(value), form, currency);
  return form.scale === undefined ? number : times(number, decimalOfNumber(form.scale));
}

function refuse(text: string, allowed: readonly string[]): never {
  const value = text.slice(0, 40);
  throw new Refusal('value-invalid', `"${value}" is none of ${allowed.join(', ')}.`, { value, allowed });
}

/** Only the format options of one place of a mapping. */
export function formatsIn({ date, zone, decimal, thousands, currency }: Formats): Formats {
  const all = { date, zone, decimal, thousands, currency };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

export const numberForm = ({ decimal = '.', thousands = '' }: Formats): NumberForm => ({ decimal, thousands });

export const dateForm = ({ date = 'iso', zone = 'UTC' }: Formats) => ({
  dates: typeof date === 'string' ? [date] : date,
  zone,
});

/** Makes the function that changes a value before its conversion. @throws SyntaxError for an invalid pattern */
export function changer(map: ValueMap | undefined, detailed: Detailed): (value: Plain) => Plain | null {
  const { unmapped = 'keep', case: letters, countryCode } = detailed;
  const pick = picker(detailed);
  if (!map && !pick && letters === undefined && countryCode === undefined) return (value) => value;
  return (value) => {
    const picked = pick ? pick(String(value)) : value;
    if (picked === null) return null;
    const found = map ? mapped(map, unmapped, picked) : picked;
    if (typeof found !== 'string') return found;
    const cased = letters === 'lower' ? found.toLowerCase() : letters === 'upper' ? found.toUpperCase() : found;
    return countryCode === undefined ? cased : e164(cased, countryCode);
  };
}

/** Makes the function that extracts a part of a text; null when nothing matches. */
function picker({ pattern, unmatched = 'empty' }: Detailed): ((text: string) => string | null) | undefined {
  if (pattern === undefined) return undefined;
  const expression = new RegExp(pattern, 'u');
  return (text) => {
    const match = expression.exec(text);
    if (match) return (match[1] ?? (match.length > 1 ? '' : match[0])).trim() || null;
    if (unmatched === 'reject') throw new Refusal('value-invalid', 'The value does not fit the pattern of this field.');
    return unmatched === 'keep' ? text : null;
  };
}

function mapped(map: ValueMap, unmapped: 'keep' | 'empty' | 'reject', value: Plain): Plain | null {
  const text = String(value);
  if (Object.hasOwn(map, text)) return map[text]!;
  if (unmapped === 'keep') return value;
  if (unmapped === 'empty') return null;
  throw new Refusal('value-invalid', 'The value is not in the map of this field.', { allowed: Object.keys(map) });
}
