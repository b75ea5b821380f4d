import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsInt, IsObject, IsUUID, Matches, Max, Min, ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import type { ValidationOptions } from 'class-validator';
import { inLowerCase } from '../ids.js';
import { isCurrency } from '../money.js';
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

/** An ISO 4217 currency in use. */
export const IsCurrency = (): PropertyDecorator =>
  applyDecorators(
    ValidateBy({
      name: 'isCurrency',
      validator: {
        validate: (value) => typeof value === 'string' && isCurrency(value),
        defaultMessage: () => '$property must be an ISO 4217 currency code in use',
      },
    }),
    ApiProperty({ type: String, minLength: 3, maxLength: 3, example: 'EUR' }),
  );

/** May be left out, but not null: null would be stored where a value has to be. */
export const MayBeLeftOut = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** Most minor units an amount may have: a trillion in a currency of two decimals, which is more than any company turns over. */
const MOST = 100_000_000_000_000;

/** Money in minor units, a whole number, never below zero. */
export class MoneyBody {
  @IsInt()
  @Min(0)
  @Max(MOST)
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
