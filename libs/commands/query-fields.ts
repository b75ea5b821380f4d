import { z } from 'zod';
import { isId } from '../ids.js';
import { flag, list, textual, traits, whole } from './fields.js';
import type { Field } from './fields.js';
import { isText, TEXT } from './text-form.js';

/** A whole number in a query, written in digits only. */
export function digits(least: number, most: number): Field<number> {
  const number = whole(least, most);
  return z
    .preprocess((value) => (typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value), number)
    .meta({ type: 'integer', minimum: least, maximum: most }) as Field<number>;
}

/** A flag in a query, as `true` or `false`. */
export const trueOrFalse = (): Field<boolean> =>
  z
    .preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), flag())
    .meta({ type: 'boolean' }) as Field<boolean>;

const WORD = TEXT.source.replaceAll('[^', '[^,');

/** Text in a list with commas: it has none itself, also where one is written as %2C. */
export const word = (longest: number): Field<string> =>
  textual(
    `must be text of 1 to ${longest} characters that can be seen, without commas and control characters`,
    (each) => isText(each, longest),
    { minLength: 1, maxLength: longest, pattern: WORD },
  );

/** The same, or no text: a list of one of these is a list of nothing. */
export const wordOrNone = (longest: number): Field<string> =>
  textual(
    `must be text of at most ${longest} characters that can be seen, without commas and control characters`,
    (each) => each === '' || isText(each, longest),
    { maxLength: longest, pattern: `^$|${WORD}` },
  );

/**
 * A list in a query, as one text with commas between its values. An empty text is a list of one empty value.
 * @param least values
 */
export function commaSeparated<T>(item: Field<T>, most: number, least: 0 | 1 = 1): Field<readonly T[]> {
  const field = z
    .preprocess((given) => (typeof given === 'string' ? given.split(',') : given), list(item, { least, most }))
    .meta({ type: 'array', ...(least > 0 && { minItems: least }), maxItems: most });
  field.register(traits, { is: 'list', item, commas: true });
  return field as Field<readonly T[]>;
}

/** A list in a query, by saying the parameter again; once makes a list of one. */
export function repeated<T>(item: Field<T>, most: number): Field<readonly T[]> {
  const field = z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), list(item, { most }))
    .meta({ type: 'array', maxItems: most });
  field.register(traits, { is: 'list', item });
  return field as Field<readonly T[]>;
}

/** An id to filter by, or `none` for what has none. */
export const idOrNone = (): Field<string> =>
  textual(
    'must be a UUID or none',
    (value) => value === 'none' || isId(value),
    {
      anyOf: [
        { type: 'string', format: 'uuid' },
        { type: 'string', enum: ['none'] },
      ],
    },
    { trait: { is: 'id' }, written: (value) => value.toLowerCase() },
  );
