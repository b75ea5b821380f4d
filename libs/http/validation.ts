import { applyDecorators } from '@nestjs/common';
import type { SchemaObject } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsObject,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { ValidationArguments, ValidationOptions } from 'class-validator';
import { isText, TEXT } from '../commands/text-form.js';
import { inLowerCase, isId } from '../ids.js';
import { decimal, isCurrency, minorDigits, MOST_MINOR, mostOf, wasCurrency } from '../money.js';
import { isDay, utc } from '../time.js';

/** What a check of our own takes, as JSON Schema; `schemaOf` finds it as the first constraint of the check. */
export class Stated {
  constructor(
    readonly schema: SchemaObject,
    /** What holds for the fields together, where what a field takes depends on another one: one of these. */
    readonly beside?: readonly SchemaObject[],
  ) {}
}

interface Check {
  readonly name: string;
  readonly holds: (value: string, object: object) => boolean;
  readonly says: string;
  readonly schema: SchemaObject;
  readonly beside?: readonly SchemaObject[];
}

/** A check of text together with its words in JSON Schema. */
export const Takes = ({ name, holds, says, schema, beside }: Check, options?: ValidationOptions): PropertyDecorator =>
  ValidateBy(
    {
      name,
      constraints: [new Stated(schema, beside)],
      validator: {
        validate: (value, args) => typeof value === 'string' && holds(value, args!.object),
        defaultMessage: () => says,
      },
    },
    options,
  );

/** Text that a person could have written: well-formed, something of it to be seen, without control characters. */
export const IsText = (max: number, options?: ValidationOptions): PropertyDecorator =>
  Takes(
    {
      name: 'isText',
      holds: (value) => isText(value, max),
      says: `$property must be text of 1 to ${max} characters that can be seen, without control characters`,
      schema: { type: 'string', minLength: 1, maxLength: max, pattern: TEXT.source },
    },
    options,
  );

/** Writes an id, or each of a list, as it is recorded. */
export const InLowerCase = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => {
    const lower = (each: unknown) => (typeof each === 'string' ? inLowerCase(each) : each);
    return Array.isArray(value) ? value.map(lower) : lower(value);
  });

export const IsId = (options?: ValidationOptions): PropertyDecorator =>
  applyDecorators(
    InLowerCase(),
    Takes(
      {
        name: 'isId',
        holds: isId,
        says: '$property must be a UUID',
        schema: { type: 'string', format: 'uuid' },
      },
      options,
    ),
  );

/** A day that exists, `YYYY-MM-DD`. */
export const IsDay = (options?: ValidationOptions): PropertyDecorator =>
  Takes(
    {
      name: 'isDay',
      holds: isDay,
      says: '$property must be a day that exists, as YYYY-MM-DD',
      schema: { type: 'string', format: 'date' },
    },
    options,
  );

/** A moment with its offset; becomes UTC with milliseconds. */
export const IsTime = (options?: ValidationOptions): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (utc(value) ?? value) : value)),
    Takes(
      {
        name: 'isTime',
        holds: (value) => utc(value) === value,
        says: '$property must be an ISO 8601 time with offset, such as 2026-01-31T09:00:00Z',
        schema: { type: 'string', format: 'date-time' },
      },
      options,
    ),
  );

/** A day, or a moment with its offset, which becomes UTC with milliseconds. */
export const IsDayOrTime = (): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (utc(value) ?? value) : value)),
    Takes({
      name: 'isDayOrTime',
      holds: (value) => isDay(value) || utc(value) === value,
      says: '$property must be a day that exists, as YYYY-MM-DD, or an ISO 8601 time with offset, such as 2026-01-31T09:00:00Z',
      schema: {
        anyOf: [
          { type: 'string', format: 'date' },
          { type: 'string', format: 'date-time' },
        ],
      },
    }),
  );

const currencies = Object.keys(minorDigits).sort();

/** An ISO 4217 currency in use, or also one that was. */
export const IsCurrency = ({ former = false } = {}): PropertyDecorator =>
  Takes({
    name: 'isCurrency',
    holds: former ? wasCurrency : isCurrency,
    says: `$property must be an ISO 4217 currency code${former ? '' : ' in use'}`,
    schema: { type: 'string', enum: currencies.filter((code) => former || isCurrency(code)) },
  });

const COMMAS = Symbol('separated by commas');

/** A list in a query, as one text with commas between its values. */
export const CommaSeparated =
  (most: number, longest: number): PropertyDecorator =>
  (target, property) => {
    Reflect.defineMetadata(COMMAS, true, target, property);
    applyDecorators(
      Transform(({ value }: { value: unknown }) =>
        typeof value === 'string' ? value.split(',').filter((part) => part !== '') : value,
      ),
      IsArray(),
      ArrayMaxSize(most),
      IsText(longest, { each: true }),
    )(target, property);
  };

export const isCommaSeparated = ({ prototype }: { readonly prototype: object }, property: string): boolean =>
  Reflect.getMetadata(COMMAS, prototype, property) === true;

/** A whole number in a query, written in digits only. */
export const IsWhole = (min: number, max: number): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value,
    ),
    IsInt(),
    Min(min),
    Max(max),
  );

/** May be left out, but not null: null would be stored where a value has to be. */
export const MayBeLeftOut = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** The currencies whose amounts have the same limit, with that. */
const limits = [...Map.groupBy(currencies.filter(isCurrency), mostOf)].map(([maximum, codes]) => ({
  type: 'object',
  properties: { amount: { type: 'integer', maximum }, currency: { type: 'string', enum: codes } },
}));

/** Most that one amount may be depends on its currency. */
const IsWithinLimit = (): PropertyDecorator =>
  ValidateBy({
    name: 'isWithinLimit',
    constraints: [new Stated({}, limits)],
    validator: {
      validate: (value, told) => typeof value !== 'number' || value <= mostOf(currencyIn(told)),
      defaultMessage: (told) => {
        const currency = currencyIn(told);
        const amount = mostOf(currency);
        return `$property must be at most ${amount}, which is ${decimal({ amount, currency })} ${currency}`;
      },
    },
  });

/** A currency that is none has the highest limit: it is refused for what it is. */
const currencyIn = (told: ValidationArguments | undefined): string => {
  const { currency } = (told?.object ?? {}) as { currency?: unknown };
  return typeof currency === 'string' && wasCurrency(currency) ? currency : 'EUR';
};

/**
 * Money in minor units, a whole number, never below zero: at most 90,000,000,000,000 of the main unit, or, where the currency has
 * three decimals or four, as much of it as 9,000,000,000,000,000 minor units are.
 */
export class MoneyBody {
  @IsInt()
  @Min(0)
  @Max(MOST_MINOR)
  @IsWithinLimit()
  amount: number;

  @IsCurrency()
  currency: string;
}

/** An object of the fields of a class: nested validation alone lets pass what is left out, and lists. */
export const IsPart = (part: () => new () => object): PropertyDecorator =>
  applyDecorators(IsObject(), ValidateNested(), Type(part));

export const IsMoney = (): PropertyDecorator => IsPart(() => MoneyBody);
