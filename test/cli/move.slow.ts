import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import type { Moved } from '../../libs/event-store/move/move.js';
import { folder } from '../support/folder.js';
import { logProgram } from '../support/log-program.js';
import type { LogProgram } from '../support/log-program.js';
import { data, makeUp } from './demo-data.js';
import { answerOf, Program, run } from './program.js';

let server: LogProgram | undefined;

afterAll(() => server?.stop());

/** What `annals` answers with the log at a URL and everything else in a folder. */
async function asked(log: string, place: string, ...args: string[]): Promise<unknown> {
  const { code, out, err } = await Program.with({ EVENT_STORE_URL: log }, ...args, '--data', place, '--json').ended;
  if (code !== 0) throw new Error(`annals ${args.join(' ')} ended with ${code}: ${out}${err}`);
  return JSON.parse(out);
}

it('two years of a company go to EventStoreDB and back; what was known on a day, and what is known now, stays', async () => {
  const { events } = await makeUp();
  const { out } = await run('events', '--data', data);
  const times = out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { recordedAt: string }).recordedAt);
  const reports = [
    [],
    ...[0.2, 0.6].map((part) => ['--axis', 'recorded', '--as-of', times[Math.floor(part * events)]!]),
  ];
  const answers = async (log: string, place: string) =>
    Promise.all(
      reports.map(async (when) => {
        const { position, ...report } = (await asked(log, place, 'report', 'funnel', ...when)) as { position: number };
        expect(position).toBeGreaterThan(0);
        return report;
      }),
    );

  server = await logProgram(join(folder(), 'server.db'));
  const away = await answerOf<Moved>('move', '--data', data, '--to', server.url);
  expect(away).toMatchObject({ events, copied: events });
  const back = join(folder(), 'events.db');
  const home = await answerOf<Moved>('move', '--from', server.url, '--to', `sqlite:${back}`);
  expect(home).toMatchObject({ events, copied: events, hash: away.hash });

  const embedded = `sqlite:${join(data, 'events.db')}`;
  const before = await answers(embedded, data);
  expect(new Set(before.map((each) => JSON.stringify(each))).size).toBe(reports.length);

  // Read models of the one log are of no use with the other.
  const { code, err } = await Program.with({ EVENT_STORE_URL: server.url }, 'report', 'funnel', '--data', data).ended;
  expect([code, err]).toEqual([1, expect.stringMatching(/^log-other: Read models were made from another log/)]);
  for (const file of ['read-models.db', 'read-models.db-wal', 'read-models.db-shm'])
    rmSync(join(data, file), { force: true });
  const places = [
    [server.url, data],
    [`sqlite:${back}`, dirname(back)],
  ] as const;
  for (const [log, place] of places) {
    await asked(log, place, 'rebuild', '--all');
    expect(await answers(log, place)).toEqual(before);
  }
});

it('says what it takes, and what is wrong', async () => {
  const nowhere = join(folder(), 'events.db');
  const to = `sqlite:${join(folder(), 'events.db')}`;
  expect(await run('move')).toMatchObject({ code: 2, err: expect.stringContaining("required option '--to <url>'") });
  expect(await run('move', '--from', `sqlite:${nowhere}`, '--to', to)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^data-missing: /),
  });
  for (const url of ['postgres://x', 'esdb://host:99999']) {
    expect(await run('move', '--to', url)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^configuration-invalid: /),
    });
  }
  expect(await run('move', '--from', to, '--to', to)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^move-onto-itself: /),
  });
});
