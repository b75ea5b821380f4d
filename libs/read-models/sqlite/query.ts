import { indexedPaths, safePath } from '../paths.js';
import type { Projection } from '../projection.js';
import { endOf, operatorsOf, partsOf, plain, valuesOf } from '../filter.js';
import type { Condition, Filter, Find, Scalar } from '../read-models.js';
import { columnOf, documentTable, filterIndex, listTable, orderIndex } from './documents.js';

/** A piece of SQL with the values of its placeholders, in order. */
export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number | null)[];
}

/** Limit for counting the documents that meet a condition. */
const MOST_COUNTED = 10_000;
/** Estimated cost of finding a document by its id, in steps along an index. */
const FINDING = 5;
/** Estimated share of documents that meet a condition above the counting limit. */
const COMMON = 0.3;

/** Compiles filters, sorting and keyset paging to SQL over the JSON bodies of one generation. */
export class QueryCompiler {
  readonly #columns: ReadonlySet<string>;
  readonly #lists: ReadonlySet<string>;

  constructor(
    private readonly generation: number,
    private readonly projection: Projection,
  ) {
    this.#columns = new Set(indexedPaths(projection));
    this.#lists = new Set(projection.lists);
  }

  #path(path: string): string {
    return this.#columns.has(path) ? columnOf(path) : `json_extract(body, '$.${safePath(path)}')`;
  }

  filter(filter: Filter = {}): Sql {
    return join([{ text: 'body IS NOT NULL', values: [] }, this.#all(filter)], ' AND ');
  }

  #all(filter: Filter): Sql {
    const parts: Sql[] = [];
    for (const [path, condition] of partsOf(filter)) {
      if (path === '$and' || path === '$or') {
        parts.push(
          join(
            (condition as readonly Filter[]).map((each) => this.#all(each)),
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
    const { $in, $ne, $gt, $gte, $lt, $lte, $prefix, $has } = operatorsOf(path, condition);
    if ($in !== undefined) operators.push(among(at, $in));
    if ($ne !== undefined) add(`${at} IS NOT ?`, plain($ne));
    if ($gt !== undefined) add(`${at} > ?`, $gt);
    if ($gte !== undefined) add(`${at} >= ?`, $gte);
    if ($lt !== undefined) add(`${at} < ?`, $lt);
    if ($lte !== undefined) add(`${at} <= ?`, $lte);
    if ($prefix !== undefined) add(`${at} >= ? AND ${at} < ?`, $prefix, endOf($prefix));
    if ($has !== undefined) operators.push(this.#has(path, $has));
    return join(operators, ' AND ');
  }

  #has(path: string, wanted: string | { readonly $prefix: string }): Sql {
    const { text, values } = this.#inList(path, wanted);
    const of = `id = ${documentTable(this.generation)}.id`;
    return { text: `EXISTS (SELECT 1 FROM ${listTable(this.generation)} WHERE ${of} AND ${text})`, values };
  }

  #inList(path: string, wanted: string | { readonly $prefix: string }): Sql {
    if (!this.#lists.has(path)) throw new Error(`not a list of the projection: ${path}`);
    return typeof wanted === 'string'
      ? { text: 'path = ? AND value = ?', values: [path, wanted] }
      : { text: 'path = ? AND value >= ? AND value < ?', values: [path, wanted.$prefix, endOf(wanted.$prefix)] };
  }

  /**
   * One page, with a row more than asked for when there is a next one; `k0`, `k1` … are what it is sorted by.
   * @param count how many rows such a statement finds
   */
  page(find: Find, count: (statement: Sql) => number): Sql {
    const { filter = {}, sort = [], limit = 50, cursor } = find;
    const descending = sort[0]?.startsWith('-') ?? false;
    const keys = [
      ...sort.map((key) => ({ expression: this.#path(key.replace(/^-/, '')), descending: key.startsWith('-') })),
      { expression: 'id', descending },
    ];
    // A document that was removed has nothing to sort by either: its index tells that without a look at the document.
    const exists = this.#columns.has(sort[0]?.replace(/^-/, '') ?? '') ? keys[0]!.expression : 'body';
    const where = [{ text: `${exists} IS NOT NULL`, values: [] }, this.#all(filter)];
    if (cursor !== undefined) where.push(this.#after(keys, valuesOf(this.projection, find, cursor)));
    const from = this.#from(filter, sort, limit, count);
    const condition = join(where, ' AND ');
    const columns = keys.map(({ expression }, index) => `${expression} AS k${index}`);
    const order = keys.map((key) => `${key.expression} ${key.descending ? 'DESC' : 'ASC'}`);
    return {
      text: `SELECT body, ${columns.join(', ')} FROM ${from.text}
        WHERE ${condition.text} ORDER BY ${order.join(', ')} LIMIT ?`,
      values: [...from.values, ...condition.values, limit + 1],
    };
  }

  /**
   * Query plan for a page: either find all documents that meet the rarest condition and sort them, or scan in order and skip
   * documents until the page is full. Chooses by the estimated number of documents that meet each condition.
   */
  #from(filter: Filter, sort: readonly string[], limit: number, count: (statement: Sql) => number): Sql {
    const [rarest, ...others] = this.#ways(filter)
      .map(({ rows: { text, values }, from }) => {
        const counted = { text: `SELECT count(*) AS count FROM (${text} LIMIT ${MOST_COUNTED})`, values };
        return { found: count(counted), from };
      })
      .sort((a, b) => a.found - b.found);
    if (!rarest || rarest.found === MOST_COUNTED) return this.#inOrder(sort);
    const all = count({ text: `SELECT max(rowid) AS count FROM ${documentTable(this.generation)}`, values: [] });
    const shareOf = (found: number) => (found === MOST_COUNTED ? COMMON : found / all);
    const fitting = [rarest, ...others].reduce((share, { found }) => share * shareOf(found), 1);
    const isShorter = rarest.found * FINDING < Math.min(all, limit / fitting);
    return isShorter ? rarest.from : this.#inOrder(sort);
  }

  /** Conditions with an index of their own: the rows to count, and the table through that index. */
  #ways(filter: Filter): { readonly rows: Sql; readonly from: Sql }[] {
    const table = documentTable(this.generation);
    return conjuncts(filter).flatMap(([path, condition]) => {
      const has = typeof condition === 'object' ? condition?.$has : undefined;
      if (has !== undefined) {
        const { text, values } = this.#inList(path, has);
        const ids = `SELECT DISTINCT id AS wanted FROM ${listTable(this.generation)} WHERE ${text}`;
        return [{ rows: { text: ids, values }, from: { text: `(${ids}) CROSS JOIN ${table} ON id = wanted`, values } }];
      }
      if (!this.projection.filters.includes(path) || isNegation(condition)) return [];
      const by = `${table} INDEXED BY ${filterIndex(this.generation, path)}`;
      const { text, values } = this.#condition(path, condition);
      return [{ rows: { text: `SELECT 1 FROM ${by} WHERE ${text}`, values }, from: { text: by, values: [] } }];
    });
  }

  /** The table in the wanted order, by an index that also covers the filters. */
  #inOrder(sort: readonly string[]): Sql {
    const { indexes, filters } = this.projection;
    const paths = sort.map((key) => key.replace(/^-/, ''));
    const index = indexes.findIndex(
      (each) => each.length === paths.length && each.every((path, at) => path === paths[at]),
    );
    const table = documentTable(this.generation);
    const ordered = filters.length > 0 && index >= 0;
    return { text: ordered ? `${table} INDEXED BY ${orderIndex(this.generation, index)}` : table, values: [] };
  }

  /** Rows behind the cursor. If all keys have the same direction, a single row comparison, which an index can serve. */
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

/** Conditions all of which must hold. */
function conjuncts(filter: Filter): readonly (readonly [string, Condition])[] {
  return partsOf(filter).flatMap(([path, condition]) => {
    if (path === '$or') return [];
    if (path === '$and') return (condition as readonly Filter[]).flatMap(conjuncts);
    return [[path, condition as Condition] as const];
  });
}

const isNegation = (condition: Condition): boolean =>
  typeof condition === 'object' && condition !== null && '$ne' in condition;

function join(parts: readonly Sql[], word: string): Sql {
  if (parts.length === 0) return { text: word === ' OR ' ? '0' : '1', values: [] };
  return { text: `(${parts.map(({ text }) => text).join(word)})`, values: parts.flatMap(({ values }) => [...values]) };
}

function among(at: string, wanted: readonly Scalar[]): Sql {
  const some = { text: `${at} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(wanted.map(plain))] };
  return wanted.includes(null) ? join([some, { text: `${at} IS NULL`, values: [] }], ' OR ') : some;
}
