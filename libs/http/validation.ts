import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsInt, IsObject, IsUUID, Matches, Max, Min, ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import type { ValidationArguments, ValidationOptions } from 'class-validator';
import { inLowerCase } from '../ids.js';
import { decimal, isCurrency, MOST_MINOR, mostOf, wasCurrency } from '../money.js';
import { isDay, utc } from '../time.js';

/** Control characters other than tab and line ends. */
const CONTROL = /[^\P{Cc}\t\n\r]/u;

/** Text that a person could have written: well-formed, not only blanks, without control characters. */
export const IsText = (max: number, options?: ValidationOptions): PropertyDecorator =>
  applyDecorators(
    ValidateBy(
      {
        name: 'isText',
        validator: {
          validate: (value) =>
            typeof value === 'string' &&
            value.length <= max &&
            value.trim() !== '' &&
            value.isWellFormed() &&
            !CONTROL.test(value),
          defaultMessage: () => `$property must be text of 1 to ${max} characters, without control characters`,
        },
      },
      options,
    ),
    ApiProperty({ type: String, minLength: 1, maxLength: max }),
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
    IsUUID('all', { message: '$property must be a UUID', ...options }),
    ApiProperty({ type: String, format: 'uuid' }),
  );

const ID_OR_NONE = /^(none|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** An id to filter by, or `none` for what has none. */
export const IsIdOrNone = (): PropertyDecorator =>
  applyDecorators(InLowerCase(), Matches(ID_OR_NONE, { message: '$property must be a UUID or none' }));

/** A day that exists, `YYYY-MM-DD`. */
export const IsDay = (options?: ValidationOptions): PropertyDecorator =>
  applyDecorators(
    ValidateBy(
      {
        name: 'isDay',
        validator: {
          validate: (value) => typeof value === 'string' && isDay(value),
          defaultMessage: () => '$property must be a day that exists, as YYYY-MM-DD',
        },
      },
      options,
    ),
    ApiProperty({ type: String, format: 'date' }),
  );

/** A moment with its offset; becomes UTC with milliseconds. */
export const IsTime = (options?: ValidationOptions): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (utc(value) ?? value) : value)),
    ValidateBy(
      {
        name: 'isTime',
        validator: {
          validate: (value) => typeof value === 'string' && utc(value) === value,
          defaultMessage: () => '$property must be an ISO 8601 time with offset, such as 2026-01-31T09:00:00Z',
        },
      },
      options,
    ),
    ApiProperty({ type: String, format: 'date-time' }),
  );

/** An ISO 4217 currency in use, or also one that was. */
export const IsCurrency = ({ former = false } = {}): PropertyDecorator =>
  applyDecorators(
    ValidateBy({
      name: 'isCurrency',
      validator: {
        validate: (value) => typeof value === 'string' && (former ? wasCurrency(value) : isCurrency(value)),
        defaultMessage: () => `$property must be an ISO 4217 currency code${former ? '' : ' in use'}`,
      },
    }),
    ApiProperty({ type: String, minLength: 3, maxLength: 3, example: 'EUR' }),
  );

/** May be left out, but not null: null would be stored where a value has to be. */
export const MayBeLeftOut = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** Most that one amount may be depends on its currency. */
const IsWithinLimit = (): PropertyDecorator =>
  ValidateBy({
    name: 'isWithinLimit',
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

/** An amount that is there: nested validation alone lets pass what is left out. */
export const IsMoney = (): PropertyDecorator =>
  applyDecorators(
    IsObject(),
    ValidateNested(),
    Type(() => MoneyBody),
  );
