import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { ProjectionStatus } from '../../libs/read-models/building/rebuilds.js';
import { folder } from '../support/folder.js';
import { mongoServer } from '../support/mongo-server.js';
import type { MongoServer } from '../support/mongo-server.js';
import { answerOf, env, Program, run } from './program.js';

let server: MongoServer;
let programs: Program[] = [];
beforeAll(async () => {
  server = await mongoServer();
}, 300_000);
afterEach(async () => {
  for (const program of programs.splice(0)) await program.kill();
  for (const name of ['EVENT_STORE_URL', 'READ_MODELS_URL', 'PARTITIONS', 'LEASE_SECONDS'] as const) delete env[name];
});
afterAll(() => server?.stop());

const began = (...args: string[]): Program => {
  programs = [...programs, Program.start(...args)];
  return programs.at(-1)!;
};

it('a program that serves and two workers share read models on a server, and go on for each other', async () => {
  Object.assign(env, {
    EVENT_STORE_URL: `sqlite:${join(folder(), 'events.db')}`,
    READ_MODELS_URL: server.database(`workers_cli_${process.pid}`),
    PARTITIONS: '3',
    LEASE_SECONDS: '2',
  });
  const serving = began('start', '--port', '0');
  const [, url] = await serving.said(/listening on (\S+),/);
  const [first, second] = [began('worker'), began('worker')];
  const shared = async (holders: number) => {
    for (let tries = 0; tries < 100; tries += 1) {
      const status = await answerOf<readonly ProjectionStatus[]>('projections');
      const all = status.flatMap(({ active, others }) => [active, ...others]);
      const held = new Set(all.map((each) => each?.holder ?? 'nobody'));
      const whole = all.every((each) => each?.state === 'active' && each.partitions === 3 && each.lag === 0);
      if (whole && held.size === holders && !held.has('nobody')) return status;
      await sleep(300);
    }
    throw new Error(`they never were ${holders}: ${(await run('projections')).out} ${first.complaints.join('\n')}`);
  };
  const status = await shared(3);
  expect(status.every(({ others }) => others.length === 2)).toBe(true);
  const { out } = await run('projections');
  expect(out).toMatch(/read model\s+partition\s+held by\s+state\s+position/);
  expect(out).toMatch(/customer-list\s+1\/3\s+\S+ \d+ [0-9a-f]{8}\s+active/);

  await second.kill();
  const registered = await fetch(`${url}/customers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'org', name: 'Sample & Sons' }),
  });
  expect(registered.status).toBe(201);
  await shared(2);
  const ended = await first.interrupt();
  expect(ended.code).toBe(130);
  await shared(1);
  const { items } = (await (await fetch(`${url}/customers`)).json()) as { items: readonly { name: string }[] };
  expect(items.map(({ name }) => name)).toEqual(['Sample & Sons']);
}, 240_000);

it('a worker has nothing to share where read models lie in a file', async () => {
  const { code, err } = await run('worker', '--data', folder());
  expect(code).toBe(1);
  expect(err).toContain('worker-needs-server');
});
