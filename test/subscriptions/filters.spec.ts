import { once } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Filter } from '@eventstore/db-client';
import { event } from '../support/events.js';
import { all, forEachClient, positionsOf, take } from './endpoint.js';
import type { Tools } from './endpoint.js';

forEachClient((on) => {
  const streamNameFilter = ((names: never) => on.tools.streamNameFilter(names)) as Tools['streamNameFilter'];
  const eventTypeFilter = ((names: never) => on.tools.eventTypeFilter(names)) as Tools['eventTypeFilter'];

  /** What a filter lets through of all there is. */
  async function through(filter: Filter, fromPosition?: { commit: bigint; prepare: bigint }): Promise<number[]> {
    const subscription = on.client.subscribeToAll({ filter, ...(fromPosition && { fromPosition }) });
    const found: number[] = [];
    subscription.on('data', (each) => found.push(...positionsOf([each])));
    await once(subscription, 'caughtUp');
    await subscription.unsubscribe();
    return found;
  }

  describe('a filter', () => {
    beforeEach(async () => {
      await on.append('customer-1', [event('CustomerRegistered'), event('CustomerWon')]);
      await on.append('task-1', [event('TaskCreated'), event('TaskDone')]);
      await on.append('customer-2', [event('CustomerRegistered')]);
      await on.append('customers', [event('Other')]);
    });

    it.each<[string, () => Filter, number[]]>([
      ['a stream prefix', () => streamNameFilter({ prefixes: ['customer-'] }), [1, 2, 5]],
      ['a stream prefix without a dash', () => streamNameFilter({ prefixes: ['customer'] }), [1, 2, 5, 6]],
      ['one of several', () => streamNameFilter({ prefixes: ['customer-2', 'task-'] }), [3, 4, 5]],
      ['a stream by regular expression', () => streamNameFilter({ regex: '^(customer|task)-1$' }), [1, 2, 3, 4]],
      ['a type', () => eventTypeFilter({ prefixes: ['CustomerRegistered'] }), [1, 5]],
      ['a type prefix', () => eventTypeFilter({ prefixes: ['Customer', 'Oth'] }), [1, 2, 5, 6]],
      ['a type by regular expression', () => eventTypeFilter({ regex: '(Done|Won)$' }), [2, 4]],
      ['what is no system event', () => on.tools.excludeSystemEvents(), [1, 2, 3, 4, 5, 6]],
      ['all but', () => eventTypeFilter({ regex: '^(?!(\\$.+$|Task\\w+$))' }), [1, 2, 5, 6]],
    ])('lets %s through', async (_, filter, expected) => {
      expect(await through(filter())).toEqual(expected);
    });

    it('that lets nothing through gives nothing', async () => {
      expect(await through(eventTypeFilter({ prefixes: ['Nothing'] }))).toEqual([]);
      expect(await through(streamNameFilter({ prefixes: ['nobody-'] }))).toEqual([]);
    });

    it('applies to a part of the log', async () => {
      expect(await through(eventTypeFilter({ prefixes: ['Customer'] }), { commit: 2n, prepare: 2n })).toEqual([5]);
    });
  });

  describe('a regular expression', () => {
    const refused = async (regex: string) => {
      const subscription = on.client.subscribeToAll({ filter: eventTypeFilter({ regex }) });
      return all(subscription).then(
        () => 'ended',
        ({ message }: Error) => message,
      );
    };

    it('that never comes to an end is refused, and holds nobody up', async () => {
      await on.append('customer-1', [event(`${'a'.repeat(40)}!`)]);
      const begun = performance.now();
      expect(await refused('^(a+)+$')).toContain('takes too long');
      expect(performance.now() - begun).toBeLessThan(2_000);
    });

    it('that is too long, or none, is refused', async () => {
      expect(await refused('a'.repeat(1_001))).toContain('at most 1000 characters');
      expect(await refused('(')).toContain('Invalid regular expression');
      expect(await on.reports()).toEqual([]);
    });
  });

  describe('checkpoints', () => {
    /** Reads a filtered subscription until it has caught up. */
    async function until(
      count: number,
      filter: (checkpoint: (position: number) => void) => Filter,
    ): Promise<{ found: number[]; checkpoints: number[] }> {
      const checkpoints: number[] = [];
      const subscription = on.client.subscribeToAll({ filter: filter((position) => checkpoints.push(position)) });
      const caughtUp = once(subscription, 'caughtUp');
      const found = positionsOf(await take(subscription, count));
      subscription.resume();
      await caughtUp;
      await subscription.unsubscribe();
      return { found, checkpoints };
    }

    it('tell a subscriber to whom next to nothing matters where it stands', async () => {
      for (let each = 0; each < 10; each += 1) await on.append('customer-1', 100);
      await on.append('task-1', [event('Rare')]);
      for (let each = 0; each < 10; each += 1) await on.append('customer-1', 100);
      const seldom = [eventTypeFilter, streamNameFilter].map((filter, index) =>
        until(1, (checkpoint) =>
          filter({
            prefixes: [index === 0 ? 'Rare' : 'task-'],
            maxSearchWindow: 10,
            checkpointReached: async (_, { commit }) => checkpoint(Number(commit)),
          }),
        ),
      );
      for (const { found, checkpoints } of await Promise.all(seldom)) {
        expect(found).toEqual([1_001]);
        expect(checkpoints.length).toBeGreaterThan(1);
        expect(checkpoints).toEqual(checkpoints.toSorted((a, b) => a - b));
        expect(checkpoints.at(-1)).toBe(2_001);
      }
    });

    it('come after as many events as the subscriber says', async () => {
      await on.append('customer-1', 100);
      const { found, checkpoints } = await until(100, (checkpoint) =>
        streamNameFilter({
          prefixes: ['customer-'],
          maxSearchWindow: 5,
          checkpointInterval: 4,
          checkpointReached: async (_, { commit }) => checkpoint(Number(commit)),
        }),
      );
      expect(found).toHaveLength(100);
      expect(checkpoints).toEqual([20, 40, 60, 80, 100]);
    });

    it('go on being told where a subscriber takes up again', async () => {
      await on.append('customer-1', 50);
      await on.append('task-1', [event('Rare')]);
      const filter = eventTypeFilter({ prefixes: ['Rare'] });
      const { checkpoints } = await until(0, (checkpoint) =>
        eventTypeFilter({
          prefixes: ['Common'],
          checkpointReached: async (_, { commit }) => checkpoint(Number(commit)),
        }),
      );
      const [last] = checkpoints.slice(-1);
      await on.append('task-1', [event('Rare')]);
      const at = BigInt(last!);
      const subscription = on.client.subscribeToAll({ filter, fromPosition: { commit: at, prepare: at } });
      expect(positionsOf(await take(subscription, 1))).toEqual([52]);
      await subscription.unsubscribe();
    });
  });
});
