import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { EsdbEventStore } from '../../libs/event-store/esdb/esdb.event-store.js';
import { move } from '../../libs/event-store/move/move.js';
import { openMovable } from '../../libs/event-store/move/open-movable.js';
import { openProcessMemory } from '../../libs/processes/memory/open-process-memory.js';
import { NONE } from '../../libs/processes/memory/process-memory.js';
import type { ProcessMemory } from '../../libs/processes/memory/process-memory.js';
import { processMemoryContract } from '../contracts/process-memory.contract.js';
import { esdbServers } from '../support/esdb-server.js';
import type { EsdbServer } from '../support/esdb-server.js';
import { events, idsOf, wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { endLog, serveLog } from '../support/log-servers.js';
import { sqliteReader, writer } from '../support/stores.js';

const clock = new SystemClock();

processMemoryContract('EventStoreDB', async () => {
  const path = join(folder(), 'events.db');
  const url = await serveLog(path);
  return { open: () => openProcessMemory({ url, clock }), remove: async () => void (await endLog(path)) };
});

describe.each(await esdbServers())('documents of processes on %s', (_, begin) => {
  let server: EsdbServer;
  let store: EsdbEventStore;
  let memory: ProcessMemory;
  beforeAll(async () => {
    server = await begin();
    store = await EsdbEventStore.open({ url: server.url });
    memory = await openProcessMemory({ url: server.url, clock });
  }, 300_000);
  afterAll(async () => {
    await memory.close();
    await store.close();
    await server.stop();
  });

  it('are no part of the log: not read, not counted, not followed, not moved', async () => {
    const began = await store.head();
    const pages = store.subscribe({ after: began });
    expect((await pages.next()).value).toMatchObject({ events: [] });
    const sent = events(6);
    let revision = NONE;
    for (const each of sent) {
      await store.append('customer-1', 'any', [each]);
      for (let round = 0; round < 20; round += 1) revision = await memory.write('state.a', { round }, revision);
    }
    const head = await store.head();
    const last = (await store.readStream('customer-1', { backwards: true, limit: 1 })).events[0]!;
    expect(head).toBe(last.position);
    const log = await wholeLog(store, { after: began });
    expect(idsOf(log)).toEqual(idsOf(sent));
    expect(await store.readLog({ after: head })).toEqual({ events: [], scanned: head, head, end: true });
    const followed: string[] = [];
    for await (const page of pages) {
      followed.push(...idsOf(page.events));
      expect(page.scanned).toBeLessThanOrEqual(head);
      if (page.scanned === head) break;
    }
    expect(followed).toEqual(idsOf(sent));
    for (const stream of ['annals-document-state.a', '$$annals-document-state.a']) {
      expect((await store.readStream(stream)).events).toEqual([]);
    }
    const path = join(folder(), 'moved.db');
    const [source, target] = [
      await openMovable(server.url, 'source', writer),
      await openMovable(`sqlite:${path}`, 'target', writer),
    ];
    await move(source, target, { quiet: 10 });
    await source.close();
    await target.close();
    const moved = sqliteReader(path);
    const streams = new Set((await wholeLog(moved)).map(({ stream }) => stream));
    await moved.close();
    expect([...streams].filter((stream) => stream.includes('annals-document'))).toEqual([]);
    expect(streams).toContain('customer-1');
  });

  it('lie in a stream that keeps one event', async () => {
    const first = await memory.write('state.b', { round: 0 }, NONE);
    await memory.write('state.b', { round: 1 }, first);
    const { EsdbClient } = await import('../../libs/event-store/esdb/client.js');
    const { esdbAddress } = await import('../../libs/event-store/esdb/url.js');
    const client = new EsdbClient(esdbAddress(server.url), 5_000);
    const found: unknown[] = [];
    for await (const { data } of client.readStream('annals-document-state.b', 'start', false, 100)) found.push(data);
    await client.close();
    expect(found).toEqual([{ round: 1 }]);
  });
});
