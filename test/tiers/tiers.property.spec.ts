import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { customer } from '../../libs/customers/customer.decider.js';
import type { KnownCustomer } from '../../libs/customers/customer.decider.js';
import type { TierEvidence } from '../../libs/customers/events.js';
import { evaluated } from '../../libs/customers/tier.rules.js';
import { replay } from '../../libs/event-store/decider.js';
import { checkTierRules, tiers } from '../../libs/tiering.js';
import type { Tier, TierInput } from '../../libs/tiering.js';
import type { TierPolicy } from '../../libs/tiers/tier-policy.decider.js';
import { addDays } from '../../libs/time.js';
import { customerId, registered } from '../customers/customers.js';
import { property } from '../support/property.js';
import { boughtOn, policy, spokenOn } from './samples.js';
import type { CustomerEvent } from './samples.js';

const START = '2026-01-01';
const DAYS = 400;
const dayOn = (day: number) => addDays(`${START}T00:00:00.000Z`, day).slice(0, 10);

type Fact =
  | { readonly day: number; readonly amount: number; readonly currency: string; readonly product: string | null }
  | { readonly day: number; readonly amount?: never };

const facts = fc.array(
  fc.oneof(
    fc.record({
      day: fc.integer({ min: 0, max: DAYS }),
      amount: fc.integer({ min: 1, max: 400_000 }),
      currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'CHF'),
      product: fc.constantFrom(null, 'pump', 'valve'),
    }),
    fc.record({ day: fc.integer({ min: 0, max: DAYS }) }),
  ),
  { maxLength: 40 },
);
const eventOf = (fact: Fact): CustomerEvent =>
  fact.amount === undefined
    ? spokenOn(dayOn(fact.day))
    : boughtOn(dayOn(fact.day), fact.amount, fact.currency, fact.product);

const complexity: TierInput = {
  name: 'kinds of things',
  measure: 'complexity',
  windowDays: 60,
  bands: [
    { from: 0, points: 0 },
    { from: 2, points: 9 },
  ],
};
const often: TierInput = {
  name: 'how often',
  measure: 'frequency',
  windowDays: null,
  bands: [
    { from: 0, points: 0 },
    { from: 5, points: 8 },
  ],
};
const policies = fc
  .record({
    up: fc.integer({ min: 5, max: 30 }),
    down: fc.integer({ min: 1, max: 30 }),
    high: fc.integer({ min: 30, max: 90 }),
    keep: fc.integer({ min: 30, max: 90 }),
    graceDays: fc.constantFrom(0, 7, 30),
    reviewDays: fc.constantFrom(1, 7, 31),
  })
  .map(({ up, down, high, keep, graceDays, reviewDays }): TierPolicy => {
    const steps = [policy.tiers[0]!, { ...policy.tiers[1]!, up, down }, { ...policy.tiers[2]!, up: high, down: keep }];
    return { ...policy, tiers: steps, inputs: [...policy.inputs, complexity, often], graceDays, reviewDays };
  })
  .filter((each) => {
    try {
      checkTierRules(each);
      return true;
    } catch {
      return false;
    }
  });

/** The value of an input as a person would count it, from the list of facts. */
function byHand({ measure, windowDays }: TierInput, all: readonly Fact[], today: number): number | null {
  const counted = all.filter(({ day }) => day <= today && (windowDays === null || day > today - windowDays));
  const purchases = counted.flatMap((fact) => (fact.amount === undefined ? [] : [fact]));
  if (measure === 'interactions') return counted.length - purchases.length;
  if (measure === 'frequency') return purchases.length;
  if (measure === 'complexity') return new Set(purchases.flatMap(({ product }) => product ?? [])).size;
  if (measure === 'recency-days')
    return purchases.length === 0 ? null : Math.min(...purchases.map(({ day }) => today - day));
  return purchases.reduce((sum, { amount, currency }) => sum + (currency === 'EUR' ? amount : 0), 0);
}

const pointsOf = ({ bands }: TierInput, value: number | null) =>
  value === null ? 0 : bands.reduce((points, band) => (value >= band.from ? band.points : points), 0);

/** Evaluates a customer on some days, each time with all facts up to that day, as the program does. */
function told(rules: TierPolicy, all: readonly Fact[], days: readonly number[]) {
  let history: CustomerEvent[] = [registered];
  const seen: { day: number; events: readonly CustomerEvent[] }[] = [];
  let from = -1;
  for (const day of [...days].sort((a, b) => a - b)) {
    history.push(...all.filter((fact) => fact.day > from && fact.day <= day).map(eventOf));
    const { standing } = replay(customer, history, `${START}T00:00:00.000Z`) as KnownCustomer;
    const events = evaluated(customerId, standing, rules, { at: `${dayOn(day)}T20:00:00.000Z` });
    history = [...history, ...events];
    seen.push({ day, events });
    from = day;
  }
  return { seen, history };
}

