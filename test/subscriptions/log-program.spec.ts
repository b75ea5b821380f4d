import { once } from 'node:events';
import { join } from 'node:path';
import eventstore from '@eventstore/db-client';
import { expect, it } from '@jest/globals';
import { wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { logProgram } from '../support/log-program.js';
import { sqliteReader } from '../support/stores.js';

it('a log of its own takes what clients write to any stream, until it is told to stop', async () => {
  const path = join(folder(), 'events.db');
  const written = (data: string) => eventstore.binaryEvent({ type: 'Written', data: Buffer.from(data) });
  for (const [times, most] of [
    [1, undefined],
    [2, 4 * 1024 * 1024],
  ] as const) {
    const log = await logProgram(path, most);
    const client = eventstore.EventStoreDBClient.connectionString(`${log.url}&defaultDeadline=600000`);
    await client.appendToStream('customer-1', written('fact'));
    const large = client.appendToStream('customer-2', written('x'.repeat(2 * 1024 * 1024)));
    if (most) await large;
    else await expect(large).rejects.toMatchObject({ type: 'maximum-append-size-exceeded' });
    const ended = once(log.process, 'exit');
    await client.dispose();
    await log.stop();
    expect(await ended).toEqual([0, null]);
    const store = sqliteReader(path);
    expect((await wholeLog(store)).filter(({ stream }) => stream === 'customer-1')).toHaveLength(times);
    await store.close();
  }
});
