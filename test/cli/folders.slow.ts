import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Report } from '../../libs/reports/answer.js';
import { folder } from '../support/folder.js';
import { data, makeUp } from './demo-data.js';
import type { Demo, Status } from './demo-data.js';
import { answerOf, run } from './program.js';

let demo: Demo;

beforeAll(async () => {
  demo = await makeUp();
});

describe('a folder', () => {
  const reading = [
    ['report', 'funnel'],
    ['history', 'customer', 'x'],
    ['chart'],
    ['events'],
    ['projections'],
    ['status'],
  ];

  it.each(reading)('without data is told from one with it: %s', async (...args) => {
    for (const missing of [join(folder(), 'nowhere'), folder()]) {
      const { code, err } = await run(...args.filter((each) => typeof each === 'string'), '--data', missing);
      expect(code).toBe(1);
      expect(err).toMatch(/^data-missing: .*`annals demo`/);
      expect(existsSync(join(missing, 'events.db'))).toBe(false);
    }
  });

  it('stays as it was when an import has the wrong files', async () => {
    const [place, mapping] = [join(folder(), 'new'), join(folder(), 'mapping.json')];
    const step = {
      file: 'a',
      target: 'customer',
      key: ['{id}'],
      at: '2024-01-01',
      fields: { name: '{id}', kind: 'org' },
    };
    writeFileSync(mapping, JSON.stringify({ source: 's', files: { a: { path: 'a.csv' } }, steps: [step] }));
    for (const dry of [[], ['--dry-run']]) {
      const { code, err } = await run('import', mapping, folder(), '--data', place, ...dry);
      expect([code, err]).toEqual([1, expect.stringMatching(/^file-missing: /)]);
      expect(existsSync(place)).toBe(false);
    }
  });

  it('that cannot be written is refused', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    // In the second, folders are refused as if the one above them were missing.
    for (const place of [join(file, 'data'), ...(existsSync('/proc/self') ? ['/proc/nothing/data'] : [])]) {
      const { code, err } = await run('start', '--port', '0', '--data', place);
      expect([place, code, err]).toEqual([place, 1, expect.stringMatching(/^data-unwritable: /)]);
    }
  });

  it('of a newer program, of another program, or of no program at all is refused', async () => {
    const newer = folder();
    new DatabaseSync(join(newer, 'events.db')).exec(
      `PRAGMA application_id = ${0x414e4c53}; PRAGMA user_version = 99; CREATE TABLE event (a)`,
    );
    const foreign = folder();
    new DatabaseSync(join(foreign, 'events.db')).exec('CREATE TABLE other (a)');
    const torn = folder();
    writeFileSync(join(torn, 'events.db'), 'SQLite format 3 and then nothing of the kind'.repeat(200));
    for (const [place, refused] of [
      [newer, 'data-newer-than-program'],
      [foreign, 'data-foreign'],
      [torn, 'data-unreadable'],
    ] as const) {
      for (const args of [['start', '--port', '0'], ['events']]) {
        const { code, err } = await run(...args, '--data', place);
        expect([code, err]).toEqual([1, expect.stringMatching(new RegExp(`^${refused}: .*events\\.db`))]);
      }
    }
  });
});

describe('a disk that can only be read', () => {
  const mounted = folder();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', mounted]);
  afterAll(() => {
    if (status === 0) execFileSync('umount', [mounted]);
  });

  // Mounting takes a right that few machines give; what it comes to is tested without in sqlite-files.spec.ts.
  (status === 0 ? it : it.skip)('is read by every command that reads, and refused by those that write', async () => {
    const place = join(mounted, 'demo');
    cpSync(data, place, { recursive: true });
    execFileSync('mount', ['-o', 'remount,ro', mounted]);
    for (const args of [
      ['status'],
      ['projections'],
      ['report', 'retention'],
      ['chart'],
      ['events', '--after', '8000'],
    ]) {
      const { code, err } = await run(...args, '--data', place);
      expect([args, code, err]).toEqual([args, 0, '']);
    }
    const past = await run('report', 'funnel', '--as-of', '2026-01-01', '--data', place);
    expect([past.code, past.err]).toEqual([0, '']);
    const history = await run('history', 'customer', demo.customer.details.name, '--data', place);
    expect([history.code, history.err]).toEqual([0, '']);
    const { code, err } = await run('start', '--port', '0', '--data', place);
    expect([code, err]).toEqual([1, expect.stringMatching(/^data-unwritable: [^\n]*\n$/)]);
  });
});

