import { Refusal } from '../../errors.js';
import type { Statements } from '../../sqlite/sqlite.js';
import { pageOf } from '../merge.js';
import type { SortValue } from '../merge.js';
import { partitionOf } from '../partitions.js';
import type { Projection } from '../projection.js';
import type { Filter, Find, Found, Sum, Sums } from '../read-models.js';
import type { Rollup } from '../rollup.js';
import type { SqliteCells } from './cells.js';
import { documentTable } from './documents.js';
import type { SqliteGenerations } from './generations.js';
import { QueryCompiler } from './query.js';
import type { Sql } from './query.js';

/** Answers questions from the generations that serve. */
export class SqliteAnswers {
  constructor(
    private readonly statements: Statements,
    private readonly generations: SqliteGenerations,
    private readonly cells: SqliteCells,
  ) {}

  get<Document>(projection: Projection<Document>, id: string): Document | undefined {
    const serving = this.generations.active(projection.name);
    const table = documentTable(serving[partitionOf(id, serving.length)]!);
    const body = this.statements.get(`SELECT body FROM ${table} WHERE id = ?`, id)?.['body'];
    if (typeof body !== 'string') return undefined;
    return this.statements.reading(() => JSON.parse(body) as Document);
  }

  find<Document>(projection: Projection<Document>, find: Find): Found<Document> {
    const count = ({ text, values }: Sql) => Number(this.statements.get(text, ...values)?.['count']);
    const search = (generation: number) => {
      const { text, values } = new QueryCompiler(generation, projection).page(find, count);
      return this.statements.all(text, ...values).map(({ body, ...keys }) => ({
        keys: Object.values(keys) as SortValue[],
        document: () => JSON.parse(String(body)) as Document,
      }));
    };
    const partitions = this.#ofServing(projection, search);
    return this.statements.reading(() => pageOf(projection, partitions, find));
  }

  count(projection: Projection, filter?: Filter): number {
    const counts = this.#ofServing(projection, (generation) => {
      const { text, values } = new QueryCompiler(generation, projection).filter(filter);
      const sql = `SELECT count(*) AS count FROM ${documentTable(generation)} WHERE ${text}`;
      return Number(this.statements.get(sql, ...values)?.['count']);
    });
    return counts.reduce((sum, found) => sum + found, 0);
  }

  sums(rollup: Rollup, sums: Sums): readonly Sum[] {
    const serving = this.generations.active(rollup.of.name, rollup);
    return this.statements.reading(() => this.cells.sums(serving, rollup, sums));
  }

  /**
   * Asks every partition that serves. While the generation of a new definition is built, an older one serves, and lacks the
   * columns and indexes that only the new one has.
   * @throws Refusal `read-model-building` where it does
   */
  #ofServing<Answer>({ name }: Projection, ask: (generation: number) => Answer): Answer[] {
    try {
      return this.generations.active(name).map(ask);
    } catch (error) {
      if (!/^no such (column|index): /.test((error as Error).message)) throw error;
      throw new Refusal('read-model-building', `The read model ${name} is being built.`, { name }, 503);
    }
  }
}
