import { z } from 'zod';
import { isId } from '../ids.js';
import { decimal, isCurrency, minorDigits, MOST_MINOR, mostOf, wasCurrency } from '../money.js';
import { isText, TEXT } from './text-form.js';
import { isDay, utc } from '../time.js';

/*
 * The fields that requests and rows of imports are made of. Each says in one place what it takes: for the compiler, as a check
 * with its message, as JSON Schema, and in which form the value is recorded.
 */

/** A field whose value is recorded as a `T`. */
export type Field<T> = z.ZodType<T, unknown>;

/** An object of fields, whichever they are. */
export type Form = z.ZodObject;

/** Fields by their names. */
export type Fields = Readonly<Record<string, z.ZodType>>;

/** What fields are as an object. */
export type ValuesOf<Shape extends Fields> = Readonly<z.output<z.ZodObject<Shape>>>;

/** Kind of a field, for imports and for documentation. */
export interface Trait {
  readonly is: 'text' | 'id' | 'day' | 'time' | 'choice' | 'whole' | 'number' | 'flag' | 'list' | 'money';
  /** The words of a choice. */
  readonly words?: readonly string[];
  /** The kind of thing that an id names. */
  readonly names?: string;
  /** What the items of a list are: a field. */
  readonly item?: object;
  /** Whether a list stands in a query as one text with commas. */
  readonly commas?: true;
}

/** Traits of fields, for the files that make fields. */
export const traits = z.registry<Trait>();

/** A field itself, whether it may be left out or not. */
function itself(field: z.ZodType): z.ZodType {
  const wraps = field instanceof z.ZodOptional || field instanceof z.ZodNullable || field instanceof z.ZodDefault;
  return wraps ? itself(field.unwrap() as z.ZodType) : field;
}

/** What a field is, whether it may be left out or not. Objects of fields have no trait. */
export const traitOf = (field: z.ZodType): Trait | undefined => traits.get(itself(field));

/** The fields of an object of fields, whether it may be left out or not. */
export function fieldsOf(field: z.ZodType): Fields | undefined {
  const object = itself(field);
  return object instanceof z.ZodObject && !traits.has(object) ? (object.shape as Fields) : undefined;
}

/** Whether requests and rows may say nothing of a field. */
export const mayBeLeftOut = (field: z.ZodType): boolean => field.safeParse(undefined).success;

/** Longest text of any field, in characters: what is longer is refused before patterns are tried on it. */
const LONGEST_TEXT = 10_000;

/**
 * A field of text.
 * @param says what the text must be, as the end of a sentence that begins with the name of the field
 * @param written makes the form that is recorded of a text that holds
 */
export function textual(
  says: string,
  holds: (value: string) => boolean,
  schema: z.core.JSONSchema.BaseSchema,
  { trait = { is: 'text' }, written }: { readonly trait?: Trait; readonly written?: (value: string) => string } = {},
): Field<string> {
  const checked = z
    .string({ error: says })
    .refine((value) => value.length <= 2 * LONGEST_TEXT && holds(value), { error: says, abort: true });
  return (written ? checked.overwrite(written) : checked).meta({ type: 'string', ...schema }).register(traits, trait);
}

/** Text that a person could have written: well-formed, something of it to be seen, without control characters. */
export const text = (most: number): Field<string> =>
  textual(
    `must be text of 1 to ${most} characters that can be seen, without control characters`,
    (value) => isText(value, most),
    { minLength: 1, maxLength: most, pattern: TEXT.source },
  );

/**
 * Text of a form.
 * @param says ends the sentence "the field …"
 * @throws Error for flags of an expression that JSON Schema has no words for
 */
export function pattern(form: RegExp, says: string): Field<string> {
  if (form.flags.replace('u', '') !== '') throw new Error(`JSON Schema has no words for the flags of ${form}.`);
  return textual(says, (value) => value.length <= LONGEST_TEXT && value.isWellFormed() && form.test(value), {
    pattern: form.source,
  });
}

/** An id. Callers may write it in upper case. @param names the kind of thing that it is of */
export const id = (names?: string): Field<string> =>
  textual(
    'must be a UUID',
    isId,
    { format: 'uuid' },
    { trait: { is: 'id', ...(names !== undefined && { names }) }, written: (value) => value.toLowerCase() },
  );

/** A day that exists, `YYYY-MM-DD`. */
export const day = (): Field<string> =>
  textual('must be a day that exists, as YYYY-MM-DD', isDay, { format: 'date' }, { trait: { is: 'day' } });

/** A moment with its offset; recorded in UTC with milliseconds. */
export const time = (): Field<string> =>
  textual(
    'must be an ISO 8601 time with offset, such as 2026-01-31T09:00:00Z',
    (value) => utc(value) !== undefined,
    { format: 'date-time' },
    { trait: { is: 'time' }, written: (value) => utc(value)! },
  );

/** A day, or a moment with its offset, which is written in UTC with milliseconds. */
export const dayOrTime = (): Field<string> =>
  textual(
    'must be a day that exists, as YYYY-MM-DD, or an ISO 8601 time with offset, such as 2026-01-31T09:00:00Z',
    (value) => isDay(value) || utc(value) !== undefined,
    {
      anyOf: [
        { type: 'string', format: 'date' },
        { type: 'string', format: 'date-time' },
      ],
    },
    { trait: { is: 'time' }, written: (value) => utc(value) ?? value },
  );

