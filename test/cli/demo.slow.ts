import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { History } from '../../libs/audit/queries.js';
import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { upcasters } from '../../libs/upcasters.js';
import { readModels as definitions } from '../../apps/program/definitions.js';
import { folder } from '../support/folder.js';
import { data, makeUp } from './demo-data.js';
import type { Demo, Status } from './demo-data.js';
import { answerOf, Program, run } from './program.js';

let demo: Demo;

beforeAll(async () => {
  demo = await makeUp();
});

/** Read models as the log has it, made while nothing else ran that could add to it. */
async function projected(place: string): Promise<void> {
  const clock = new SystemClock();
  const store = new SqliteEventStore({ path: join(place, 'events.db'), clock, upcasting: new Upcasting(upcasters) });
  const readModels = new SqliteReadModels({ path: join(place, 'read-models.db'), clock });
  const report = (what: string) => {
    throw new Error(what);
  };
  await new Projector({ store, readModels, definitions, zone: 'UTC', report }).catchUp();
  await readModels.close();
  await store.close();
}

/** Processes that fell behind before the program was killed: what they handled since is answered when they handle it again. */
function fallBehind(place: string): void {
  copyFileSync(join(data, 'events-processes.db'), join(place, 'events-processes.db'));
  const memory = new DatabaseSync(join(place, 'events-processes.db'));
  const sql = `UPDATE memory SET document = json_set(document, '$.position', 0, '$.begun', 0)`;
  memory.exec(`${sql} WHERE name LIKE 'state.%'`);
  memory.close();
}

describe('the demo', () => {
  it('answers with chart, funnel, retention and a history', () => {
    expect(demo.events).toBeGreaterThan(5_000);
    expect(demo.chart.units).toHaveLength(1);
    expect(demo.funnel.rows.length).toBeGreaterThan(5);
    expect(demo.retention.rows.length).toBeGreaterThan(12);
    expect(demo.history.entries.length).toBeGreaterThan(15);
    expect(demo.history.id).toBe(demo.customer.customerId);
  });

  it('is not made up twice', async () => {
    const again = await run('demo', '--no-serve', '--data', data);
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toContain('Three things to try');
    const { events, funnel } = await answerOf<Demo>('demo', '--no-serve', '--data', data);
    expect([events, funnel.rows]).toEqual([demo.events, demo.funnel.rows]);
  });

  it('keeps away from other data', async () => {
    const { code, err } = await run('demo', '--no-serve', '--seed', '2', '--data', data);
    expect([code, err]).toEqual([1, expect.stringMatching(/^data-not-demo: /)]);
  });

  it('goes on where it was stopped', async () => {
    const place = join(folder(), 'stopped');
    const program = Program.start('demo', '--no-serve', '--data', place);
    for (let events = 0; events < 500;) {
      await new Promise((settle) => setTimeout(settle, 50));
      const { code, out } = await run('status', '--json', '--data', place);
      events = code === 0 ? (JSON.parse(out) as Status).log.events : 0;
    }
    expect((await program.interrupt()).code).toBe(130);
    const { events, funnel } = await answerOf<Demo>('demo', '--no-serve', '--data', place);
    expect(events).toBeGreaterThan(5_000);
    expect(funnel.rows.length).toBe(demo.funnel.rows.length);
    expect((await run('demo', '--no-serve', '--data', place)).err).toBe('');
  });

  it('goes on where it was killed, with no event too many: what was open then is not due before it is told on', async () => {
    const place = folder();
    copyFileSync(join(data, 'events.db'), join(place, 'events.db'));
    const log = new DatabaseSync(join(place, 'events.db'));
    // Cut before a task is completed in time, whose due date is long past by the time of the world.
    const sql = `SELECT max(position) AS at FROM event WHERE type = 'TaskCompleted' AND stream NOT IN
      (SELECT stream FROM event WHERE type = 'TaskBecameOverdue') AND position < 7000`;
    log.exec(`DELETE FROM event WHERE position >= ${Number(log.prepare(sql).get()?.['at'])}`);
    log.close();
    fallBehind(place);
    await projected(place);
    expect((await answerOf<Demo>('demo', '--no-serve', '--data', place)).events).toBe(demo.events);
  });

  it('serves, says what to try, and stops on Ctrl-C', async () => {
    const program = Program.start('demo', '--data', data, '--subscriptions-port', 'off');
    const [, url] = await program.said(/Listening on (\S+),/);
    const [, id, body] = await program.said(/customers\/(\S+)\/tier [^]*?-d '(.*)'/);
    const response = await fetch(`${url}/customers/${id}/tier`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body!,
    });
    expect(response.status).toBe(200);
    const { position } = (await response.json()) as { position: number };
    const { entries } = await answerOf<History>(
      'history',
      'customer',
      id!,
      '--type',
      'CustomerTierOverridden',
      '--data',
      data,
    );
    expect(entries.at(-1)).toMatchObject({
      position,
      type: 'CustomerTierOverridden',
      data: { reason: 'seen in the demo' },
    });
    const { code, out } = await program.interrupt();
    expect(code).toBe(130);
    expect(out).not.toContain('Subscriptions at');
  });
});
