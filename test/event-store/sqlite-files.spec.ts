import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from '@jest/globals';
import { holderOf } from '../../libs/event-store/sqlite/lock.js';
import { compiled } from '../support/compiled.js';
import { event, events, wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { writer } from '../support/stores.js';
import { closeAll, open, opened, read, refused } from './opened.js';

afterEach(closeAll);

describe('a file of the event store', () => {
  it('is held under each of its names', async () => {
    const path = join(folder(), 'events.db');
    const link = join(folder(), 'events.db');
    open(path);
    symlinkSync(path, link);
    expect(() => open(link)).toThrow(refused('data-held'));
    expect(holderOf(link)).toMatchObject({ pid: process.pid });
    await opened.pop()!.close();
    rmSync(link);
    linkSync(path, link);
    expect(() => open(link)).toThrow(refused('data-linked'));
    expect(() => open(path)).toThrow(refused('data-linked'));
    rmSync(link);
    open(path);
  });

  it('has one writer: a second is told who holds it', async () => {
    const path = join(folder(), 'events.db');
    const first = open(path, { pid: 4711, program: 'annals start', since: '2026-01-01T00:00:00.000Z' });
    first.announce('http://127.0.0.1:3000');
    const second = () => open(path);
    expect(second).toThrow(
      expect.objectContaining({
        code: 'data-held',
        message: expect.stringMatching(/annals start \(process 4711, since 2026.*http:\/\/127.0.0.1:3000/),
        details: expect.objectContaining({
          holder: expect.objectContaining({ pid: 4711, url: 'http://127.0.0.1:3000' }),
        }),
      }),
    );
    // The refused one has not freed what the first holds.
    expect(second).toThrow(refused('data-held'));
    expect(holderOf(path)).toMatchObject({ pid: 4711 });
    await first.append('customer-1', 'any', events(1));
    await first.close();
    expect(holderOf(path)).toBeUndefined();
    expect(await second().append('customer-1', 0, events(1))).toMatchObject({ revision: 1 });
  });

  it('is held across processes, and free as soon as the other one dies', async () => {
    const path = join(folder(), 'events.db');
    const libs = compiled('libs/*.ts', 'libs/sqlite/*.ts', 'libs/event-store/**/*.ts');
    const program = `
      import { SystemClock } from '${libs}/libs/clock.js';
      import { SqliteEventStore } from '${libs}/libs/event-store/sqlite/sqlite.event-store.js';
      const writer = { pid: process.pid, program: 'the other', since: new Date().toISOString() };
      new SqliteEventStore({ path: '${path}', clock: new SystemClock(), writer });
      console.log('open');
      setInterval(() => {}, 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(other.stdout, 'data');
    expect(() => open(path)).toThrow(
      expect.objectContaining({
        code: 'data-held',
        message: expect.stringContaining(`the other (process ${other.pid}`),
      }),
    );
    expect(holderOf(path)).toMatchObject({ pid: other.pid });
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(existsSync(`${path}.holder.json`)).toBe(true);
    expect(holderOf(path)).toBeUndefined();
    expect(await open(path).append('customer-1', 'no-stream', events(1))).toMatchObject({ position: 1 });
  });

  it('is not held by what a process that was killed left behind, even when another one has its number now', () => {
    const path = join(folder(), 'events.db');
    writeFileSync(`${path}.lock`, '');
    writeFileSync(`${path}.holder.json`, JSON.stringify(writer));
    expect(holderOf(path)).toBeUndefined();
    open(path);
    expect(holderOf(path)).toMatchObject(writer);
  });

  it('has as many readers as want it, who follow its writer', async () => {
    const path = join(folder(), 'events.db');
    const store = open(path);
    await store.append('customer-1', 'any', events(2));
    const readers = [1, 2, 3].map(() => read(path));
    const followed = readers.map(async (reader) => {
      expect(reader.exclusive).toBe(false);
      for await (const { events: found } of reader.subscribe({ after: 2 })) if (found.length > 0) return found;
      return [];
    });
    await store.append('customer-1', 'any', [event('Next')]);
    for (const found of await Promise.all(followed)) expect(found.map(({ type }) => type)).toEqual(['Next']);
    await expect(readers[0]!.append('customer-1', 'any', events(1))).rejects.toThrow('opened for reading');
    await store.close();
    expect(await wholeLog(readers[0]!)).toHaveLength(3);
    expect(await wholeLog(read(path))).toHaveLength(3);
  });

  it('is not made by a reader', () => {
    const place = folder();
    expect(() => read(join(place, 'events.db'))).toThrow(refused('data-missing'));
    expect(() => read(join(place, 'none/events.db'))).toThrow(refused('data-missing'));
    expect(readdirSync(place)).toEqual([]);
    writeFileSync(join(place, 'events.db'), '');
    expect(() => read(join(place, 'events.db'))).toThrow(refused('data-missing'));
  });

  it('is made by a writer, with the folders it lies in', async () => {
    const path = join(folder(), 'deep/down/events.db');
    await open(path).append('customer-1', 'any', events(1));
    expect(existsSync(path)).toBe(true);
  });

  const bytesOf = (path: string) =>
    readdirSync(dirname(path)).map((name) => [name, readFileSync(join(dirname(path), name), 'latin1')]);

  const foreign: [string, string, (path: string) => void][] = [
    ['a database of another program', 'data-foreign', (path) => new DatabaseSync(path).exec('CREATE TABLE theirs (x)')],
    [
      'a newer format',
      'data-newer-than-program',
      (path) =>
        new DatabaseSync(path).exec(
          'PRAGMA application_id = 1095650387; PRAGMA user_version = 99; CREATE TABLE event (x)',
        ),
    ],
    ['no database', 'data-unreadable', (path) => writeFileSync(path, 'position,stream,revision\n'.repeat(100))],
    [
      'a few bytes',
      'data-unreadable',
      (path) => writeFileSync(path, 'SQLite format 3\u0000 and then nothing of the sort'),
    ],
  ];
  it.each(foreign)('with %s is refused as %s and left as it was', (_, code, make) => {
    const path = join(folder(), 'events.db');
    make(path);
    const before = bytesOf(path);
    expect(() => open(path)).toThrow(refused(code));
    expect(() => read(path)).toThrow(refused(code));
    expect(bytesOf(path)).toEqual(before);
  });

  it('that lost its second half is refused as data-unreadable', async () => {
    const path = join(folder(), 'events.db');
    const store = open(path);
    for (let index = 0; index < 20; index += 1) await store.append('customer-1', 'any', events(50));
    await store.close();
    truncateSync(path, statSync(path).size / 2);
    expect(() => open(path)).toThrow(refused('data-unreadable'));
    expect(() => read(path)).toThrow(refused('data-unreadable'));
  });

  it('that lost its last bytes is refused as data-unreadable, which its header tells: SQLite reads them as zeros', async () => {
    for (const lost of [1, 1_000, 4_096, 10_000]) {
      const path = join(folder(), 'events.db');
      const store = open(path);
      for (let index = 0; index < 20; index += 1) await store.append('customer-1', 'any', events(50));
      await store.close();
      truncateSync(path, statSync(path).size - lost);
      expect(() => open(path)).toThrow(refused('data-unreadable'));
      expect(() => read(path)).toThrow(refused('data-unreadable'));
    }
  });

  it('whose last pages lie in its write-ahead log is whole, and is cut when they lie nowhere', async () => {
    const [place, copy] = [folder(), folder()];
    const store = open(join(place, 'events.db'));
    for (let index = 0; index < 20; index += 1) await store.append('customer-1', 'any', events(50));
    // Moved into the file as far as they are committed; what a program that dies in the middle of that leaves is shorter.
    const other = new DatabaseSync(join(place, 'events.db'));
    other.exec('PRAGMA wal_checkpoint(PASSIVE)');
    for (const name of ['events.db', 'events.db-wal']) copyFileSync(join(place, name), join(copy, name));
    other.close();
    const path = join(copy, 'events.db');
    truncateSync(path, statSync(path).size - 9_000);
    const whole = read(path);
    expect(await wholeLog(whole)).toHaveLength(1_000);
    await whole.close();
    truncateSync(`${path}-wal`, 0);
    // Again the second time: closing the file after the refusal has not made it whole with zeros.
    for (const each of [open, open, read]) expect(() => each(path)).toThrow(refused('data-unreadable'));
  });
});
