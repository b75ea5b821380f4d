import { randomUUID } from 'node:crypto';
import { openMovable } from '../libs/event-store/move/open-movable.js';
import { move } from '../libs/event-store/move/move.js';
import { EsdbClient } from '../libs/event-store/esdb/client.js';
import { esdbAddress } from '../libs/event-store/esdb/url.js';
import { Child } from './child.js';
import type { Measurement } from './measure.js';
import { rounds, seconds } from './measure.js';
import type { Workspace } from './workspace.js';

const CALLERS = 64;
const EACH = 100;

/** A log on its way to a server, which is this project's endpoint in another process, read back and compared. */
export const moving: Measurement = {
  name: 'moving',
  async run({ workspace, rounds: count }) {
    const { log, events, eventBytes } = await workspace.log('real');
    const done = await rounds(count, {
      moved: async () => served(workspace, async (url) => events / (await seconds(() => moved(log, url)))),
      bare: async () => served(workspace, async (url) => (CALLERS * EACH) / (await seconds(() => appended(url)))),
    });
    return [
      {
        name: `annals move to a server, ${events.toLocaleString('en')} events, until they are read back`,
        unit: 'events/s',
        values: done.moved,
        ceiling: { name: `appends of the client alone, ${CALLERS} callers`, values: done.bare },
        target: { of: 'value', atLeast: 5_000 },
        eventBytes,
        durability: 'full',
      },
    ];
  },
};

async function served<Result>(workspace: Workspace, work: (url: string) => Promise<Result>): Promise<Result> {
  const folder = workspace.folder();
  const server = new Child<never, string>('subscribed-server', folder);
  try {
    return await work(await server.answer());
  } finally {
    await server.stop();
    workspace.drop(folder);
  }
}

async function moved(log: string, url: string): Promise<void> {
  const writer = { pid: process.pid, program: 'bench', since: new Date().toISOString() };
  const source = await openMovable(`sqlite:${log}`, 'source', writer);
  const target = await openMovable(url, 'target', writer);
  await move(source, target);
  await target.close();
  await source.close();
}

async function appended(url: string): Promise<void> {
  const client = new EsdbClient(esdbAddress(url), 10_000);
  const call = async (stream: string) => {
    for (let index = 0; index < EACH; index += 1) {
      await client.append(stream, 'any', [{ id: randomUUID(), type: 'Sent', data: { index }, metadata: {} }]);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, index) => call(`sent-${index}`)));
  await client.close();
}
