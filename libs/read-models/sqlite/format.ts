import type { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '../../sqlite/sqlite.js';
import { widenCells } from './cells.js';
import { GENERATIONS, PARTITIONS } from './generations.js';
import { LEASES } from './leases.js';
import { PARKING } from './parking.js';

const APPLICATION_ID = 0x414e524d;
const MIGRATIONS = [
  `${GENERATIONS}
   ${PARKING}
   CREATE TABLE checkpoint (process TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;`,
  // Documents and cells lie in other columns from here on: they are computed again, in tables that take the place of these.
  `DELETE FROM generation; DELETE FROM parked; DELETE FROM waiting; DELETE FROM sqlite_sequence;`,
  // Processes park streams as generations park documents.
  `ALTER TABLE checkpoint ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE parked RENAME TO parked_before; ALTER TABLE waiting RENAME TO waiting_before;
   ${PARKING}
   INSERT INTO parked SELECT * FROM parked_before; INSERT INTO waiting SELECT * FROM waiting_before;
   DROP TABLE parked_before; DROP TABLE waiting_before;`,
  // Partitions and leases, for several projectors.
  `${PARTITIONS} ${LEASES}`,
  // Identity of the log.
  'CREATE TABLE log (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL)',
  widenCells,
];
const MEND = 'Stop what writes to it and delete it: `annals rebuild --all` makes it again from the log.';

/** Opens the file of read models, and brings it to the present format unless it is only read. */
export const openFile = (path: string, readOnly: boolean): DatabaseSync =>
  openSqlite(path, { applicationId: APPLICATION_ID, migrations: MIGRATIONS, mend: MEND, readOnly, busyTimeout: 0 });