describe('a log', () => {
  it('that ends before what its read models have seen is noticed, whoever asks', async () => {
    const place = folder();
    cpSync(data, place, { recursive: true });
    writeFileSync(join(place, 'events.db'), '');
    rmSync(join(place, 'events.db-wal'), { force: true });
    for (const args of [
      ['start', '--port', '0'],
      ['rebuild', '--all'],
      ['demo', '--no-serve'],
    ]) {
      const { code, err } = await run(...args, '--data', place);
      expect([args[0], code, err]).toEqual([args[0], 1, expect.stringMatching(/^log-cut: /)]);
    }
  });
});

describe('data that is damaged', () => {
  /** A copy of the demo after something has been done to one of its files. */
  function damaged(file: string, damage: (path: string) => void): string {
    const place = folder();
    cpSync(data, place, { recursive: true });
    for (const left of ['-wal', '-shm']) rmSync(join(place, `${file}${left}`), { force: true });
    damage(join(place, file));
    return place;
  }
  const half = (path: string) => truncateSync(path, statSync(path).size / 2);
  const garbage = (path: string) => {
    const file = openSync(path, 'r+');
    const bytes = Buffer.alloc(1024 * 1024, 'Nothing of the kind. ');
    writeSync(file, bytes, 0, bytes.length, Math.floor(statSync(path).size / 2));
    closeSync(file);
  };
  const text = (path: string) => writeFileSync(path, 'no,company,since\n'.repeat(1_000));

  /** One line that says what it is and what to do, and nobody who seems to write. */
  async function refuses(place: string, code: string, says: RegExp, ...commands: string[][]): Promise<void> {
    for (const args of commands) {
      const ended = await run(...args, '--data', place);
      expect([args, ended.code, ended.out, ended.err]).toEqual([args, 1, '', expect.stringMatching(says)]);
      expect(ended.err).toMatch(new RegExp(`^${code}: [^\n]*\n$`));
      expect(existsSync(join(place, 'events.db.holder.json'))).toBe(false);
    }
  }
  const start = ['start', '--port', '0'];
  const report = ['report', 'retention'];

  it.each([
    ['half of the log', half],
    ['a log of something else', text],
  ])('%s is noticed at once, whoever opens it', async (_, damage) => {
    const says = /events\.db.*put back a copy/;
    await refuses(damaged('events.db', damage), 'data-unreadable', says, start, ['events'], report);
  });

  it.each(['events.db', 'read-models.db'])('%s that lost its last bytes is damaged, not shorter', async (file) => {
    const place = damaged(file, (path) => truncateSync(path, statSync(path).size - 1_000));
    await refuses(place, 'data-unreadable', /is cut: its header counts \d+ pages/, start, report, ['rebuild', '--all']);
  });

  it('what cannot be read in the middle of the log ends what comes across it', async () => {
    const place = damaged('events.db', garbage);
    const { code, err } = await run('events', '--data', place);
    expect([code, err]).toEqual([1, expect.stringMatching(/^data-unreadable: .*put back a copy[^\n]*\n$/i)]);
  });

  it('a log that is gone is not begun anew beside what was made from it', async () => {
    const place = damaged('events.db', rmSync);
    await refuses(place, 'log-cut', /put back a copy/i, start, ['events'], report, ['rebuild', '--all']);
    expect(existsSync(join(place, 'events.db'))).toBe(false);
  });

  it('what has not been written to it yet may be empty', async () => {
    const place = damaged('events.db', (path) => writeFileSync(`${path}-wal`, ''));
    expect((await answerOf<Status>('status', '--data', place)).log.events).toBeGreaterThanOrEqual(demo.events);
  });

  it.each([
    ['half of them', half],
    ['something else', text],
  ])('read models of which %s is left are made again when they are deleted', async (_, damage) => {
    const place = damaged('read-models.db', damage);
    const says = /read-models\.db.*delete it: `annals rebuild --all`/;
    await refuses(place, 'data-unreadable', says, start, report, ['status'], ['rebuild', '--all']);
    rmSync(join(place, 'read-models.db'));
    await refuses(place, 'data-missing', /`annals rebuild --all` makes it again/, report);
    expect((await run('rebuild', '--all', '--data', place)).code).toBe(0);
    expect((await answerOf<Report>('report', 'retention', '--data', place)).rows).toEqual(demo.retention.rows);
  });

  it('read models that cannot be read in the middle say so when they are asked, and when they are rebuilt', async () => {
    const place = damaged('read-models.db', garbage);
    const { code, err } = await run('rebuild', '--all', '--data', place);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^projecting-failed: .*read-models\.db is damaged.*delete it/m),
    ]);
    expect(err).not.toContain('    at ');
  });
});
