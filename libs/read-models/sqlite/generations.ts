import type { Clock } from '../../clock.js';
import type { Statements } from '../../sqlite/sqlite.js';
import { holdsReport, notCounted, notServing } from '../report-readiness.js';
import { endsTheSet, mayServe } from '../generation.js';
import { Elsewhere } from '../read-models.js';
import type { Because, Generation, GenerationState } from '../generation.js';
import type { PageWrite } from '../read-models.js';
import type { ReadModel, Rollup } from '../rollup.js';

export const GENERATIONS = `CREATE TABLE generation (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL,
     definition TEXT NOT NULL,
     state TEXT NOT NULL,
     position INTEGER NOT NULL DEFAULT 0,
     started_at TEXT NOT NULL,
     updated_at TEXT NOT NULL,
     rate REAL NOT NULL DEFAULT 0,
     error TEXT,
     hash TEXT,
     rollups TEXT NOT NULL
   );
   CREATE UNIQUE INDEX generation_active ON generation (name) WHERE state = 'active';`;

/** A generation of its own for every partition of a read model. */
export const PARTITIONS = `ALTER TABLE generation ADD COLUMN partition INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE generation ADD COLUMN partitions INTEGER NOT NULL DEFAULT 1;
   ALTER TABLE generation ADD COLUMN first INTEGER NOT NULL DEFAULT 0;
   UPDATE generation SET first = id;
   DROP INDEX generation_active;
   CREATE UNIQUE INDEX generation_active ON generation (name, partition) WHERE state = 'active';`;

const COLUMNS = `id, name, definition, partition, partitions, first AS "set", state, position, started_at AS startedAt,
  updated_at AS updatedAt, rate, error, hash, coalesce((SELECT epoch FROM fence WHERE consumer = generation.id), 0) AS epoch`;
const MOVE = 'UPDATE generation SET state = ?, updated_at = ?';

/** The table of generations: which there are, how far they are, and which one answers. */
export class SqliteGenerations {
  constructor(
    private readonly statements: Statements,
    private readonly clock: Clock,
  ) {}

  all(): readonly Generation[] {
    const rows = this.statements.all(`SELECT ${COLUMNS} FROM generation WHERE state <> 'dropped' ORDER BY id`);
    return rows as unknown as Generation[];
  }

  create({ projection, rollups }: ReadModel, definition: string, partitions: number): readonly Generation[] {
    const now = this.clock.now();
    const names = JSON.stringify(rollups.map(({ name }) => name));
    const insert = `INSERT INTO generation (name, definition, state, started_at, updated_at, rollups, partition, partitions)
      VALUES (?, ?, 'building', ?, ?, ?, ?, ?) RETURNING id`;
    const ids = Array.from({ length: partitions }, (_, partition) =>
      Number(this.statements.get(insert, projection.name, definition, now, now, names, partition, partitions)!['id']),
    );
    const first = ids[0]!;
    const mark = `UPDATE generation SET first = ? WHERE id = ? RETURNING ${COLUMNS}`;
    return ids.map((id) => this.statements.get(mark, first, id) as unknown as Generation);
  }

  /** @returns those whose state has changed: none unless it was in one of `from` */
  transition(id: number, from: readonly GenerationState[], to: GenerationState, because: Because): readonly number[] {
    const now = this.clock.now();
    const row = this.statements.get(
      `UPDATE generation SET state = ?, updated_at = ?, error = coalesce(?, error), hash = coalesce(?, hash)
       WHERE id = ? AND state IN (SELECT value FROM json_each(?)) RETURNING first`,
      to,
      now,
      because.error ?? null,
      because.hash ?? null,
      id,
      JSON.stringify(from),
    );
    if (!row) return [];
    if (!endsTheSet.has(to)) return [id];
    const others = `${MOVE} WHERE first = ? AND state NOT IN (?, 'dropped') RETURNING id`;
    return [id, ...this.statements.all(others, to, now, Number(row['first']), to).map((other) => Number(other['id']))];
  }

  /** @returns those that are dropped, since another is retained now; undefined where it may not serve */
  activate({ id, name }: Generation): readonly number[] | undefined {
    const all = this.all().filter((each) => each.name === name);
    const own = all.find((each) => each.id === id);
    if (own?.state === 'active') return [];
    if (!own) return undefined;
    const { set } = own;
    if (all.some((each) => each.set === set && !mayServe.has(each.state))) return undefined;
    const now = this.clock.now();
    const earlier = `${MOVE} WHERE name = ? AND state = 'retained' AND first <> ? RETURNING id`;
    const dropped = this.statements.all(earlier, 'dropped', now, name, set);
    this.statements.run(`${MOVE} WHERE name = ? AND state = 'active'`, 'retained', now, name);
    this.statements.run(`${MOVE} WHERE first = ?`, 'active', now, set);
    return dropped.map((row) => Number(row['id']));
  }

  /** @throws Elsewhere when it is not at `from` */
  advance({ generation: { id, name }, from, to, rate }: PageWrite): void {
    const changes = this.statements.run(
      `UPDATE generation SET position = ?, updated_at = ?, rate = ?, error = NULL
       WHERE id = ? AND position = ? AND state <> 'dropped'`,
      to,
      this.clock.now(),
      rate,
      id,
      from,
    );
    if (changes !== 1) throw new Elsewhere(name);
  }

  isBuilding(id: number): boolean {
    return this.statements.get(`SELECT 1 FROM generation WHERE id = ? AND state = 'building'`, id) !== undefined;
  }

  /** Names of the reports that have tables. */
  rollups(id: number): readonly string[] {
    const { rollups } = this.statements.get('SELECT rollups FROM generation WHERE id = ?', id) as { rollups: string };
    return JSON.parse(rollups) as string[];
  }

  /**
   * The pointer readers go through: one for each partition, in order.
   * @param report that is asked for, where one is
   * @throws Unavailable `read-model-building` · `read-model-failed` while nothing serves · `report-building`
   */
  active(name: string, report?: Rollup): readonly number[] {
    const sql = `SELECT id, definition FROM generation WHERE name = ? AND state = 'active' ORDER BY partition`;
    const rows = this.statements.all(sql, name);
    if (rows.length === 0) throw notServing(name, this.all());
    const holds = (row: (typeof rows)[number]) =>
      !report || holdsReport({ definition: String(row['definition']) }, report);
    if (!rows.every(holds)) throw notCounted(report!, this.all());
    return rows.map(({ id }) => Number(id));
  }
}
