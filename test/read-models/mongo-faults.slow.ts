import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { MongoReadModels } from '../../libs/read-models/mongo/mongo.read-models.js';
import { folder } from '../support/folder.js';
import { freePort, secantus } from '../support/mongo-server.js';
import type { MongoServer } from '../support/mongo-server.js';

const program = resolve(dirnameOf(), '../../dist/apps/cli/main.js');
let server: MongoServer | undefined;
let annals: ChildProcess | undefined;

afterEach(async () => {
  if (annals && annals.exitCode === null) {
    const ended = once(annals, 'exit');
    annals.kill('SIGKILL');
    await ended;
  }
  await server?.stop();
});

function dirnameOf(): string {
  return fileURLToPath(new URL('.', import.meta.url));
}

/** Starts the program, as it was built, on these read models. */
function start(READ_MODELS_URL: string, port: number): { readonly output: () => string } {
  let output = '';
  const env = {
    ...process.env,
    READ_MODELS_URL,
    PORT: String(port),
    START_PATIENCE_SECONDS: '1',
    EVENT_STORE_URL: `sqlite:${join(folder(), 'events.db')}`,
  };
  annals = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, 'start'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  annals.stderr!.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { output: () => output };
}

describe('a program whose read models are on MongoDB', () => {
  it('answers 503 while the server is gone, is not ready, and recovers by itself', async () => {
    const [port, place] = [await freePort(), { port: await freePort(), folder: folder() }];
    server = await secantus([], place);
    start(server.database('annals'), port);
    const ask = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
    const until = async (wanted: number, path: string) => {
      for (let tries = 0; tries < 150; tries += 1) {
        const answer = await ask(path).catch(() => undefined);
        if (answer?.status === wanted)
          return (await answer.json()) as { code?: string; items?: unknown[]; checks?: object };
        await sleep(200);
      }
      throw new Error(`${path} never answered ${wanted}`);
    };
    const register = async (name: string) => {
      const body = JSON.stringify({ kind: 'org', name });
      const answer = await ask('/customers', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      if (answer.status !== 201) throw new Error(`registering: ${await answer.text()}`);
      return (await answer.json()) as { position: number };
    };
    await until(200, '/health/ready');
    const first = await register('North Mill');
    expect((await until(200, `/customers?after=${first.position}`)).items).toHaveLength(1);

    await server.stop();
    expect(await until(503, '/customers')).toMatchObject({ code: 'read-models-unavailable' });
    // Processes remember beside the log, so they go on.
    expect(await until(503, '/health/ready')).toMatchObject({
      checks: { log: { status: 'up' }, readModels: { status: 'down' }, processes: { status: 'up' } },
    });
    server = await secantus([], place);
    await until(200, '/health/ready');
    const second = await register('South Mill');
    expect((await until(200, `/customers?after=${second.position}`)).items).toHaveLength(2);
  });

  it('ends with one message and a code where the server never answers', async () => {
    const url = `mongodb://ann:secret@127.0.0.1:${await freePort()}/annals?serverSelectionTimeoutMS=200`;
    const { output } = start(url, await freePort());
    const [code] = (await once(annals!, 'exit')) as [number];
    expect(code).toBe(1);
    expect(output()).toContain('did not answer within 1 s');
    expect(output()).not.toContain('secret');
  });
});

describe('a server', () => {
  const open = async (url: string) => {
    const notes: object[] = [];
    const note = (what: string, details: object) => notes.push({ what, ...details });
    const readModels = await MongoReadModels.open({ url, note, clock: new SystemClock(), patience: 500 });
    await readModels.close();
    return notes;
  };

  it('with transactions is noticed', async () => {
    server = await secantus();
    expect(await open(server.database('noted'))).toEqual([
      expect.objectContaining({ exactlyOnce: 'by transactions', server: expect.stringMatching(/^\d/) }),
    ]);
  });

  it('that stands alone is noticed, and written to in order', async () => {
    server = await secantus(['--standalone']);
    const note = { exactlyOnce: 'by the order of writes', because: 'the server stands alone' };
    expect(await open(server.database('noted'))).toEqual([expect.objectContaining(note)]);
  });

  it('that does not know us is not asked twice', async () => {
    server = await secantus(['--auth']);
    const url = server.database('annals').replace('//', '//ann:secret@');
    await expect(open(url)).rejects.toMatchObject({ code: 'read-models-forbidden' });
  });

  it('whose database is of another program is left as it is', async () => {
    server = await secantus();
    const { MongoClient } = await import('mongodb');
    await using client = new MongoClient(server.database('other'));
    await client.db().collection('orders').insertOne({ total: 1 });
    await expect(open(server.database('other'))).rejects.toMatchObject({ code: 'data-foreign' });
    await client
      .db('newer')
      .collection('annals')
      .insertOne({ _id: 'format' as never, format: 99 });
    await expect(open(server.database('newer'))).rejects.toMatchObject({ code: 'data-newer-than-program' });
  });
});
