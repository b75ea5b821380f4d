import { Invalid } from '../errors.js';
import type { Projection } from './projection.js';
import type { Condition, Filter, Find, Scalar } from './read-models.js';
import { columnOf, documentTable, indexedPaths, listTable, safePath } from './sqlite-documents.js';

/** A piece of SQL with the values of its placeholders, in order. */
export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number | null)[];
}

const OPERATORS = new Set(['$in', '$ne', '$gt', '$gte', '$lt', '$lte', '$prefix', '$has']);

/** Compiles filters, sorting and keyset paging to SQL over the JSON bodies of one generation. */
export class QueryCompiler {
  readonly #columns: ReadonlySet<string>;
  readonly #lists: ReadonlySet<string>;

  constructor(
    private readonly generation: number,
    projection: Projection,
  ) {
    this.#columns = new Set(indexedPaths(projection));
    this.#lists = new Set(projection.lists);
  }

  #path(path: string): string {
    return this.#columns.has(path) ? columnOf(path) : `json_extract(body, '$.${safePath(path)}')`;
  }

  filter(filter: Filter = {}): Sql {
    const parts: Sql[] = [{ text: 'body IS NOT NULL', values: [] }];
    for (const [path, condition] of Object.entries(filter)) {
      if (condition === undefined) continue;
      if (path === '$and' || path === '$or') {
        parts.push(
          join(
            (condition as readonly Filter[]).map((each) => this.filter(each)),
            path === '$and' ? ' AND ' : ' OR ',
          ),
        );
      } else {
        parts.push(this.#condition(path, condition as Condition));
      }
    }
    return join(parts, ' AND ');
  }

  #condition(path: string, condition: Condition): Sql {
    const at = this.#path(path);
    if (condition === null) return { text: `${at} IS NULL`, values: [] };
    if (typeof condition !== 'object') return { text: `${at} = ?`, values: [plain(condition)] };
    const operators: Sql[] = [];
    const add = (text: string, ...values: Sql['values']) => operators.push({ text, values });
    const { $in, $ne, $gt, $gte, $lt, $lte, $prefix, $has } = condition;
    if ($in !== undefined) operators.push(among(at, $in));
    if ($ne !== undefined) add(`${at} IS NOT ?`, plain($ne));
    if ($gt !== undefined) add(`${at} > ?`, $gt);
    if ($gte !== undefined) add(`${at} >= ?`, $gte);
    if ($lt !== undefined) add(`${at} < ?`, $lt);
    if ($lte !== undefined) add(`${at} <= ?`, $lte);
    if ($prefix !== undefined) add(`${at} >= ? AND ${at} < ?`, $prefix, endOf($prefix));
    if ($has !== undefined) operators.push(this.#has(path, $has));
    // A condition that says nothing would hold for everything.
    if (operators.length === 0 || Object.keys(condition).some((operator) => !OPERATORS.has(operator))) {
      throw new Error(`not a condition on ${path}: ${JSON.stringify(condition)}`);
    }
    return join(operators, ' AND ');
  }

  #has(path: string, wanted: string | { readonly $prefix: string }): Sql {
    if (!this.#lists.has(path)) throw new Error(`not a list of the projection: ${path}`);
    const ids = `SELECT id FROM ${listTable(this.generation)} WHERE path = ?`;
    return typeof wanted === 'string'
      ? { text: `id IN (${ids} AND value = ?)`, values: [path, wanted] }
      : { text: `id IN (${ids} AND value >= ? AND value < ?)`, values: [path, wanted.$prefix, endOf(wanted.$prefix)] };
  }

  /** One page, with a row more than asked for when there is a next one; `k0`, `k1` … are what it is sorted by. */
  page({ filter, sort = [], limit = 50, cursor }: Find): Sql {
    const descending = sort[0]?.startsWith('-') ?? false;
    const keys = [
      ...sort.map((key) => ({ expression: this.#path(key.replace(/^-/, '')), descending: key.startsWith('-') })),
      { expression: 'id', descending },
    ];
    const where = [this.filter(filter)];
    if (cursor !== undefined) where.push(this.#after(keys, decode(cursor, keys.length)));
    const condition = join(where, ' AND ');
    const columns = keys.map(({ expression }, index) => `${expression} AS k${index}`);
    const order = keys.map((key) => `${key.expression} ${key.descending ? 'DESC' : 'ASC'}`);
    return {
      text: `SELECT body, ${columns.join(', ')} FROM ${documentTable(this.generation)}
        WHERE ${condition.text} ORDER BY ${order.join(', ')} LIMIT ?`,
      values: [...condition.values, limit + 1],
    };
  }

  /** Rows behind the last one seen: one comparison of rows where all keys run the same way, which an index can serve. */
  #after(keys: { expression: string; descending: boolean }[], last: (string | number)[]): Sql {
    const descending = keys[0]!.descending;
    if (keys.every((key) => key.descending === descending)) {
      const row = keys.map(({ expression }) => expression).join(', ');
      return { text: `(${row}) ${descending ? '<' : '>'} (${keys.map(() => '?').join(', ')})`, values: last };
    }
    const cases = keys.map(({ expression, descending: down }, index): Sql => {
      const equal = keys.slice(0, index).map((key) => `${key.expression} = ?`);
      return {
        text: [...equal, `${expression} ${down ? '<' : '>'} ?`].join(' AND '),
        values: last.slice(0, index + 1),
      };
    });
    return join(cases, ' OR ');
  }
}

/** Says where the page after this row begins. */
export function cursorAfter({ body: _, ...keys }: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(Object.values(keys))).toString('base64url');
}

function decode(cursor: string, length: number): (string | number)[] {
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

function join(parts: readonly Sql[], word: string): Sql {
  if (parts.length === 0) return { text: word === ' OR ' ? '0' : '1', values: [] };
  return { text: `(${parts.map(({ text }) => text).join(word)})`, values: parts.flatMap(({ values }) => [...values]) };
}

function among(at: string, wanted: readonly Scalar[]): Sql {
  const some = { text: `${at} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(wanted.map(plain))] };
  return wanted.includes(null) ? join([some, { text: `${at} IS NULL`, values: [] }], ' OR ') : some;
}

const plain = (value: Scalar): string | number | null => (typeof value === 'boolean' ? Number(value) : value);

const endOf = (prefix: string): string => `${prefix}\u{10ffff}`;
