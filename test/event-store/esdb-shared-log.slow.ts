import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { EsdbEventStore } from '../../libs/event-store/esdb/esdb.event-store.js';
import { eventStoreContract } from '../contracts/event-store.contract.js';
import { esdbServers } from '../support/esdb-server.js';
import type { EsdbServer } from '../support/esdb-server.js';
import { ForeignWriter } from '../support/foreign-writer.js';
import { PartOfLog } from '../support/part-of-log.js';

/** Names nobody else has: a server that was given keeps what is written here, and may hold what was written before. */
const suite = `annals${randomUUID().replaceAll('-', '')}`;

/** What a server notes about itself, all the time. */
async function noteStatistics(writer: ForeignWriter, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await writer.json('$stats-127.0.0.1:2113', '$statsCollected', { 'proc-cpu': 0 });
    await sleep(250, undefined, { signal }).catch(() => undefined);
  }
}

describe.each(await esdbServers())('%s', (name, begin) => {
  let server: EsdbServer;
  let writer: ForeignWriter;
  let tests = 0;
  let noting: Promise<void> | undefined;
  const over = new AbortController();

  beforeAll(async () => {
    server = await begin();
    writer = new ForeignWriter(server.url);
    await writer.everything(suite);
    // A server has its own.
    if (name === 'the endpoint') noting = noteStatistics(writer, over.signal);
  }, 300_000);
  afterAll(async () => {
    over.abort();
    try {
      await noting;
    } finally {
      await writer?.close();
      await server?.stop();
    }
  });

  eventStoreContract(
    'EventStoreDB, one log for all',
    async () => {
      const { url } = server;
      let start: number | undefined;
      tests += 1;
      const own = `${suite}.${tests}.`;
      return {
        open: async (options) => {
          const store = await EsdbEventStore.open({ url, ...options });
          return new PartOfLog(store, own, (start ??= await store.head()));
        },
        remove: async () => undefined,
      };
    },
    { log: 'shared', ids: 'in its stream' },
  );
});
