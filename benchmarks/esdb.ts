import { fork } from 'node:child_process';
import { once } from 'node:events';
import { newId } from '../libs/ids.js';
import { EsdbClient } from '../libs/event-store/esdb/client.js';
import { EsdbEventStore } from '../libs/event-store/esdb/esdb.event-store.js';
import { esdbAddress } from '../libs/event-store/esdb/url.js';
import type { NewEvent } from '../libs/event-store/event-store.js';
import { rounds, seconds } from './measure.js';
import type { Measurement } from './measure.js';

const CALLERS = 64;
const EACH = 100;
const LOG = 20_000;

/**
 * The engine on EventStoreDB against the bare client, both on a server that does nothing: it keeps no event, and sends one that
 * it has ready. What is lost between the two is lost in this program.
 */
export const esdb: Measurement = {
  name: 'esdb',
  async run({ rounds: count }) {
    const server = fork(new URL('do-nothing-server.js', import.meta.url), [String(LOG)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [url] = (await once(server, 'message')) as [string];
    const store = await EsdbEventStore.open({ url });
    const client = new EsdbClient(esdbAddress(url), 10_000);
    try {
      const done = await rounds(count, {
        appends: async () => (CALLERS * EACH) / (await called((stream) => store.append(stream, 'any', [event()]))),
        bareAppends: async () =>
          (CALLERS * EACH) / (await called((stream) => client.append(stream, 'any', [stored(event())]))),
        read: async () => LOG / (await seconds(async () => pagesOf(store))),
        followed: async () => LOG / (await seconds(async () => followed(store))),
        bareRead: async () => LOG / (await seconds(() => walked(client))),
      });
      const against = { unit: 'events/s', target: { of: 'ratio', atLeast: 0.5 } } as const;
      return [
        {
          ...against,
          name: `EventStoreDB: appends of 1 event through the port, ${CALLERS} callers`,
          values: done.appends,
          ceiling: { name: 'the client alone', values: done.bareAppends },
        },
        {
          ...against,
          name: 'EventStoreDB: the log read through the port, from the first event',
          values: done.read,
          ceiling: { name: 'a subscription of the client alone', values: done.bareRead },
        },
        {
          ...against,
          name: 'EventStoreDB: the log followed through the port, from the first event',
          values: done.followed,
          ceiling: { name: 'a subscription of the client alone', values: done.bareRead },
        },
      ];
    } finally {
      await Promise.all([store.close(), client.close()]);
      server.kill();
    }
  },
};

const called = (append: (stream: string) => Promise<unknown>): Promise<number> =>
  seconds(async () => {
    const call = async (stream: string) => {
      for (let index = 0; index < EACH; index += 1) await append(stream);
    };
    await Promise.all(Array.from({ length: CALLERS }, (_, index) => call(`customer-${index}`)));
  });

function event(): NewEvent {
  const id = newId();
  const actor = { id: 'employee-1', name: 'Ada' };
  const metadata = { actor, source: 'api' as const, commandId: id, correlationId: id };
  const data = { customerId: 'customer-1', channel: 'phone', summary: 'asked for the terms of a renewal', minutes: 12 };
  return { id, type: 'InteractionRecorded', schemaVersion: 1, occurredAt: '2026-01-05T09:00:00.000Z', data, metadata };
}

const stored = ({ id, type, data, metadata, occurredAt, schemaVersion }: NewEvent) => ({
  id,
  type,
  data,
  metadata: { ...metadata, occurredAt, schemaVersion },
});

async function pagesOf(store: EsdbEventStore): Promise<void> {
  for (let after = 0; ;) {
    const page = await store.readLog({ after });
    if (page.end) return;
    after = page.scanned;
  }
}

async function followed(store: EsdbEventStore): Promise<void> {
  for await (const { scanned } of store.subscribe({ after: 0 })) if (scanned >= LOG) return;
}

const walked = (client: EsdbClient): Promise<void> =>
  new Promise((resolve, reject) => {
    const following = client.follow(0, 'all', {
      event: ({ position }) => {
        if (position < LOG) return;
        following.stop();
        resolve();
      },
      checkpoint: () => undefined,
      caughtUp: () => undefined,
      ended: reject,
    });
  });
