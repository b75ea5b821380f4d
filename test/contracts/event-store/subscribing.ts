import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { LogPage } from '../../../libs/event-store/event-store.js';
import { event, events, idsOf, wholeLog } from '../../support/events.js';
import type { Tested } from '../event-store.contract.js';

/** Reads a subscription until `enough`, then leaves it. */
async function read(
  pages: AsyncIterable<LogPage>,
  enough: (page: LogPage, seen: readonly LogPage[]) => boolean,
): Promise<LogPage[]> {
  const seen: LogPage[] = [];
  for await (const page of pages) {
    seen.push(page);
    if (enough(page, seen)) break;
  }
  return seen;
}

const eventsOf = (pages: readonly LogPage[]) => pages.flatMap((page) => page.events);

export function subscribing(on: Tested): void {
  it('gives every event once and in order while others append', async () => {
    const writing = (async () => {
      for (let round = 0; round < 60; round += 1) {
        await Promise.all([0, 1, 2].map((each) => on.store.append(`customer-${each}`, 'any', events(1 + (round % 3)))));
        if (round % 7 === 0) await sleep(1);
      }
      await on.store.append('customer-0', 'any', [event('Last')]);
    })();
    const readers = [0, 1, 2].map((limit) =>
      read(
        on.store.subscribe({ after: 0, ...(limit > 0 && { limit }) }),
        ({ events: found }) => found.at(-1)?.type === 'Last',
      ),
    );
    await writing;
    const expected = idsOf(await wholeLog(on.store));
    for (const seen of await Promise.all(readers)) expect(idsOf(eventsOf(seen))).toEqual(expected);
  });

  it('goes on where another left off', async () => {
    await on.store.append('customer-1', 'any', events(30));
    const first = await read(on.store.subscribe({ after: 0, limit: 7 }), (_, seen) => seen.length === 2);
    const rest = await read(on.store.subscribe({ after: first.at(-1)!.scanned, limit: 7 }), ({ end }) => end);
    expect(idsOf([...eventsOf(first), ...eventsOf(rest)])).toEqual(idsOf(await wholeLog(on.store)));
  });

  it('moves its checkpoint where nothing matches, and says when it has caught up', async () => {
    for (let index = 0; index < 20; index += 1) await on.store.append('customer-1', 'any', events(100));
    const seen = await read(on.store.subscribe({ after: 0, types: ['Rare'], limit: 10 }), ({ end }) => end);
    expect(eventsOf(seen)).toEqual([]);
    expect(seen.at(-1)!.scanned).toBe(await on.store.head());
    const checkpoints = seen.map(({ scanned }) => scanned);
    expect(checkpoints).toEqual([...new Set(checkpoints)].sort((a, b) => a - b));
  });

  it('is woken by an append at once, and sees nothing twice', async () => {
    const pages = on.store.subscribe({ after: 0 });
    expect((await pages.next()).value).toMatchObject({ events: [], end: true });
    for (let round = 0; round < 5; round += 1) {
      const next = pages.next();
      const { position } = await on.store.append('customer-1', 'any', events(1));
      const page = (await next).value!;
      expect(page.events.map((each) => each.position)).toEqual([position]);
    }
    await pages.return();
  });

  it('repeats its checkpoint when nothing happens, so that silence is not taken for death', async () => {
    const { position } = await on.store.append('customer-1', 'any', events(1));
    // None of its events is the last: it waits for the log, not for what it has seen of it.
    const seen = await read(on.store.subscribe({ after: 0, types: ['Rare'] }), (_, pages) => pages.length === 2);
    expect(seen[1]).toMatchObject({ events: [], scanned: position, end: true });
  });

  it('ends when it is told to, also while it waits', async () => {
    const stop = new AbortController();
    const seen = read(on.store.subscribe({ after: 0 }, stop.signal), () => false);
    await sleep(20);
    stop.abort();
    expect(await seen).toHaveLength(1);
    expect(await read(on.store.subscribe({ after: 0 }, stop.signal), () => false)).toEqual([]);
  });

  it('fails when the store is closed, also while it waits', async () => {
    const seen = read(on.store.subscribe({ after: 0 }), () => false);
    const ended = seen.catch((error: unknown) => error);
    await sleep(20);
    await on.store.close();
    expect(await ended).toMatchObject({ code: 'store-unavailable' });
  });

  it('waits for the log to pass a position', async () => {
    const { position } = await on.store.append('customer-1', 'any', events(1));
    await on.store.moved(position - 1);
    let woken = false;
    const moved = on.store.moved(position).then(() => (woken = true));
    await sleep(10);
    expect(woken).toBe(false);
    await on.store.append('customer-1', 'any', events(1));
    await moved;
  });
}
