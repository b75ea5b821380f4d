import type { Document, Filter as MongoFilter } from 'mongodb';
import type { Stored } from './connection.js';
import { safePath } from '../paths.js';
import type { Projection } from '../projection.js';
import { endOf, operatorsOf, partsOf, plain, valuesOf } from '../filter.js';
import type { Condition, Filter, Find, Scalar } from '../read-models.js';

/** Where in a stored document the value of a path lies that is asked about. */
export const fieldOf = (path: string): string => `d.${safePath(path)}`;
/** Where the texts of the n-th list lie. */
export const listField = (index: number): string => `l${index}`;

interface SortKey {
  readonly field: string;
  readonly path: string | undefined;
  readonly descending: boolean;
}

/** Filters, sorting and keyset paging as MongoDB asks for them: values stay values, whatever they look like. */
export class MongoQuery {
  constructor(private readonly projection: Projection) {}

  filter(filter: Filter = {}): MongoFilter<Stored> {
    // What was removed has no body.
    return { $and: [{ body: { $ne: null } }, ...this.#all(filter)] };
  }

  page(find: Find): {
    readonly where: MongoFilter<Stored>;
    readonly order: Record<string, 1 | -1>;
  } {
    const { filter, sort = [], cursor } = find;
    const keys = keysOf(sort);
    const where = this.filter(filter);
    if (cursor !== undefined) where.$and!.push(...after(keys, valuesOf(this.projection, find, cursor)));
    // A path named twice sorts once.
    const order: Record<string, 1 | -1> = {};
    for (const { field, descending } of keys) order[field] ??= descending ? -1 : 1;
    return { where, order };
  }

  #all(filter: Filter): Document[] {
    return partsOf(filter).flatMap(([path, condition]) => {
      if (path === '$and') return (condition as readonly Filter[]).flatMap((each) => this.#all(each));
      if (path === '$or') return [anyOf((condition as readonly Filter[]).map((each) => this.#all(each)))];
      return this.#condition(path, condition as Condition);
    });
  }

  #condition(path: string, condition: Condition): Document[] {
    const field = fieldOf(path);
    if (condition === null || typeof condition !== 'object') return [{ [field]: { $eq: plain(condition) } }];
    const { $in, $ne, $prefix, $has, ...ranges } = operatorsOf(path, condition);
    const parts: Document[] = [];
    if ($in !== undefined) parts.push({ $in: $in.map((value: Scalar) => plain(value)) });
    if ($ne !== undefined) parts.push({ $ne: plain($ne) });
    if ($prefix !== undefined) parts.push({ $gte: $prefix, $lt: endOf($prefix) });
    for (const [operator, value] of Object.entries(ranges)) if (value !== undefined) parts.push({ [operator]: value });
    const all: Document[] = parts.map((part) => ({ [field]: part }));
    if ($has !== undefined) all.push(this.#has(path, $has));
    return all;
  }

  #has(path: string, wanted: string | { readonly $prefix: string }): Document {
    const index = this.projection.lists.indexOf(path);
    if (index < 0) throw new Error(`not a list of the projection: ${path}`);
    const field = listField(index);
    if (typeof wanted === 'string') return { [field]: { $eq: wanted } };
    return { [field]: { $elemMatch: { $gte: wanted.$prefix, $lt: endOf(wanted.$prefix) } } };
  }
}

/** By what a list is sorted: the id breaks ties, in the direction of the first. */
function keysOf(sort: readonly string[]): SortKey[] {
  const keys = sort.map((key): SortKey => {
    const path = key.replace(/^-/, '');
    return { field: fieldOf(path), path, descending: key.startsWith('-') };
  });
  return [...keys, { field: '_id', path: undefined, descending: keys[0]?.descending ?? false }];
}

/** Entries behind the last one seen. The first key alone bounds what an index has to look at. */
function after(keys: readonly SortKey[], last: readonly (string | number)[]): Document[] {
  const cases = keys.map(({ field, descending }, index) => [
    ...keys.slice(0, index).map((key, at) => ({ [key.field]: { $eq: last[at] } })),
    { [field]: { [descending ? '$lt' : '$gt']: last[index] } },
  ]);
  const [first] = keys;
  return [{ [first!.field]: { [first!.descending ? '$lte' : '$gte']: last[0] } }, anyOf(cases)];
}

function anyOf(cases: readonly (readonly Document[])[]): Document {
  if (cases.length === 0) return { _id: { $in: [] } };
  return { $or: cases.map((parts) => (parts.length === 0 ? {} : { $and: parts })) };
}
