import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SystemClock } from '../libs/clock.js';
import type { NewEvent } from '../libs/event-store/event-store.js';
import { newId } from '../libs/ids.js';
import { SqliteEventStore } from '../libs/event-store/sqlite/sqlite.event-store.js';
import { Company } from './company.js';
import { rounds, seconds } from './measure.js';
import type { Figure, Measurement } from './measure.js';

const CALLERS = 64;
const EACH = 500;
/** Other streams that an append is checked against: what a rule was told of an owner and of a customer, say. */
const CHECKS = 2;

interface Caller {
  readonly stream: string;
  readonly events: readonly NewEvent[];
}

/** Appends of one event each by callers that wait for their answer, against inserts of the same rows in groups as large. */
export const appends: Measurement = {
  name: 'appends',
  async run({ workspace, rounds: count }) {
    const callers = madeCallers();
    const throughThePort = async (checks: number) =>
      (CALLERS * EACH) / (await throughPort(join(workspace.folder(), 'events.db'), callers, checks));
    const { port, checked, raw } = await rounds(count, {
      port: () => throughThePort(0),
      checked: () => throughThePort(CHECKS),
      raw: async () => (CALLERS * EACH) / (await inserted(join(workspace.folder(), 'events.db'), callers)),
    });
    const all = callers.flatMap(({ events }) => events);
    const bytes = all.reduce((sum, { data, metadata }) => sum + JSON.stringify([data, metadata]).length - 3, 0);
    const figure = (name: string, values: readonly number[]): Figure => ({
      name: `appends of 1 event through the port, ${name}`,
      unit: 'events/s',
      values,
      ceiling: { name: `raw inserts in groups of ${CALLERS}`, values: raw },
      target: { of: 'ratio', atLeast: 0.9 },
      eventBytes: Math.round(bytes / all.length),
      durability: 'full',
    });
    return [
      figure(`${CALLERS} callers`, port),
      figure(`the same with checks of ${CHECKS} other streams each`, checked),
    ];
  },
};

/** Interactions, each caller with a customer of its own. */
function madeCallers(): Caller[] {
  const { customers } = new Company(1, '2026-01-05T09:00:00.000Z');
  return Array.from({ length: CALLERS }, () => {
    customers.register();
    const customer = customers.all.at(-1)!;
    return {
      stream: customer.stream,
      events: Array.from({ length: EACH }, () => customers.interact(customer).events[0]!),
    };
  });
}

async function throughPort(path: string, callers: readonly Caller[], checks: number): Promise<number> {
  const store = open(path);
  // Other streams with events of their own, which nothing is appended to meanwhile.
  const others = callers.map(({ stream }) => ({ stream: `${stream}-told`, expected: 0 }));
  for (const [at, { events }] of callers.entries()) {
    await store.append(others[at]!.stream, 'no-stream', [{ ...events[0]!, id: newId() }]);
  }
  const call = async ({ stream, events }: Caller, at: number) => {
    for (const [revision, event] of events.entries()) {
      const checked = Array.from({ length: checks }, (_, each) => others[(at + each + revision) % others.length]!);
      const expected = revision === 0 ? 'no-stream' : revision - 1;
      await store.appendAll([{ stream, expected, events: [event] }], checked);
    }
  };
  const taken = await seconds(() => Promise.all(callers.map(call)));
  await store.close();
  return taken;
}

/** The same rows into the same table and indexes, as fast as the driver takes them: nothing is checked, made or answered. */
async function inserted(path: string, callers: readonly Caller[]): Promise<number> {
  await open(path).close();
  const db = new DatabaseSync(path);
  db.exec('PRAGMA synchronous = FULL; PRAGMA cache_size = -16384');
  const insert = db.prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)');
  let position = 0;
  const groups = Array.from({ length: EACH }, (_, revision) =>
    callers.map(({ stream, events }) => {
      const { id, type, schemaVersion, occurredAt, data, metadata } = events[revision]!;
      const bodies = [JSON.stringify(data), JSON.stringify(metadata)] as const;
      return [(position += 1), stream, revision, id, type, schemaVersion, occurredAt, occurredAt, ...bodies] as const;
    }),
  );
  const taken = await seconds(() => {
    for (const group of groups) {
      db.exec('BEGIN IMMEDIATE');
      for (const row of group) insert.run(...row);
      db.exec('COMMIT');
    }
  });
  db.close();
  return taken;
}

const open = (path: string): SqliteEventStore =>
  new SqliteEventStore({
    path,
    clock: new SystemClock(),
    durability: 'full',
    writer: { pid: process.pid, program: 'bench', since: new Date().toISOString() },
  });
