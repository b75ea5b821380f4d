import type { Condition, Filter, Find } from './read-models.js';
import type { Projection } from './projection.js';
import { Invalid } from '../errors.js';

/** A piece of SQL with the values of its placeholders, in order. */
export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number | null)[];
}

const PATH = /^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)*$/;

/** Name of the generated column of an indexed path. */
export const columnOf = (path: string): string => `"${safe(path)}"`;

/** Paths that have a generated column. */
export const indexedPaths = ({ indexes }: Projection): string[] => [...new Set(indexes.flat())];

function safe(path: string): string {
  if (!PATH.test(path)) throw new Error(`not a document path: ${path}`);
  return path;
}

/** Compiles filters, sorting and keyset paging to SQL over the JSON bodies of one generation. */
export class QueryCompiler {
  readonly #columns: ReadonlySet<string>;

  constructor(
    private readonly generation: number,
    projection: Projection,
  ) {
    this.#columns = new Set(indexedPaths(projection));
  }

  path(path: string): string {
    return this.#columns.has(path) ? columnOf(path) : `json_extract(body, '$.${safe(path)}')`;
  }

  filter(filter: Filter = {}): Sql {
    const parts: Sql[] = [{ text: 'body IS NOT NULL', values: [] }];
    for (const [path, condition] of Object.entries(filter)) {
      if (condition === undefined) continue;
      if (path === '$and' || path === '$or') {
        parts.push(join((condition as readonly Filter[]).map((each) => this.filter(each)), path === '$and' ? ' AND ' : ' OR '));
      } else {
        parts.push(this.#condition(path, condition as Condition));
      }
    }
    return join(parts, ' AND ');
  }

  #condition(path: string, condition: Condition): Sql {
    if (condition === null) return { text: `${this.path(path)} IS NULL`, values: [] };
    if (typeof condition !== 'object') return { text: `${this.path(path)} = ?`, values: [plain(condition)] };
    const operators: Sql[] = [];
    const add = (text: string, ...values: Sql['values']) => operators.push({ text, values });
    const { $in, $ne, $gt, $gte, $lt, $lte, $prefix, $has } = condition;
    if ($in !== undefined) {
      add(`${this.path(path)} IN (SELECT value FROM json_each(?))`, JSON.stringify($in.map(plain)));
    }
    if ($ne !== undefined) add(`${this.path(path)} IS NOT ?`, plain($ne));
    if ($gt !== undefined) add(`${this.path(path)} > ?`, $gt);
    if ($gte !== undefined) add(`${this.path(path)} >= ?`, $gte);
    if ($lt !== undefined) add(`${this.path(path)} < ?`, $lt);
    if ($lte !== undefined) add(`${this.path(path)} <= ?`, $lte);
    if ($prefix !== undefined) add(`${this.path(path)} >= ? AND ${this.path(path)} < ?`, $prefix, endOf($prefix));
    if (typeof $has === 'string') {
      add(`id IN (SELECT id FROM list_${this.generation} WHERE path = ? AND value = ?)`, safe(path), $has);
    } else if ($has !== undefined) {
      add(
        `id IN (SELECT id FROM list_${this.generation} WHERE path = ? AND value >= ? AND value < ?)`,
        safe(path),
        $has.$prefix,
        endOf($has.$prefix),
      );
    }
    return join(operators, ' AND ');
  }

  /** One page, with a row more than asked for when there is a next page. */
  page({ filter, sort = [], limit = 50, cursor }: Find): Sql {
    const keys = [...sort, 'id'].map((key) => ({
      expression: key === 'id' ? 'id' : this.path(key.replace(/^-/, '')),
      descending: (sort[0] ?? '').startsWith('-') && key === 'id' ? true : key.startsWith('-'),
    }));
    const where = [this.filter(filter)];
    if (cursor !== undefined) where.push(this.#after(keys, decode(cursor, keys.length)));
    const condition = join(where, ' AND ');
    const order = keys.map(({ expression, descending }) => `${expression} ${descending ? 'DESC' : 'ASC'}`);
    return {
      text: `SELECT id, body, ${keys.map(({ expression }) => expression).join(', ')} FROM document_${this.generation}
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

/** Says where the next page begins. */
export const encode = (last: readonly unknown[]): string => Buffer.from(JSON.stringify(last)).toString('base64url');

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

const plain = (value: string | number | boolean | null): string | number | null =>
  typeof value === 'boolean' ? Number(value) : value;

const endOf = (prefix: string): string => `${prefix}\u{10ffff}`;
