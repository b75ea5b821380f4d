import { Invalid } from '../errors.js';
import type { Condition, Filter, Scalar } from './read-models.js';

const OPERATORS = new Set(['$in', '$ne', '$gt', '$gte', '$lt', '$lte', '$prefix', '$has']);

type Operators = Exclude<Condition, Scalar>;

/** What a condition says that is more than a value. @throws Error when it is none: one that says nothing would hold for everything */
export function operatorsOf(path: string, condition: Exclude<Condition, string | number | boolean | null>): Operators {
  const operators = Object.entries(condition);
  const known = operators.every(([operator]) => OPERATORS.has(operator));
  if (!known || operators.every(([, value]) => value === undefined)) {
    throw new Error(`not a condition on ${path}: ${JSON.stringify(condition)}`);
  }
  return condition;
}

/** Conditions all of which must hold, with `$and` and `$or` among them. */
export const partsOf = (filter: Filter): readonly (readonly [string, Condition | readonly Filter[]])[] =>
  Object.entries(filter).flatMap(([path, condition]) => (condition === undefined ? [] : [[path, condition] as const]));

/** A value as lists are filtered and sorted by it: truth is 0 or 1, so that it can be paged by. */
export const plain = (value: Scalar): string | number | null => (typeof value === 'boolean' ? Number(value) : value);

/** Behind every text that begins so. */
export const endOf = (prefix: string): string => `${prefix}\u{10ffff}`;

/** Says where the page behind an entry begins that has these values to sort by, and this id. */
export const cursorOf = (values: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url');

/** @throws Invalid `cursor-invalid` */
export function valuesOf(cursor: string, length: number): (string | number)[] {
  let last: unknown;
  try {
    last = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    last = undefined;
  }
  const values = Array.isArray(last) ? (last as unknown[]) : [];
  if (values.length !== length || values.some((value) => typeof value !== 'string' && typeof value !== 'number')) {
    throw new Invalid('cursor-invalid', 'The cursor does not belong to this list.', { field: 'cursor' });
  }
  return values as (string | number)[];
}
