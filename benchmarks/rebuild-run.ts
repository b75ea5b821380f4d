import { DatabaseSync } from 'node:sqlite';
import { SystemClock } from '../libs/clock.js';
import { Upcasting } from '../libs/event-store/upcasting.js';
import { SqliteEventStore } from '../libs/event-store/sqlite/sqlite.event-store.js';
import { Projector } from '../libs/read-models/building/projector.js';
import { openReadModels } from '../libs/read-models/open-read-models.js';
import { definitionOf } from '../libs/read-models/rollup.js';
import { readModels as all } from '../apps/program/definitions.js';
import { upcasters } from '../libs/upcasters.js';
import { seconds } from './measure.js';
import { Resident } from './resident.js';

export interface Rebuilt {
  readonly seconds: number;
  /** Seconds of processor time, which what else the machine does changes little. */
  readonly processor: number;
  /** Most memory that was resident, in MB: all of it, and what is not merely a mapped file that the system may take back. */
  readonly resident: number;
  readonly own: number;
}

const ZONE = 'UTC';
const COLUMNS = 'position, stream, revision, id, type, schema_version, occurred_at, recorded_at, metadata, data';

/**
 * Folds a log into read models and says how long it took, in a process of its own, so that its memory is measured alone.
 *
 * - `scan LOG`: reads every event, parses its data, and folds nothing.
 * - `build LOG URL NAMES`: from nothing until it serves, in the read models that the URL names.
 * - `rebuild LOG URL NAMES`: beside what serves there, compared with it, until it has taken over.
 */
const [task, log = '', url = '', names = ''] = process.argv.slice(2);
const resident = new Resident();
const taken = task === 'scan' ? await seconds(() => scan(log)) : await project(task === 'rebuild');
const { user, system } = process.cpuUsage();
const answer: Rebuilt = { seconds: taken, processor: (user + system) / 1_000_000, ...resident.most() };
process.send?.(answer, () => process.disconnect());

function scan(path: string): number {
  const db = new DatabaseSync(path, { readOnly: true });
  db.exec('PRAGMA mmap_size = 1073741824');
  const rows = db.prepare(`SELECT ${COLUMNS} FROM event ORDER BY position`);
  rows.setReturnArrays(true);
  let found = 0;
  for (const row of rows.iterate() as unknown as Iterable<readonly string[]>) {
    if (JSON.parse(row.at(-1)!)) found += 1;
  }
  db.close();
  return found;
}

async function project(again: boolean): Promise<number> {
  const clock = new SystemClock();
  const wanted = names.split(',');
  const definitions = all.filter(({ projection }) => names === 'all' || wanted.includes(projection.name));
  const store = new SqliteEventStore({ path: log, clock, upcasting: new Upcasting(upcasters) });
  const readModels = await openReadModels({ url, clock, note: () => undefined });
  const projector = new Projector({ store, readModels, definitions, zone: ZONE, report });
  if (again) for (const definition of definitions) await readModels.create(definition, definitionOf(definition, ZONE));
  const spent = await seconds(() => projector.catchUp());
  const generations = await readModels.generations();
  const head = await store.head();
  for (const { projection } of definitions) {
    const serving = generations.filter(({ name, state }) => name === projection.name && state === 'active');
    if (serving[0]?.position !== head) throw new Error(`${projection.name} has not been built`);
  }
  await store.close();
  await readModels.close();
  return spent;
}

function report(what: string, details: object): void {
  throw new Error(`${what}: ${JSON.stringify(details)}`);
}
