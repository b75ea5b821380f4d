import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import fc from 'fast-check';
import { EventFilter } from '../../libs/subscriptions/event-filter.js';
import { LogTail } from '../../libs/subscriptions/log-tail.js';
import { ResponseStream } from '../../libs/subscriptions/response-stream.js';
import type { Batch, Outgoing } from '../../libs/subscriptions/response-stream.js';
import { subscription } from '../../libs/subscriptions/subscription.js';
import { events } from '../support/events.js';
import { property } from '../support/property.js';
import { sqliteStore } from '../support/stores.js';
import { until } from '../support/until.js';

/** A caller that takes what it is sent when it likes. */
class Caller {
  readonly found: number[] = [];
  readonly over = new AbortController();
  #taken: (() => void)[] = [];
  stalled = false;

  readonly responses = new ResponseStream(
    {
      write: ({ frames }: Batch, taken: () => void) => {
        for (const frame of frames) {
          const answer = streams.ReadResp.deserializeBinary(frame);
          if (answer.hasEvent()) this.found.push(Number(answer.getEvent()!.getCommitPosition()));
        }
        this.#taken.push(taken);
        if (!this.stalled) this.take();
      },
    } as unknown as Outgoing,
    this.over.signal,
  );

  take(): void {
    for (const taken of this.#taken.splice(0)) setImmediate(taken);
  }
}

it('a subscriber that comes, stops reading and reads on is sent every event once and in order', async () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('append' as const),
      stream: fc.constantFrom('a-1', 'b-1'),
      count: fc.integer({ min: 1, max: 40 }),
    }),
    fc.record({ do: fc.constant('join' as const), filtered: fc.boolean() }),
    fc.record({ do: fc.constantFrom('stall' as const, 'take' as const), which: fc.nat(9) }),
    fc.record({ do: fc.constant('wait' as const) }),
  );
  const run = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
    const store = sqliteStore({ durability: 'normal' });
    const log = { store, tail: new LogTail(store) };
    const expected: [number, string][] = [];
    const callers: { caller: Caller; filtered: boolean; done: Promise<void> }[] = [];
    const text = 'x'.repeat(10_000);
    for (const each of steps) {
      if (each.do === 'append') {
        const { position } = await store.append(
          each.stream,
          'any',
          events(each.count).map((one) => ({ ...one, data: { text } })),
        );
        for (let at = position - each.count + 1; at <= position; at += 1) expected.push([at, each.stream]);
      } else if (each.do === 'join') {
        const caller = new Caller();
        const filter = each.filtered ? new EventFilter({ on: 'stream', prefixes: ['b-'], regex: '' }) : undefined;
        const asked = {
          from: 'start' as const,
          backwards: false,
          live: true,
          most: Infinity,
          checkpointEvery: filter ? 32 : Infinity,
        };
        const rest = { ids: 'string' as const, tellsEnds: false, resolveLinks: false, ...(filter && { filter }) };
        const done = subscription(log, { ...asked, ...rest }, caller.responses).catch((error: unknown) => {
          if (!caller.over.signal.aborted) throw error;
        });
        callers.push({ caller, filtered: each.filtered, done });
      } else if (each.do === 'wait') await sleep(5);
      else {
        const { caller } = callers[each.which % Math.max(1, callers.length)] ?? {};
        if (!caller) continue;
        caller.stalled = each.do === 'stall';
        if (!caller.stalled) caller.take();
      }
    }
    for (const { caller } of callers) {
      caller.stalled = false;
      caller.take();
    }
    for (const { caller, filtered, done } of callers) {
      const wanted = expected.filter(([, stream]) => !filtered || stream === 'b-1').map(([at]) => at);
      await until(() => caller.found.length >= wanted.length);
      expect(caller.found).toEqual(wanted);
      caller.over.abort();
      await done;
    }
    expect(log.tail.size).toBe(0);
    await store.close();
  });
  await fc.assert(run, property(40));
});