const days = fc.array(fc.integer({ min: 0, max: DAYS + 400 }), { minLength: 1, maxLength: 25 });

describe('the tiers of a customer', () => {
  it('can be computed again by hand, from the facts and the policy that a change names', () => {
    fc.assert(
      fc.property(policies, facts, days, (rules, all, on) => {
        let tier: Tier = 'ordinary';
        let review: string | null = null;
        for (const { day, events } of told(rules, all, on).seen) {
          expect(events.length).toBeLessThanOrEqual(1);
          for (const { type, data, occurredAt } of events) {
            // Nothing is recorded of a look that changes nothing, unless the clock waits for it.
            if (type === 'CustomerTierEvaluated') expect(review !== null && review <= occurredAt!).toBe(true);
            review = 'reviewAt' in data ? data.reviewAt : null;
            const { score, inputs, ...change } = data as TierEvidence & { from?: Tier; to?: Tier };
            const again = rules.inputs.map((input) => {
              const value = byHand(input, all, day);
              return { name: input.name, value, points: pointsOf(input, value) };
            });
            expect(inputs.map(({ otherCurrencies: _, ...input }) => input)).toEqual(again);
            expect(score).toBe(again.reduce((sum, { points }) => sum + points, 0));
            const steps = rules.tiers;
            const reached = steps.filter(({ up }) => score >= (up ?? 0)).at(-1)!.tier;
            const kept = score >= (steps.find((step) => step.tier === tier)!.down ?? 0);
            if (type === 'CustomerTierUpgraded') expect(change).toMatchObject({ from: tier, to: reached });
            else if (type.endsWith('Averted') || type.endsWith('Evaluated')) expect(kept).toBe(true);
            else {
              const lower = steps.filter((step) => tiers.indexOf(step.tier) < tiers.indexOf(tier));
              expect(kept).toBe(false);
              expect(change.to).toBe(lower.filter(({ down }) => score >= (down ?? 0)).at(-1)!.tier);
            }
            if (type === 'CustomerTierUpgraded' || type === 'CustomerTierDowngraded') tier = change.to!;
          }
        }
      }),
      property(200),
    );
  });

  it('do not depend on the order in which facts came, and an evaluation again changes nothing', () => {
    fc.assert(
      fc.property(policies, facts, fc.integer({ min: 0, max: DAYS }), fc.nat(), (rules, all, day, turn) => {
        const at = `${dayOn(day)}T20:00:00.000Z`;
        const shuffled = all.map((_, index) => all[(index + turn) % all.length]!).reverse();
        const standingOf = (events: readonly CustomerEvent[]) =>
          (replay(customer, events, `${START}T00:00:00.000Z`) as KnownCustomer).standing;
        const first = evaluated(customerId, standingOf([registered, ...all.map(eventOf)]), rules, { at });
        const second = evaluated(customerId, standingOf([registered, ...shuffled.map(eventOf)]), rules, { at });
        expect(second).toEqual(first);
        expect(evaluated(customerId, standingOf([registered, ...all.map(eventOf), ...first]), rules, { at })).toEqual(
          [],
        );
      }),
      property(200),
    );
  });

  it('are looked at again before time alone has brought the score too low, give or take the days of review', () => {
    fc.assert(
      fc.property(policies, facts, days, (rules, all, on) => {
        const { history } = told(rules, all, on);
        const { standing } = replay(customer, history, `${START}T00:00:00.000Z`) as KnownCustomer;
        if (standing.tier === 'ordinary' || standing.graceUntil !== null) return;
        const last = Math.max(...on);
        const known = all.filter((fact) => fact.day <= last);
        const down = rules.tiers.find(({ tier }) => tier === standing.tier)!.down!;
        const scoreOn = (day: number) =>
          rules.inputs.reduce((sum, input) => sum + pointsOf(input, byHand(input, known, day)), 0);
        const review = standing.reviewAt ?? addDays(`${START}T00:00:00.000Z`, last + 4_000);
        for (
          let day = last;
          `${dayOn(day)}T00:00:00.000Z` < addDays(review, -rules.reviewDays) && day < last + 800;
          day += 1
        )
          expect({ day, kept: scoreOn(day) >= down }).toEqual({ day, kept: true });
      }),
      property(200),
    );
  });
});
