import { hash } from 'node:crypto';
import { Invalid } from '../errors.js';
import type { Projection } from './projection.js';
import type { Condition, Filter, Find, Scalar } from './read-models.js';

const OPERATORS = new Set(['$in', '$ne', '$gt', '$gte', '$lt', '$lte', '$prefix', '$has']);

type Operators = Exclude<Condition, Scalar>;

/**
 * What a condition says that is more than a value.
 * @throws Error when it is none: one that says nothing would hold for everything
 */
export function operatorsOf(path: string, condition: Exclude<Condition, string | number | boolean | null>): Operators {
  const operators = Object.entries(condition);
  const known = operators.every(([operator]) => OPERATORS.has(operator));
  if (!known || operators.every(([, value]) => value === undefined)) {
    throw new Error(`not a condition on ${path}: ${JSON.stringify(condition)}`);
  }
  return condition;
}

/** The conditions of a filter, all of which must hold; `$and` and `$or` are among them. */
export const partsOf = (filter: Filter): readonly (readonly [string, Condition | readonly Filter[]])[] =>
  Object.entries(filter).flatMap(([path, condition]) => (condition === undefined ? [] : [[path, condition] as const]));

/** Value for filters and sorting; booleans become 0 or 1, so that keyset pages work. */
export const plain = (value: Scalar): string | number | null => (typeof value === 'boolean' ? Number(value) : value);

/** Upper bound of all texts with this prefix. */
export const endOf = (prefix: string): string => `${prefix}\u{10ffff}`;

/** Hash of a list: projection, order and filter. */
const listOf = ({ name }: Projection, { sort = [], filter = {}, asked = filter }: Find): string =>
  hash('sha1', JSON.stringify([name, sort, asked]), 'base64url').slice(0, 8);

/** Cursor for the page behind an entry, from its sort values and id. */
export const cursorOf = (projection: Projection, find: Find, values: readonly unknown[]): string =>
  Buffer.from(JSON.stringify([listOf(projection, find), ...values])).toString('base64url');

/** The sort values and id in a cursor. @throws Invalid `cursor-invalid` for an invalid cursor, or one of another list */
export function valuesOf(projection: Projection, find: Find, cursor: string): (string | number)[] {
  let last: unknown;
  try {
    last = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    last = undefined;
  }
  const [list, ...values] = Array.isArray(last) ? (last as unknown[]) : [];
  const isOurs = list === listOf(projection, find) && values.length === (find.sort ?? []).length + 1;
  if (!isOurs || values.some((value) => typeof value !== 'string' && typeof value !== 'number')) {
    throw new Invalid('cursor-invalid', 'The cursor belongs to another list, order or filter.', { field: 'cursor' });
  }
  return values as (string | number)[];
}
