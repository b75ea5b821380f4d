import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { until } from './consumers.js';
import { forEachClient, take } from './endpoint.js';

forEachClient((on) => {
  it('subscribers at the end of the log share one reading', async () => {
    const { streamNameFilter, eventTypeFilter } = on.tools;
    const of = (count: number, subscribe: () => ReturnType<typeof on.client.subscribeToAll>) =>
      Array.from({ length: count }, subscribe);
    const all = [
      ...of(10, () => on.client.subscribeToAll()),
      ...of(10, () => on.client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['customer-'] }) })),
      ...of(10, () => on.client.subscribeToAll({ filter: eventTypeFilter({ regex: '^Happ' }) })),
    ];
    const others = Array.from({ length: 30 }, (_, index) => on.client.subscribeToStream(`task-${index}`));
    let caughtUp = 0;
    for (const each of [...all, ...others]) each.on('caughtUp', () => (caughtUp += 1)).resume();
    await until(() => caughtUp === 60);
    // Those that began while others were given something read once more.
    await sleep(1_200);
    const before = await on.readings();
    let found = 0;
    for (const each of all) each.on('data', () => (found += 1));
    for (let each = 1; each <= 20; each += 1) {
      await on.append('customer-1', 1);
      await until(() => found === 30 * each);
    }
    // One for each event, and one each second; 1,200 when each of them reads by itself.
    expect((await on.readings()) - before).toBeLessThan(100);
    await Promise.all([...all, ...others].map((each) => each.unsubscribe()));
  });

  it('a subscriber to a stream is told of it by the end of the log', async () => {
    const subscription = on.client.subscribeToStream('customer-1');
    for (let each = 0; each < 5; each += 1) {
      await on.append('task-1', 1);
      await on.append('customer-1', 1);
      expect(await take(subscription, 1)).toMatchObject([{ event: { revision: BigInt(each) } }]);
    }
    await subscription.unsubscribe();
  });
});
