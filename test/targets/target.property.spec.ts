import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from '../../libs/errors.js';
import { replay } from '../../libs/event-store/decider.js';
import { readModel } from '../../libs/read-models/rollup.js';
import { ReviseTarget, SetTarget, WithdrawTarget } from '../../libs/targets/commands.js';
import type { NewTarget } from '../../libs/targets/commands.js';
import { targetIdOf } from '../../libs/targets/target-id.js';
import * as rules from '../../libs/targets/target.decider.js';
import { targetList } from '../../projections/target-list.js';
import type { TargetLine } from '../../projections/target-list.js';
import { expectFiveWaysAlike, seeded } from '../support/five-ways.js';
import { past, recorded } from '../support/given.js';
import { property } from '../support/property.js';
import { aTarget, euros } from './samples.js';
import type { TargetEvent } from './samples.js';

interface Try {
  readonly what: 'set' | 'revise' | 'withdraw';
  readonly target: NewTarget;
}

const tries: fc.Arbitrary<readonly Try[]> = fc.array(
  fc.record({
    what: fc.constantFrom('set', 'set', 'revise', 'withdraw'),
    target: fc
      .record({ period: fc.constantFrom('2026', '2026-Q1', '2026-02'), amount: fc.integer({ min: -1, max: 3 }) })
      .map(({ period, amount }) => aTarget({ period, value: euros(amount) })),
  }),
  { maxLength: 40 },
);

/** What the tries lead to, each target on its own stream; refusals record nothing. */
function history(all: readonly Try[]): readonly TargetEvent[] {
  const streams = new Map<string, TargetEvent[]>();
  return all.flatMap(({ what, target }) => {
    const targetId = targetIdOf(target);
    const events = streams.get(targetId) ?? [];
    streams.set(targetId, events);
    const state = replay(rules.target, events);
    try {
      const more =
        what === 'set'
          ? rules.setTarget(state, new SetTarget(targetId, target), past, { subject: true })
          : what === 'revise'
            ? rules.reviseTarget(state, new ReviseTarget(targetId, { value: target.value, reason: 'why' }))
            : rules.withdrawTarget(state, new WithdrawTarget(targetId, { reason: 'why' }));
      events.push(...more);
      return more;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return [];
    }
  });
}

it('there is one target of a kind, and the list shows the value that the rules know', () => {
  fc.assert(
    fc.property(tries, (all) => {
      const lines = new Map<string, TargetLine>();
      const events = history(all);
      for (const event of recorded(events)) {
        const [id] = targetList.ids(event);
        lines.set(id!, targetList.evolve(lines.get(id!) ?? null, event, id!)!);
      }
      expect(new Set([...lines.values()].map(({ period }) => period)).size).toBe(lines.size);
      for (const { targetId, status, value } of lines.values()) {
        const state = replay(
          rules.target,
          events.filter(({ data }) => data.targetId === targetId),
        );
        expect(state).toMatchObject({ status, value });
        expect(value.amount).toBeGreaterThan(0);
      }
    }),
    property(100),
  );
});

it('the list comes to the same five ways', async () => {
  await fc.assert(
    fc.asyncProperty(tries, fc.integer(), async (all, seed) => {
      await expectFiveWaysAlike(readModel(targetList), recorded(history(all)), { random: seeded(seed) });
    }),
    property(25),
  );
});
