import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { OverlayEventStore } from '../../libs/event-store/overlay/overlay.event-store.js';
import { eventStoreContract } from '../contracts/event-store.contract.js';
import { event, events, wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { sqliteReader, sqliteStore } from '../support/stores.js';

/** For the contract alone: what an overlay took in is written to the log below when it is closed, to be found there again. */
class KeptOverlay {
  static async open(path: string, options: Parameters<typeof sqliteStore>[0]): Promise<EventStore> {
    const below = sqliteStore({ path, ...options });
    const overlay = await OverlayEventStore.over(below, new SystemClock());
    const start = await below.head();
    const [append, close] = [overlay.appendAll.bind(overlay), overlay.close.bind(overlay)];
    const underWay = new Set<Promise<unknown>>();
    let open = true;
    overlay.appendAll = (...given) => {
      const appending = append(...given);
      underWay.add(appending);
      return appending;
    };
    overlay.close = async () => {
      if (!open) return;
      open = false;
      await Promise.allSettled(underWay);
      const added = await wholeLog(overlay, { after: start });
      for (let index = 0; index < added.length; index += 500) {
        const part = added.slice(index, index + 500);
        await Promise.all(part.map(({ stream, ...each }) => below.append(stream, 'any', [each])));
      }
      await close();
    };
    return overlay;
  }
}

eventStoreContract('an overlay', async () => {
  const place = folder();
  return {
    open: (options) => KeptOverlay.open(join(place, 'events.db'), options),
    remove: async () => rmSync(place, { recursive: true, force: true }),
  };
});

describe('an overlay', () => {
  const open: EventStore[] = [];
  const kept = <Store extends EventStore>(store: Store): Store => {
    open.push(store);
    return store;
  };
  afterEach(async () => {
    for (const store of open.splice(0)) await store.close();
  });

  it('goes on where the log below ends, and leaves it as it is', async () => {
    const path = join(folder(), 'events.db');
    const below = kept(sqliteStore({ path }));
    await below.append('customer-1', 'no-stream', events(3));
    await below.append('customer-2', 'no-stream', events(1));
    const overlay = kept(await OverlayEventStore.over(sqliteReader(path), new SystemClock()));
    const added = [event('Added'), event('Added')];
    expect(await overlay.append('customer-1', 2, added)).toEqual({ revision: 4, position: 6 });
    expect(await overlay.append('customer-1', 2, added)).toEqual({ revision: 4, position: 6 });
    expect(await overlay.append('customer-3', 'no-stream', events(1))).toEqual({ revision: 0, position: 7 });
    expect((await wholeLog(overlay, { limit: 3 })).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const revisions = async (range: object) =>
      (await overlay.readStream('customer-1', range)).events.map(({ revision }) => revision);
    expect(await revisions({})).toEqual([0, 1, 2, 3, 4]);
    expect(await revisions({ limit: 4 })).toEqual([0, 1, 2, 3]);
    expect(await revisions({ from: 2, to: 3 })).toEqual([2, 3]);
    expect(await revisions({ backwards: true, limit: 3 })).toEqual([4, 3, 2]);
    expect(await revisions({ backwards: true, from: 3, to: 1 })).toEqual([3, 2, 1]);
    expect((await wholeLog(overlay, { types: ['Added'] })).map(({ position }) => position)).toEqual([5, 6]);
    expect(await below.head()).toBe(4);
  });

  it('does not see what others write to the log below in the meantime', async () => {
    const path = join(folder(), 'events.db');
    const below = kept(sqliteStore({ path }));
    await below.append('customer-1', 'no-stream', events(1));
    const overlay = kept(await OverlayEventStore.over(sqliteReader(path), new SystemClock()));
    const later = event('Later');
    await below.append('customer-1', 0, [later]);
    await below.append('customer-2', 'no-stream', events(1));
    expect(await overlay.head()).toBe(1);
    expect((await overlay.readStream('customer-1')).events).toHaveLength(1);
    expect((await overlay.readStream('customer-1', { backwards: true })).events).toHaveLength(1);
    expect((await overlay.readStream('customer-2')).events).toHaveLength(0);
    expect(await overlay.find('customer-1', later.id)).toBeUndefined();
    expect(await overlay.append('customer-1', 0, events(1))).toEqual({ revision: 1, position: 2 });
    expect(await overlay.append('customer-2', 'no-stream', events(1))).toEqual({ revision: 0, position: 3 });
    expect((await wholeLog(overlay)).map(({ position }) => position)).toEqual([1, 2, 3]);
  });

  it('needs no log below', async () => {
    const overlay = kept(await OverlayEventStore.over(undefined, new SystemClock()));
    expect(await overlay.readLog({ after: 0 })).toEqual({ events: [], scanned: 0, head: 0, end: true });
    expect(await overlay.append('customer-1', 'no-stream', events(2))).toEqual({ revision: 1, position: 2 });
    expect(await wholeLog(overlay)).toHaveLength(2);
  });
});
