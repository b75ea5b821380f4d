import type { DatabaseSync } from 'node:sqlite';
import { openSqlite, Statements } from '../sqlite.js';
import { closeKeepingRoom } from '../sqlite-room.js';
import type { FilterTerms } from './event-filter.js';
import type { Place } from './read-request.js';

const APPLICATION_ID = 0x414e4c47;
const MIGRATIONS = [
  `CREATE TABLE consumer_group (
     source TEXT NOT NULL,
     name TEXT NOT NULL,
     settings TEXT NOT NULL,
     checkpoint INTEGER NOT NULL,
     PRIMARY KEY (source, name)
   ) WITHOUT ROWID;
   CREATE TABLE parked (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     source TEXT NOT NULL,
     name TEXT NOT NULL,
     place INTEGER NOT NULL,
     reason TEXT NOT NULL
   );
   CREATE INDEX parked_group ON parked (source, name, number);`,
];

/** What group it is: the name of a stream, or `$all`, and a name under it. */
export interface GroupKey {
  readonly source: string;
  readonly name: string;
}

export type Strategy = 'RoundRobin' | 'DispatchToSingle' | 'Pinned' | 'PinnedByCorrelation' | 'KeyOrdered';

export interface GroupSettings {
  readonly from: Place;
  readonly filter?: FilterTerms;
  readonly strategy: Strategy;
  readonly resolveLinks: boolean;
  readonly extraStatistics: boolean;
  /** How long a consumer has for an event, in milliseconds; 0 for as long as it likes. */
  readonly messageTimeout: number;
  readonly maxRetries: number;
  /** How often it is written down what is done, in milliseconds, if that is at least … */
  readonly checkpointAfter: number;
  readonly minCheckpoint: number;
  /** … and after so many events at the latest. */
  readonly maxCheckpoint: number;
  /** 0 for as many as there are. */
  readonly maxConsumers: number;
  readonly liveBuffer: number;
  readonly readBatch: number;
  readonly historyBuffer: number;
}

export interface KeptGroup extends GroupKey {
  readonly settings: GroupSettings;
  /** Everything up to this revision or position is done. */
  readonly checkpoint: number;
}

/** An event that nobody could deal with, by where it lies. */
export interface Parked {
  readonly number: number;
  readonly place: number;
}

/** What groups of consumers must not forget, in a file of its own beside the log. */
export class SqliteGroups {
  readonly #db: DatabaseSync;
  readonly #statements: Statements;

  constructor(path: string) {
    const mend = 'It holds only where groups of consumers stand: without it they are to be created again.';
    const opening = {
      applicationId: APPLICATION_ID,
      migrations: MIGRATIONS,
      mend,
      readOnly: false,
      busyTimeout: 5_000,
    };
    this.#db = openSqlite(path, opening);
    this.#statements = new Statements(this.#db);
  }

  all(): readonly KeptGroup[] {
    return this.#statements
      .all('SELECT source, name, settings, checkpoint FROM consumer_group ORDER BY source, name')
      .map(({ source, name, settings, checkpoint }) => ({
        source: String(source),
        name: String(name),
        settings: JSON.parse(String(settings)) as GroupSettings,
        checkpoint: Number(checkpoint),
      }));
  }

  keep({ source, name, settings, checkpoint }: KeptGroup): void {
    this.#statements.run(
      'INSERT OR REPLACE INTO consumer_group VALUES (?, ?, ?, ?)',
      source,
      name,
      JSON.stringify(settings),
      checkpoint,
    );
  }

  remove({ source, name }: GroupKey): void {
    this.#db.exec('BEGIN IMMEDIATE');
    this.#statements.run('DELETE FROM parked WHERE source = ? AND name = ?', source, name);
    this.#statements.run('DELETE FROM consumer_group WHERE source = ? AND name = ?', source, name);
    this.#db.exec('COMMIT');
  }

  checkpoint({ source, name }: GroupKey, at: number): void {
    this.#statements.run('UPDATE consumer_group SET checkpoint = ? WHERE source = ? AND name = ?', at, source, name);
  }

  park({ source, name }: GroupKey, place: number, reason: string): void {
    const sql = 'INSERT INTO parked (source, name, place, reason) VALUES (?, ?, ?, ?)';
    this.#statements.run(sql, source, name, place, reason);
  }

  unpark(number: number): void {
    this.#statements.run('DELETE FROM parked WHERE number = ?', number);
  }

  parked({ source, name }: GroupKey): readonly Parked[] {
    const sql = 'SELECT number, place FROM parked WHERE source = ? AND name = ? ORDER BY number';
    return this.#statements.all(sql, source, name) as unknown as Parked[];
  }

  close(): void {
    this.#statements.clear();
    closeKeepingRoom(this.#db);
  }
}
