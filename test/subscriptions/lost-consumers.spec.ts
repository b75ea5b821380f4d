import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConsumerGroup } from '../../libs/subscriptions/consumer-group.js';
import type { Consumer } from '../../libs/subscriptions/dispatch.js';
import { stopping } from '../../libs/subscriptions/refusals.js';
import { LogTail } from '../../libs/subscriptions/log-tail.js';
import { SqliteGroups } from '../../libs/subscriptions/sqlite-groups.js';
import type { Strategy } from '../../libs/subscriptions/sqlite-groups.js';
import { events } from '../support/events.js';
import { folder } from '../support/folder.js';
import { property } from '../support/property.js';
import { sqliteStore } from '../support/stores.js';

const EVENTS = 12;
const settings = (strategy: Strategy, maxRetries: number) => ({
  from: 'start' as const,
  strategy,
  maxRetries,
  resolveLinks: false,
  extraStatistics: false,
  messageTimeout: 0,
  checkpointAfter: 10_000,
  minCheckpoint: 1,
  maxCheckpoint: 1,
  maxConsumers: 0,
  liveBuffer: 500,
  readBatch: 20,
  historyBuffer: 500,
});

/** A consumer that deals with what it has from its end or its beginning, until it meets an event that kills it. */
class Mortal implements Consumer {
  readonly from = '';
  readonly name = '';
  readonly user = '';
  readonly held: { readonly place: number; readonly id: string }[] = [];
  id = '';

  constructor(
    readonly room: number,
    private readonly poison: ReadonlySet<number>,
    private readonly last: boolean,
  ) {}

  ready = () => true;
  drop = () => undefined;
  give = ({ event }: Parameters<Consumer['give']>[0]) => void this.held.push({ place: event!.position, id: event!.id });

  /** Deals with one event. @returns whether it has survived, and what it has dealt with */
  work(group: ConsumerGroup): { readonly alive: boolean; readonly done?: number } {
    const next = this.last ? this.held.pop() : this.held.shift();
    if (!next) return { alive: true };
    if (this.poison.has(next.place)) return { alive: false };
    group.answered(this.id, [next.id], 'ack');
    return { alive: true, done: next.place };
  }
}

it('an event that kills its consumers is parked, and nothing that was lost with it', async () => {
  const dying = fc.asyncProperty(
    fc.uniqueArray(fc.integer({ min: 1, max: EVENTS }), { maxLength: 4 }),
    fc.array(fc.record({ room: fc.integer({ min: 1, max: EVENTS }), last: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom<Strategy>('RoundRobin', 'DispatchToSingle', 'Pinned', 'KeyOrdered'),
    async (poison, kinds, maxRetries, strategy) => {
      const store = sqliteStore();
      for (let each = 0; each < EVENTS; each += 1) await store.append(`lead-${each % 5}`, 'any', events(1));
      const kept = new SqliteGroups(join(folder(), 'groups.db'));
      const group = new ConsumerGroup({ store, tail: new LogTail(store) }, kept, () => undefined, {
        source: '$all',
        name: 'g',
        settings: settings(strategy, maxRetries),
        checkpoint: 0,
      });
      const key = { source: '$all', name: 'g' };
      const done: number[] = [];
      const joined = (consumer: Mortal) => Object.assign(consumer, { id: group.join(consumer) });
      const born = ({ room, last }: (typeof kinds)[number]) => joined(new Mortal(room, new Set(poison), last));
      let alive = kinds.map(born);
      for (let rounds = 0; done.length + kept.parked(key).length < EVENTS; rounds += 1) {
        expect(rounds).toBeLessThan(1_000);
        await turn();
        for (const [index, consumer] of alive.entries()) {
          const { alive: survived, done: place } = consumer.work(group);
          if (place !== undefined) done.push(place);
          if (survived) continue;
          group.leave(consumer.id);
          alive = alive.with(index, born(kinds[index]!));
        }
      }
      expect(
        kept
          .parked(key)
          .map(({ place }) => place)
          .toSorted(),
      ).toEqual(poison.toSorted());
      expect(done).toHaveLength(EVENTS - poison.length);
      group.end(stopping());
      kept.close();
      await store.close();
    },
  );
  await fc.assert(dying, property(60));
});
