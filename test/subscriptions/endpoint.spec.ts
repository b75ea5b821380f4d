import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { SubscriptionServer } from '../../libs/subscriptions/subscription-server.js';
import { event } from '../support/events.js';
import { folder } from '../support/folder.js';
import { sqliteStore } from '../support/stores.js';
import { all, forEachClient, placesOf, positionsOf, take } from './endpoint.js';

forEachClient((on) => {
  it('is found by clients that look for a cluster', async () => {
    await on.append('customer-1', 2);
    const client = on.connect(on.url.replace('esdb:', 'esdb+discover:'));
    expect(placesOf(await all(client.readStream('customer-1')))).toEqual(['customer-1@0', 'customer-1@1']);
    const subscription = client.subscribeToStream('customer-1');
    expect(placesOf(await take(subscription, 2))).toEqual(['customer-1@0', 'customer-1@1']);
    await subscription.unsubscribe();
  });

  it('reads no further for a subscriber that stops reading, and goes on for the others', async () => {
    const text = 'x'.repeat(64 * 1024);
    for (let each = 0; each < 12; each += 1) {
      await on.append(
        'customer-1',
        Array.from({ length: 32 }, () => event('Heavy', { text })),
      );
    }
    const lazy = on.client.subscribeToAll();
    await take(lazy, 1);
    let before = -1;
    while (before !== (before = await on.count())) await sleep(200);
    // 8 MiB at a time: that page, and what is on its way or has arrived.
    expect(before).toBeLessThan(300);
    const other = on.connect().subscribeToAll();
    expect(await take(other, 384)).toHaveLength(384);
    expect(await take(lazy, 383)).toHaveLength(383);
    await Promise.all([lazy.unsubscribe(), other.unsubscribe()]);
  }, 30_000);

  it('tells subscribers that it ends, and serves them where they left off', async () => {
    await on.append('customer-1', 3);
    const subscription = on.client.subscribeToAll();
    const found = await take(subscription, 3);
    const ended = once(subscription, 'error') as Promise<[Error]>;
    subscription.resume();
    await on.stop();
    expect((await ended)[0]).toMatchObject({ type: on.tools.ErrorType.UNAVAILABLE });

    await on.append('customer-1', 2);
    await on.restart();
    const { position } = found.at(-1)!.event! as { position: { commit: bigint; prepare: bigint } };
    const again = on.client.subscribeToAll({ fromPosition: position });
    expect(positionsOf(await take(again, 2))).toEqual([4, 5]);
    await again.unsubscribe();
    expect(await on.reports()).toEqual([]);
  });

  it('is left in good order by a client that is disposed of', async () => {
    const subscriptions = [on.client.subscribeToAll(), on.client.subscribeToStream('customer-1')];
    await Promise.all(subscriptions.map((each) => once(each, 'caughtUp')));
    await on.client.dispose();
    await on.append('customer-1', 1);
    const again = on.connect().subscribeToAll();
    expect(positionsOf(await take(again, 1))).toEqual([1]);
    await again.unsubscribe();
    expect(await on.reports()).toEqual([]);
  });
});

it('listens on loopback only, at a port that is free', async () => {
  const store = sqliteStore();
  const endpoint = () =>
    new SubscriptionServer({ store, groups: join(folder(), 'groups.db'), report: () => undefined });
  await expect(endpoint().listen('0.0.0.0', 0)).rejects.toMatchObject({ code: 'listen-unsafe' });
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(endpoint().listen('127.0.0.1', port)).rejects.toMatchObject({ code: 'port-in-use' });
  other.close();
  await once(other, 'close');
  const server = endpoint();
  expect(await server.listen('127.0.0.1', port)).toBe(`esdb://127.0.0.1:${port}?tls=false`);
  await server.stop();
  await store.close();
});
