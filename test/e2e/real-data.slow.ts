import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** The built program, as a user runs it, on public data that lies beside the project. */
const root = new URL('../..', import.meta.url).pathname;
const data = join(root, '../shared/data/crm-sales-opportunities');
const mapping = join(root, 'examples/import/crm-sales-opportunities.json');
const program = ['--disable-warning=ExperimentalWarning', join(root, 'dist/apps/cli/main.js')];
// The data is public but not ours to hand on: it lies beside the project, and who has only a clone has nothing to run this on.
const whenThere = existsSync(data) ? describe : describe.skip;
if (!existsSync(data)) process.stderr.write('skipped: no data\n');

const folders: string[] = [];
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'annals-real-'));
  folders.push(made);
  return made;
};
afterAll(() => folders.forEach((each) => rmSync(each, { recursive: true, force: true })));

async function annals<Answer>(...given: string[]): Promise<Answer> {
  const { stdout } = await promisify(execFile)(process.execPath, [...program, ...given, '--json'], {
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout) as Answer;
}

interface Rebuilt {
  readonly rebuilt: readonly { readonly name: string; readonly hash: string }[];
}
const hashes = ({ rebuilt }: Rebuilt) => Object.fromEntries(rebuilt.map(({ name, hash }) => [name, hash]));

interface Performance {
  readonly rows: readonly {
    readonly won: number;
    readonly lost: number;
    readonly wonAmount: readonly { amount: number }[];
  }[];
}
const totals = ({ rows }: Performance) => ({
  won: rows.reduce((sum, { won }) => sum + won, 0),
  lost: rows.reduce((sum, { lost }) => sum + lost, 0),
  amount: rows.reduce((sum, { wonAmount: [{ amount } = { amount: 0 }] }) => sum + amount, 0),
});

whenThere('the pipeline of a hardware company', () => {
  let place: string;
  let whole: Record<string, string>;

  beforeAll(async () => {
    place = folder();
    await annals('import', mapping, data, '--data', place);
    whole = hashes(await annals<Rebuilt>('rebuild', '--all', '--data', place));
  });

  it('adds up the same by manager and by employee', async () => {
    const byManager = totals(await annals<Performance>('report', 'performance', '--by', 'manager', '--data', place));
    const byEmployee = totals(await annals<Performance>('report', 'performance', '--by', 'employee', '--data', place));
    expect(byManager).toEqual({ won: 4_238, lost: 2_473, amount: 1_000_553_400 });
    expect(byEmployee).toEqual(byManager);
  });

  it('shows what was true on a day', async () => {
    const then = await annals<Performance>('report', 'performance', '--as-of', '2017-06-30', '--data', place);
    const until = await annals<Performance>('report', 'performance', '--to', '2017-07-01', '--data', place);
    expect(totals(then)).toEqual(totals(until));
    expect(totals(then).won).toBeLessThan(4_238);
  });

  it('is imported again without an event', async () => {
    expect(await annals('import', mapping, data, '--data', place)).toMatchObject({
      events: 0,
      rows: { accepted: 0, rejected: 0 },
    });
  });

  it('is rebuilt to the same documents while it is served', async () => {
    const server = spawn(
      process.execPath,
      [...program, 'start', '--port', '0', '--subscriptions-port', 'off', '--data', place],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    try {
      const url = await listening(server);
      let asked = 0;
      let failed = 0;
      let stop = false;
      const asking = (async () => {
        while (!stop) {
          const { status } = await fetch(`${url}/reports/funnel`);
          asked += 1;
          if (status !== 200) failed += 1;
          await sleep(20);
        }
      })();
      const rebuilt = hashes(await annals<Rebuilt>('rebuild', '--all', '--data', place));
      stop = true;
      await asking;
      expect(rebuilt).toEqual(whole);
      expect({ failed, some: asked > 0 }).toEqual({ failed: 0, some: true });
    } finally {
      server.kill('SIGTERM');
      await new Promise((resolve) => server.once('exit', resolve));
    }
  });

  it('comes to the same documents when the import is killed in the middle', async () => {
    const broken = folder();
    for (const after of [1_500, 2_500]) {
      const importing = spawn(process.execPath, [...program, 'import', mapping, data, '--data', broken], {
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => importing.once('exit', resolve));
      await sleep(after);
      importing.kill('SIGKILL');
      await ended;
    }
    const { rows } = await annals<{ rows: { accepted: number; rejected: number } }>(
      'import',
      mapping,
      data,
      '--data',
      broken,
    );
    expect(rows.rejected).toBe(0);
    expect(hashes(await annals<Rebuilt>('rebuild', '--all', '--data', broken))).toEqual(whole);
  });
});

/** Where a server says that it listens. */
function listening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [url] = /http:\/\/[\w.:]+/.exec(said) ?? [];
      if (url) resolve(url);
    });
    server.once('exit', () => reject(new Error(`it ended: ${said}`)));
  });
}