const DOMAIN = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** A domain name in lower case. */
export const domain = (): Field<string> =>
  textual('must be a domain name in lower case', (value) => value.length <= 253 && DOMAIN.test(value), {
    maxLength: 253,
    pattern: DOMAIN.source,
  });

/** One of a few words. */
export const oneOf = <const Word extends string>(words: readonly Word[]): Field<Word> =>
  z
    .enum(words, { error: `must be one of the following values: ${words.join(', ')}` })
    .register(traits, { is: 'choice', words }) as unknown as Field<Word>;

/** A whole number. */
export function whole(least: number, most: number): Field<number> {
  const says = `must be a whole number from ${least} to ${most}`;
  return z
    .number({ error: says })
    .refine((value) => Number.isInteger(value) && value >= least && value <= most, { error: says })
    .meta({ type: 'integer', minimum: least, maximum: most })
    .register(traits, { is: 'whole' });
}

/** A number, with or without decimals. */
export function number(least: number, most: number): Field<number> {
  const says = `must be a number from ${least} to ${most}`;
  return z
    .number({ error: says })
    .min(least, { error: says })
    .max(most, { error: says })
    .register(traits, { is: 'number' });
}

export const flag = (): Field<boolean> =>
  z.boolean({ error: 'must be a boolean value' }).register(traits, { is: 'flag' });

/**
 * A list. It is measured before its items are looked at, so that a long one costs no more than its length.
 * @param unique whether every item may be there once only
 */
export function list<T>(
  item: Field<T>,
  { least = 0, most, unique = false }: { readonly least?: number; readonly most: number; readonly unique?: boolean },
): Field<readonly T[]> {
  const measured = z
    .array(z.unknown(), { error: 'must be an array' })
    .refine((values) => values.length <= most, { error: `must contain no more than ${most} elements`, abort: true })
    .refine((values) => values.length >= least, { error: `must contain at least ${least} elements`, abort: true });
  const items = unique
    ? z.array(item).refine((values) => new Set(values).size === values.length, {
        error: 'must hold every element once only',
      })
    : z.array(item);
  const field = measured.pipe(items).meta({
    type: 'array',
    ...(least > 0 && { minItems: least }),
    maxItems: most,
    ...(unique && { uniqueItems: true }),
  });
  field.register(traits, { is: 'list', item });
  return field as unknown as Field<readonly T[]>;
}

/** An object of fields; a field that it does not have is refused. */
export const part = <const Shape extends Fields>(fields: Shape) =>
  z.strictObject(fields, {
    error: ({ code }) => (code === 'invalid_type' ? 'must be an object' : undefined),
  }) as unknown as z.ZodObject<Shape, z.core.$strict>;

/** A field of a command that only the program itself sends: nothing is checked, and it cannot be described. */
export const fromProgram = <T>(): Field<T> => z.custom<T>();

/** May be left out or null, which is recorded as null. */
export const orNull = <T>(field: Field<T>) => field.nullable().default(null);

/** ISO 4217 currencies that a request may name; an import reads what was money when it happened as well. */
let currencies: (code: string) => boolean = isCurrency;

/** Runs something with the currencies that have been money once. Synchronous, so that no request runs meanwhile. */
export function withFormerCurrencies<T>(run: () => T): T {
  currencies = wasCurrency;
  try {
    return run();
  } finally {
    currencies = isCurrency;
  }
}

const inUse = Object.keys(minorDigits).filter(isCurrency).sort();

/** An ISO 4217 currency in use. */
export const currency = (): Field<string> =>
  textual('must be an ISO 4217 currency code in use', (value) => currencies(value), { enum: inUse });

/** An ISO 4217 currency that is in use or was. */
export const anyCurrency = (): Field<string> =>
  textual('must be an ISO 4217 currency code', wasCurrency, { enum: Object.keys(minorDigits).sort() });

/** The currencies whose amounts have the same limit, with that. */
const limits = [...Map.groupBy(inUse, mostOf)].map(([maximum, codes]) => ({
  type: 'object' as const,
  properties: {
    amount: { type: 'integer' as const, maximum },
    currency: { type: 'string' as const, enum: codes },
  },
}));

/**
 * Money in minor units, a whole number, never below zero: at most 90,000,000,000,000 of the main unit, or, where the
 * currency has three decimals or four, as much of it as 9,000,000,000,000,000 minor units are.
 */
export const money = () =>
  part({ amount: whole(0, MOST_MINOR), currency: currency() })
    .superRefine(({ amount, currency: code }, { addIssue }) => {
      const most = mostOf(code);
      if (amount <= most) return;
      const limit = `${decimal({ amount: most, currency: code })} ${code}`;
      addIssue({ code: 'custom', path: ['amount'], message: `must be at most ${most}, which is ${limit}` });
    })
    .meta({ id: 'MoneyBody', anyOf: limits })
    .register(traits, { is: 'money' });
