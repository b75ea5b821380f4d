import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import eventstore from '@eventstore/db-client';
import { expect, it } from '@jest/globals';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { SubscriptionServer } from '../../libs/subscriptions/subscription-server.js';
import { upcasters } from '../../libs/upcasters.js';
import { event } from '../support/events.js';
import { sqliteStore } from '../support/stores.js';
import { all } from './endpoint.js';

it('an event of an earlier version arrives in the current shape, with its version', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'annals-shapes-'));
  const store = sqliteStore({ path: join(folder, 'events.db'), upcasting: new Upcasting(upcasters) });
  const server = new SubscriptionServer({ store, groups: join(folder, 'groups.db'), report: () => undefined });
  const url = await server.listen('127.0.0.1', 0);
  const client = eventstore.EventStoreDBClient.connectionString(url);
  try {
    const changes = [{ field: 'region', from: 'north', to: 'south' }];
    await store.append('customer-1', 'any', [event('CustomerDetailsChanged', { customerId: '1', changes })]);
    const [found] = await all(client.readStream('customer-1'));
    expect(found?.event).toMatchObject({
      data: { customerId: '1', changes: { region: { from: 'north', to: 'south' } } },
      metadata: { schemaVersion: 2 },
    });
  } finally {
    await client.dispose();
    await server.stop();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
