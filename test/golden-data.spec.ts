import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { Upcasting } from '../libs/event-store/upcasting.js';
import { upcasters } from '../libs/upcasters.js';
import { TestApp } from './support/app.js';

/*
 * Data folders as earlier versions of the program wrote them: the log and the read models, packed; the commands that were sent,
 * with their keys and answers; and what was answered to questions then. Folders are added, never changed.
 */
const golden = join(import.meta.dirname, 'golden');
const versions = readdirSync(golden).filter((name) => name.startsWith('data-'));

interface Sent {
  readonly path: string;
  readonly key: string;
  readonly body: object;
  readonly status: number;
  readonly answer: object;
}

const lines = <Line>(version: string, file: string): Line[] =>
  readFileSync(join(golden, version, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

interface Entry {
  readonly eventId: string;
  readonly type: string;
  readonly data: unknown;
}

const upcasting = new Upcasting(upcasters);

/**
 * Which part of an answer is still the same. A report says which version of its definition it is from, and how far it has
 * come: that may be another one by now. A history gives events in their current shape.
 * @param versions schema versions in the log, by id of the event
 */
function lasting(
  { rows, entries, ...body }: { readonly rows?: object; readonly entries?: readonly Entry[] },
  versions: ReadonlyMap<string, number>,
): object {
  if (rows) return { rows };
  if (!entries) return body;
  const current = entries.flatMap((entry) => {
    const stored = { type: entry.type, schemaVersion: versions.get(entry.eventId)!, data: entry.data };
    return upcasting.up(stored).map(({ type, data }) => ({ ...entry, type, data }));
  });
  return { ...body, entries: current };
}

const folders: string[] = [];
let app: TestApp | undefined;
afterEach(async () => {
  await app?.stop();
  app = undefined;
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder with copies of the files of another. */
function copied(version: string, ...files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'annals-golden-'));
  folders.push(folder);
  for (const file of files) {
    writeFileSync(join(folder, file), gunzipSync(readFileSync(join(golden, version, `${file}.gz`))));
  }
  return folder;
}

/** The program on a copy of a folder. */
async function opened(version: string, ...files: readonly string[]): Promise<TestApp> {
  app = await TestApp.start({ folder: copied(version, ...files) });
  return app;
}

function schemaVersions(version: string): ReadonlyMap<string, number> {
  const db = new DatabaseSync(join(copied(version, 'events.db'), 'events.db'), { readOnly: true });
  const rows = db.prepare('SELECT id, schema_version AS version FROM event').all();
  db.close();
  return new Map(rows.map(({ id, version: of }) => [String(id), Number(of)]));
}

async function head(of: TestApp): Promise<number> {
  const { body } = await of.get('/projections');
  return (body as unknown as readonly { readonly head: number }[])[0]!.head;
}

describe.each(versions)('a data folder as it was written, %s', (version) => {
  const asked = lines<{ readonly path: string; readonly body: object }>(version, 'answers.jsonl');
  const sent = lines<Sent>(version, 'requests.jsonl');
  const versions = schemaVersions(version);

  it('answers what it answered then', async () => {
    const program = await opened(version, 'events.db', 'read-models.db');
    for (const { path, body } of asked)
      expect({ path, ...(await program.get(path)) }).toMatchObject({
        path,
        status: 200,
        body: lasting(body, versions),
      });
  });

  it('answers the same from read models that are built anew', async () => {
    const program = await opened(version, 'events.db');
    const last = await head(program);
    for (const { path, body } of asked) {
      const url =
        path.includes('asOf') || path.includes('atRevision') || path.includes('history')
          ? path
          : `${path}${path.includes('?') ? '&' : '?'}after=${last}`;
      expect({ path, ...(await program.get(url)) }).toMatchObject({ path, status: 200, body: lasting(body, versions) });
    }
  });

  it('answers every command that is sent again as it did then, and records nothing', async () => {
    const program = await opened(version, 'events.db', 'read-models.db');
    const before = await head(program);
    for (const { path, key, body, status, answer } of sent) {
      const headers = { 'idempotency-key': key, 'x-principal': 'auditor' };
      expect({ path, ...(await program.request('POST', path, body, headers)) }).toMatchObject({
        path,
        status,
        body: answer,
      });
    }
    expect(await head(program)).toBe(before);
  });
});
