import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from '@jest/globals';
import { folder } from '../support/folder.js';
import { Program, run } from './program.js';

/** A place for data that can be full, and have room again. */
interface Place {
  readonly data: string;
  fill(pid: number): void;
  empty(pid: number): void;
}

/** A file system of its own, where it may be made. */
function smallDisk(): Place | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'annals-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]);
  afterAll(() => {
    if (status === 0) execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });
  if (status !== 0) return undefined;
  const ballast = join(disk, 'ballast');
  return {
    data: join(disk, 'data'),
    fill() {
      for (const piece of [1024 * 1024, 4_096]) {
        try {
          for (;;) appendFileSync(ballast, Buffer.alloc(piece));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
    },
    empty: () => rmSync(ballast),
  };
}

/** Room that events have left when read models have none any more: theirs is the longer file. */
const LEFT = 150_000;

/** Files that may not grow, which needs no right. */
function smallFiles(): Place {
  const data = join(folder(), 'data');
  const limit = (pid: number, bytes: number | 'unlimited') =>
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
  return {
    data,
    fill(pid) {
      const bytes = statSync(join(data, 'events.db-wal')).size + LEFT;
      expect(statSync(join(data, 'read-models.db-wal')).size).toBeGreaterThan(bytes);
      limit(pid, bytes);
    },
    empty: (pid) => limit(pid, 'unlimited'),
  };
}

interface Said {
  readonly status: number;
  readonly code?: string;
  readonly id?: string;
  readonly position?: number;
  readonly checks?: { readonly log: { readonly fault?: string }; readonly readModels: { readonly fault?: string } };
}

const disk = smallDisk();
let server: Program;
afterEach(() => server.kill());

const places: [string, string, Place][] = [
  ...(disk ? ([['the disk', 'storage-full', disk]] satisfies [string, string, Place][]) : []),
  ['what a file may hold', 'storage-failing', smallFiles()],
];

it.each(places)(
  'when %s is full, nothing is lost, reading goes on, and so does everything with room',
  async (...given) => {
    const [, code, { data, fill, empty }] = given;
    server = Program.start('start', '--port', '0', '--json', '--data', data);
    const [document] = await server.said(/\{[^]*\}\n/);
    const { url, pid } = JSON.parse(document) as { url: string; pid: number };

    async function ask(path: string, init?: RequestInit): Promise<Said> {
      const response = await fetch(`${url}${path}`, init);
      return { ...((await response.json()) as object), status: response.status };
    }
    // A command that asks no read model: those are full as well, and then say nothing about what is new.
    const create = (title: string) =>
      ask('/tasks', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ title, kind: 'corrective', dueAt: '2100-01-01T00:00:00.000Z' }),
      });
    async function until<Value>(look: () => Promise<Value>, wanted: (value: Value) => boolean): Promise<Value> {
      for (const begun = performance.now(); ; await new Promise((settle) => setTimeout(settle, 100))) {
        const value = await look();
        if (wanted(value)) return value;
        if (performance.now() - begun > 60_000) throw new Error(`still ${JSON.stringify(value)}`);
      }
    }
    const ready = () => ask('/health/ready');
    const kept = new Map<number, string>();
    const keep = ({ id, position }: Said) => kept.set(position!, id!);

    const first = await create('The first');
    keep(first);
    await until(ready, ({ status }) => status === 200);
    // Ready is also who is a little behind: what is asked for below must have been projected while there was room.
    expect(await ask(`/tasks?after=${first.position}&limit=1`)).toMatchObject({ status: 200 });

    fill(pid);
    for (let refused = 0, sent = 0; refused < 100;) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => create(`Number ${(sent += 1)}`)));
      for (const answer of answers) {
        if (answer.status === 201) keep(answer);
        else
          expect(answer).toMatchObject({
            status: 503,
            code,
            detail: expect.stringMatching(/Nothing was changed: .*again/),
          });
      }
      refused += answers.filter(({ status }) => status !== 201).length;
    }
    expect(await until(ready, ({ checks }) => checks?.log.fault !== undefined)).toMatchObject({
      status: 503,
      code: 'not-ready',
      checks: { log: { fault: expect.stringContaining('events.db') } },
    });
    if (!disk || data !== disk.data) {
      const { checks } = await until(ready, (said) => said.checks?.readModels.fault !== undefined);
      expect(checks?.readModels.fault).toContain('read-models.db');
    }
    expect(await ask('/health/live')).toMatchObject({ status: 200 });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('annals_log_writable 0');
    expect(await ask(`/tasks/${first.id}`)).toMatchObject({ status: 200, taskId: first.id });
    // Long enough for everything that tries again to have tried several times.
    await new Promise((settle) => setTimeout(settle, 8_000));
    const about = (what: string) => server.complaints.filter((line) => line.includes(`"${what}"`));
    expect(about('the log cannot be written')).toHaveLength(1);
    expect(server.complaints.length).toBeLessThan(6);

    empty(pid);
    // Nobody sends anything to a server that is not ready.
    await until(ready, ({ status }) => status === 200);
    expect(about('the log can be written again')).toHaveLength(1);
    const last = await create('The last');
    keep(last);
    expect(await ask(`/tasks?after=${last.position}&limit=1`)).toMatchObject({ status: 200 });
    expect((await server.interrupt()).code).toBe(130);

    const { out } = await run('events', '--type', 'TaskCreated', '--data', data);
    const events = out.trimEnd().split('\n');
    const found = events.map((line) => JSON.parse(line) as { position: number; stream: string });
    expect(found.map(({ position, stream }) => [position, stream])).toEqual(
      [...kept].toSorted(([one], [other]) => one - other).map(([position, id]) => [position, `task-${id}`]),
    );
  },
);

// Needs a disk that can be filled: mounting one takes a right that few machines give.
(disk ? it : it.skip)(
  'a disk that is full when the program starts is read, and written as soon as there is room',
  async () => {
    const { data, fill, empty } = disk!;
    const begin = async () => {
      server = Program.start('start', '--port', '0', '--json', '--data', data);
      const [document] = await server.said(/\{[^]*\}\n/);
      return JSON.parse(document) as { url: string; pid: number };
    };
    const create = async (url: string, title: string): Promise<Said> => {
      const response = await fetch(`${url}/tasks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ title, kind: 'corrective', dueAt: '2100-01-01T00:00:00.000Z' }),
      });
      return { ...((await response.json()) as object), status: response.status };
    };
    const before = await begin();
    const kept = await create(before.url, 'The first');
    expect((await fetch(`${before.url}/tasks?after=${kept.position}&limit=1`)).status).toBe(200);
    expect((await server.interrupt()).code).toBe(130);

    // Twice: what is kept for the first start is kept again for the second one.
    for (let round = 0; round < 2; round += 1) {
      fill(before.pid);
      const { url, pid } = await begin();
      expect((await fetch(`${url}/tasks/${kept.id}`)).status).toBe(200);
      expect((await fetch(`${url}/tasks?limit=1`)).status).toBe(200);
      expect(await create(url, 'Without room')).toMatchObject({ status: 503, code: 'storage-full' });
      const { out } = await run('status', '--json', '--data', data);
      const full = { fault: expect.stringContaining('is full') };
      expect(JSON.parse(out)).toMatchObject({ log: full, readModels: full });
      if (round === 1) {
        empty(pid);
        while ((await fetch(`${url}/health/ready`)).status !== 200)
          await new Promise((settle) => setTimeout(settle, 100));
        expect(await create(url, 'With room')).toMatchObject({ status: 201 });
      }
      expect((await server.interrupt()).code).toBe(130);
    }
  },
);
