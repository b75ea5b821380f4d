import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { EsdbEventStore } from '../../libs/event-store/esdb/esdb.event-store.js';
import type { ForeignEvent } from '../../libs/event-store/event-store.js';
import { openMovable } from '../../libs/event-store/move/open-movable.js';
import type { LoggedEvent } from '../../libs/event-store/move/movable.js';
import { move } from '../../libs/event-store/move/move.js';
import type { Moved } from '../../libs/event-store/move/move.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { newId } from '../../libs/ids.js';
import { Program } from '../cli/program.js';
import { event, events, metadata, wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { logProgram } from '../support/log-program.js';
import type { LogProgram } from '../support/log-program.js';
import { sqliteReader, sqliteStore, writer } from '../support/stores.js';

let logs: LogProgram[] = [];

async function served(path = join(folder(), 'server.db')): Promise<LogProgram & { readonly path: string }> {
  const log = await logProgram(path);
  logs.push(log);
  return { ...log, path };
}

afterEach(async () => {
  await Promise.all(logs.map((log) => (log.process.exitCode ?? log.process.signalCode) === null && log.stop()));
  logs = [];
});

async function moved(from: string, to: string, quiet?: number): Promise<Moved> {
  const source = await openMovable(from, 'source', writer);
  try {
    const target = await openMovable(to, 'target', writer);
    try {
      return await move(source, target, quiet === undefined ? {} : { quiet });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** What lies in a log, bodies of other programs as bytes. */
async function contents(url: string): Promise<LoggedEvent[]> {
  const log = await openMovable(url, 'source', writer);
  const all: LoggedEvent[] = [];
  for await (const each of log.read(0)) all.push(each);
  await log.close();
  return all;
}

const sent = (contentType: ForeignEvent['foreign']['contentType'], data: string, about = ''): ForeignEvent => ({
  id: newId(),
  type: 'Sent',
  foreign: { contentType, data: Buffer.from(data), metadata: Buffer.from(about) },
});

const upcasting = new Upcasting(
  ['Changed', 'Happened'].map((type) => ({ type, from: 1, up: (data) => [{ type, data }] })),
);

/** A log in which both sorts of events take turns, recorded years ago. */
async function mixed(): Promise<string> {
  const path = join(folder(), 'events.db');
  const store = sqliteStore({ path });
  for (let turn = 0; turn < 120; turn += 1) {
    const recordedAt = new Date(Date.UTC(2024, 0, 1, turn)).toISOString();
    const own = events(1 + (turn % 3), turn % 5 === 0 ? 'Happened' : 'Changed').map((each) => ({
      ...each,
      recordedAt,
      schemaVersion: 1 + (turn % 2),
      data: { turn, text: 'Zoë \u2028 "\\" 😀', amount: 1e21, none: null, '2': 'two', '1': 'one' },
    }));
    await store.append(`customer-${turn % 7}`, 'any', own);
    if (turn % 4 === 0)
      await store.append(
        `sent-${turn % 3}`,
        'any',
        foreign(turn).map((each) => ({ ...each, recordedAt })),
      );
  }
  await store.close();
  return `sqlite:${path}`;
}

const foreign = (turn: number): ForeignEvent[] => [
  sent('application/json', `{ "number": 1.0, "turn": ${turn} }`, '{ "$correlationId":  "7" }'),
  sent('application/octet-stream', '\u0000\u0001 no JSON'),
  sent('application/json', 'not JSON either', 'nor this'),
];

it('a log goes to EventStoreDB and back, and is the same: other programs’ bytes, old versions and times too', async () => {
  const from = await mixed();
  const server = await served();
  const there = await moved(from, server.url);
  const to = `sqlite:${join(folder(), 'events.db')}`;
  const back = await moved(server.url, to);
  expect(there).toMatchObject({ events: 240 + 90, copied: 240 + 90 });
  expect(back).toEqual(there);
  expect(await contents(to)).toEqual(await contents(from));
  expect(await contents(server.url)).toEqual(await contents(from));
  // As the program reads it there: what other programs sent is passed over, and the past is what it was.
  const store = await EsdbEventStore.open({ url: server.url, readOnly: true, upcasting });
  const before = new SqliteEventStore({ path: from.slice('sqlite:'.length), clock: new SystemClock(), upcasting });
  for (const time of ['2023-12-31T00:00:00.000Z', '2024-01-03T07:30:00.000Z', '2024-06-01T00:00:00.000Z']) {
    const until = { axis: 'recorded', time } as const;
    const types = ['Changed'];
    const [here, known] = await Promise.all([wholeLog(store, { until, types }), wholeLog(before, { until, types })]);
    expect(here.map(({ id, recordedAt }) => [id, recordedAt])).toEqual(
      known.map(({ id, recordedAt }) => [id, recordedAt]),
    );
  }
  const versions = await before.storedVersions();
  expect(new Set((await store.storedVersions()).map((each) => JSON.stringify(each)))).toEqual(
    new Set(versions.map((each) => JSON.stringify(each))),
  );
  await store.close();
  await before.close();
});

it('what is appended after a move is recorded after what was moved', async () => {
  const server = await served();
  await moved(await mixed(), server.url);
  const store = await EsdbEventStore.open({ url: server.url, upcasting });
  await store.append('customer-0', 'stream-exists', events(1));
  const times = (await wholeLog(store)).map(({ recordedAt }) => recordedAt);
  expect(times).toEqual([...times].sort());
  expect(times.at(-1)! > '2026').toBe(true);
  await store.close();
});

it('a move that is killed again and again goes on where it was', async () => {
  const path = join(folder(), 'events.db');
  const source = sqliteStore({ path });
  for (let index = 0; index < 6_000; index += 1) {
    const appending = source.append(`customer-${index % 500}`, 'any', [event('Happened', { index })]);
    if (index % 250 === 249) await appending;
  }
  await source.close();
  const server = await served();
  const reader = sqliteReader(server.path);
  const begun: number[] = [];
  for (let kills = 1; kills <= 4; kills += 1) {
    const program = Program.start('move', '--from', `sqlite:${path}`, '--to', server.url);
    const least = kills * 900;
    while ((await reader.head()) < least) await Promise.race([sleep(5), program.ended]);
    const { code } = await program.kill();
    expect(code).toBeNull();
    begun.push(await reader.head());
  }
  expect(begun.every((count, index) => count >= (index + 1) * 900 && count < 6_000)).toBe(true);
  const { code, out, err } = await Program.start('move', '--from', `sqlite:${path}`, '--to', server.url, '--json')
    .ended;
  // No process has run beside this log.
  expect([code, err]).toEqual([
    0,
    expect.stringMatching(/^copying the log\nreading it back\nWhere [a-z-]+(, [a-z-]+)+ stood is not known[^\n]*\n$/),
  ]);
  const last = JSON.parse(out) as Moved;
  expect(last.events).toBe(6_000);
  expect(last.copied).toBeLessThan(6_000 - 3_500);
  expect(await contents(server.url)).toEqual(await contents(`sqlite:${path}`));
  await reader.close();
});

it('a server that holds something else is refused, with the first difference', async () => {
  const from = await mixed();
  const server = await served();
  const store = await EsdbEventStore.open({ url: server.url });
  await store.append('customer-9', 'no-stream', events(1, 'Else'));
  await store.close();
  const [first] = await contents(from);
  const refused = moved(from, server.url);
  await expect(refused).rejects.toMatchObject({
    code: 'target-differs',
    details: {
      number: 1,
      source: { id: first!.event.id, stream: 'customer-0', revision: 0 },
      target: { stream: 'customer-9', type: 'Else' },
    },
  });
  expect(await contents(server.url)).toHaveLength(1);
});

it('a source that programs write to is followed until it stands still, or refused', async () => {
  const server = await served();
  const store = await EsdbEventStore.open({ url: server.url });
  for (let index = 0; index < 50; index += 1) await store.append('customer-1', 'any', events(1));
  const to = `sqlite:${join(folder(), 'events.db')}`;
  let writing = true;
  let written = 50;
  const busy = (async () => {
    for (; writing; written += 1) await store.append('customer-2', 'any', events(1));
  })();
  await expect(moved(server.url, to, 50)).rejects.toMatchObject({ code: 'source-changing' });
  writing = false;
  await busy;
  const { events: count, copied } = await moved(server.url, to, 50);
  expect(count).toBe(written);
  expect(copied).toBeLessThan(written - 50);
  expect(await contents(to)).toEqual(await contents(server.url));
  await store.close();
});

it('what a server could not tell from something else is not moved there', async () => {
  const copied = JSON.stringify({ ...metadata, occurredAt: '2024-01-01T00:00:00.000Z', schemaVersion: 1 });
  for (const [stream, each] of [
    ['copy-1', sent('application/json', '{}', copied)],
    ['$server', sent('application/json', '{}')],
    ['annals-schema-versions', event()],
  ] as const) {
    const path = join(folder(), 'events.db');
    const store = sqliteStore({ path });
    await store.append(stream, 'no-stream', [each]);
    await store.close();
    const { url } = await served();
    await expect(moved(`sqlite:${path}`, url)).rejects.toMatchObject({ code: 'event-not-movable' });
  }
});

it('a server that dies in the middle and comes back is moved to in the end', async () => {
  const from = await mixed();
  const path = join(folder(), 'server.db');
  const first = await served(path);
  const reader = sqliteReader(path);
  const moving = moved(from, first.url);
  const failed = moving.catch((error: unknown) => error);
  while ((await reader.head()) < 40) await sleep(2);
  first.process.kill('SIGKILL');
  await once(first.process, 'exit');
  expect(await failed).toMatchObject({ status: 503 });
  await reader.close();
  const again = await served(path);
  expect(await moved(from, again.url)).toMatchObject({ events: 330 });
  expect(await contents(again.url)).toEqual(await contents(from));
});
