import type { Clock } from '../clock.js';
import { Refusal } from '../errors.js';
import type { Statements } from '../sqlite.js';
import { mayServe } from './read-models.js';
import type { Generation, GenerationState, PageWrite } from './read-models.js';
import type { ReadModel } from './rollup.js';

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

const COLUMNS = `id, name, definition, state, position, started_at AS startedAt, updated_at AS updatedAt, rate, error, hash`;
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

  create({ projection, rollups }: ReadModel, definition: string): Generation {
    const now = this.clock.now();
    const names = JSON.stringify(rollups.map(({ name }) => name));
    return this.statements.get(
      `INSERT INTO generation (name, definition, state, started_at, updated_at, rollups) VALUES (?, ?, 'building', ?, ?, ?)
       RETURNING ${COLUMNS}`,
      projection.name,
      definition,
      now,
      now,
      names,
    ) as unknown as Generation;
  }

  /** @returns whether it was in one of `from` */
  transition(
    id: number,
    from: readonly GenerationState[],
    to: GenerationState,
    because: { readonly error?: string; readonly hash?: string },
  ): boolean {
    const changes = this.statements.run(
      `UPDATE generation SET state = ?, updated_at = ?, error = coalesce(?, error), hash = coalesce(?, hash)
       WHERE id = ? AND state IN (SELECT value FROM json_each(?))`,
      to,
      this.clock.now(),
      because.error ?? null,
      because.hash ?? null,
      id,
      JSON.stringify(from),
    );
    return changes === 1;
  }

  /** @returns those that are dropped, since another is retained now */
  activate({ id, name }: Generation): readonly number[] {
    const found = this.statements.get('SELECT state FROM generation WHERE id = ?', id)?.['state'];
    const state = String(found) as GenerationState;
    if (state === 'active') return [];
    if (!mayServe.has(state)) throw new Error(`generation ${id} of ${name} cannot serve: it is ${state}`);
    const now = this.clock.now();
    const earlier = `${MOVE} WHERE name = ? AND state = 'retained' AND id <> ? RETURNING id`;
    const dropped = this.statements.all(earlier, 'dropped', now, name, id);
    this.statements.run(`${MOVE} WHERE name = ? AND state = 'active'`, 'retained', now, name);
    this.statements.run(`${MOVE} WHERE id = ?`, 'active', now, id);
    return dropped.map((row) => Number(row['id']));
  }

  /** @throws Error when it is not at `from` */
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
    if (changes !== 1) throw new Error(`${name} is being projected by somebody else`);
  }

  isBuilding(id: number): boolean {
    return this.statements.get(`SELECT 1 FROM generation WHERE id = ? AND state = 'building'`, id) !== undefined;
  }

  /** Names of the reports that have tables. */
  rollups(id: number): readonly string[] {
    const { rollups } = this.statements.get('SELECT rollups FROM generation WHERE id = ?', id) as { rollups: string };
    return JSON.parse(rollups) as string[];
  }

  /** The pointer readers go through. @throws Refusal `read-model-building` while a first generation is being built */
  active(name: string): number {
    const row = this.statements.get(`SELECT id FROM generation WHERE name = ? AND state = 'active'`, name);
    if (!row) throw new Refusal('read-model-building', `The read model ${name} is being built.`, { name }, 503);
    return Number(row['id']);
  }
}
