import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { events, wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { closeAll, open, read, refused } from './opened.js';

afterEach(closeAll);

describe('a file of the event store', () => {
  describe('where nothing can be written', () => {
    /** A folder of files that may be read, and nothing else. @param names those to copy from a log that is being written */
    async function readOnly(...names: string[]): Promise<{ readonly path: string; readonly store: SqliteEventStore }> {
      const [place, copy] = [folder(), folder()];
      const store = open(join(place, 'events.db'));
      await store.append('customer-1', 'any', events(3));
      if (names.length === 0) await store.close();
      for (const name of names.length === 0 ? ['events.db'] : names) {
        copyFileSync(join(place, name), join(copy, name));
        chmodSync(join(copy, name), 0o444);
      }
      chmodSync(copy, 0o555);
      return { path: join(copy, 'events.db'), store };
    }
    const readThere = (path: string) => {
      let store: SqliteEventStore;
      asNobody(() => (store = read(path)));
      return store!;
    };

    it('is read', async () => {
      const { path } = await readOnly();
      expect(await wholeLog(readThere(path))).toHaveLength(3);
      expect(readdirSync(dirname(path))).toEqual(['events.db']);
    });

    it('is read with the room that the program that wrote it has kept for the next one', async () => {
      const place = folder();
      const store = open(join(place, 'events.db'));
      await store.append('customer-1', 'any', events(3));
      await store.close();
      expect(readdirSync(place)).toEqual(['events.db', 'events.db-shm', 'events.db.lock']);
      for (const name of ['events.db', 'events.db-shm']) chmodSync(join(place, name), 0o444);
      chmodSync(place, 0o555);
      expect(await wholeLog(readThere(join(place, 'events.db')))).toHaveLength(3);
      chmodSync(place, 0o755);
    });

    it('is read when the program that wrote it was killed', async () => {
      const { path } = await readOnly('events.db', 'events.db-wal', 'events.db-shm');
      expect(await wholeLog(readThere(path))).toHaveLength(3);
    });

    it('is read while a program elsewhere writes it', async () => {
      const path = join(folder(), 'events.db');
      const store = open(path);
      await store.append('customer-1', 'any', events(3));
      for (const name of ['', '-wal', '-shm']) chmodSync(`${path}${name}`, 0o644);
      chmodSync(dirname(path), 0o555);
      const reader = readThere(path);
      await store.append('customer-1', 'any', events(1));
      expect(await wholeLog(reader)).toHaveLength(4);
      chmodSync(dirname(path), 0o755);
    });

    it('is not read without what only its write-ahead log holds', async () => {
      const { path } = await readOnly('events.db', 'events.db-wal');
      expect(() => readThere(path)).toThrow(
        expect.objectContaining({ code: 'data-unwritable', message: expect.stringContaining('copy both') }),
      );
    });

    it('is not read on when a program elsewhere begins to write it', async () => {
      const { path } = await readOnly();
      const reader = readThere(path);
      chmodSync(dirname(path), 0o755);
      chmodSync(path, 0o644);
      await open(path).append('customer-1', 'any', events(1));
      await expect(wholeLog(reader)).rejects.toMatchObject({ code: 'data-changing', status: 503 });
    });
  });

  it('in a place that cannot be written is refused as data-unwritable', async () => {
    const place = folder();
    chmodSync(place, 0o755);
    mkdirSync(join(place, 'closed'));
    await open(join(place, 'closed/there/events.db')).close();
    chmodSync(join(place, 'closed'), 0o555);
    writeFileSync(join(place, 'file'), '');
    asNobody(() => {
      expect(() => open(join(place, 'closed/events.db'))).toThrow(refused('data-unwritable'));
      expect(() => open(join(place, 'closed/deep/events.db'))).toThrow(refused('data-unwritable'));
      expect(() => open(join(place, 'closed/there/events.db'))).toThrow(refused('data-unwritable'));
      expect(() => open(join(place, 'file/events.db'))).toThrow(refused('data-unwritable'));
    });
    mkdirSync(join(place, 'events.db'));
    expect(() => open(join(place, 'events.db'))).toThrow(refused('data-unwritable'));
  });
});

/** Permissions stop everybody but root, which tests in containers often are. */
function asNobody(work: () => void): void {
  const root = process.getuid?.() === 0;
  if (root) process.seteuid!(65_534);
  try {
    work();
  } finally {
    if (root) process.seteuid!(0);
  }
}
