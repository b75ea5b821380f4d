import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { customer } from '../../libs/customers/customer.decider.js';
import type { KnownCustomer } from '../../libs/customers/customer.decider.js';
import { customerDeadlines } from '../../libs/customers/deadlines.js';
import { CustomerFactsOfTier, Words } from '../../libs/customers/tier-replay.rules.js';
import { evaluateTier, followTier, overrideTier } from '../../libs/customers/tier.rules.js';
import { EvaluateCustomerTier, FollowCustomerTier, OverrideCustomerTier } from '../../libs/customers/commands.js';
import { evolve } from '../../libs/event-store/decider.js';
import type { Tier } from '../../libs/tiering.js';
import { addDays } from '../../libs/time.js';
import { customerId, registered } from '../customers/customers.js';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { property } from '../support/property.js';
import { until } from '../support/until.js';
import { boughtOn, facts as inForce, policy, spokenOn } from './samples.js';
import type { CustomerEvent } from './samples.js';

const START = '2026-01-01T08:00:00.000Z';
const END = addDays(START, 900);
type Told = CustomerEvent & { readonly occurredAt: string };

/** What the clock watches after these events, as its read model has it. */
const watched = customerDeadlines.find(({ kind }) => kind === 'customer-tier');
const dueAfter = (due: string | undefined, { type, data }: CustomerEvent): string | undefined => {
  const set = watched!.sets[type] as ((of: unknown) => readonly string[]) | undefined;
  return set ? set(data)[0] : due;
};

/** A customer as the program would have recorded it: facts, what follows from each, and what the clock records meanwhile. */
class Live {
  readonly log: Told[] = [{ ...registered, occurredAt: START }];
  #due: string | undefined;
  #state = evolve(customer, customer.initial, this.log[0]!) as KnownCustomer;

  passTo(moment: string): void {
    while (this.#due !== undefined && this.#due <= moment) {
      const now = this.#due;
      this.#record(evaluateTier(this.#state, new EvaluateCustomerTier(customerId), now, inForce), now);
    }
  }

  fact(event: CustomerEvent): void {
    const at = event.occurredAt!;
    this.passTo(at);
    this.#record([event], at);
    this.#record(followTier(this.#state, new FollowCustomerTier(customerId, { learntAt: at }), at, inForce), at);
  }

  set(tier: Tier, at: string, end: string | undefined): void {
    this.passTo(at);
    const command = new OverrideCustomerTier(customerId, { tier, reason: 'said so', until: end });
    this.#record(overrideTier(this.#state, command, at), at);
  }

  #record(events: readonly CustomerEvent[], at: string): void {
    for (const each of events) {
      const event = { occurredAt: at, ...each };
      this.log.push(event);
      this.#due = dueAfter(this.#due, event);
      this.#state = evolve(customer, this.#state, event) as KnownCustomer;
    }
  }
}

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        what: fc.constant('bought' as const),
        days: fc.integer({ min: 1, max: 60 }),
        amount: fc.integer({ min: 1, max: 300_000 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ what: fc.constant('spoken' as const), days: fc.integer({ min: 1, max: 60 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        what: fc.constant('set' as const),
        days: fc.integer({ min: 1, max: 60 }),
        tier: fc.constantFrom<Tier>('ordinary', 'potential', 'important'),
        for: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
      }),
    },
  ),
  { maxLength: 30 },
);

const changesIn = (log: readonly Told[]) =>
  log.flatMap(({ type, data, occurredAt: at }) => {
    if (type !== 'CustomerTierUpgraded' && type !== 'CustomerTierDowngraded') return [];
    const { from, to, score, inputs } = data;
    return [{ at, from, to, score, inputs }];
  });

/** What a replay of this log says. */
function replayed(log: readonly Told[], from?: string) {
  const found = new CustomerFactsOfTier('ordinary', START, 'North Mill', new Words());
  for (const event of log) found.add(event, event.occurredAt);
  return found.replay(customerId, policy, { from, to: addDays(END, 1) });
}

describe('a replay under the policy that was in force', () => {
  it('gives the changes that were recorded', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const live = new Live();
        let day = 0;
        for (const step of all) {
          day += step.days;
          const on = addDays(START, day).slice(0, 10);
          if (step.what === 'bought') live.fact(boughtOn(on, step.amount));
          else if (step.what === 'spoken') live.fact(spokenOn(on));
          else
            live.set(
              step.tier,
              `${on}T15:00:00.000Z`,
              step.for === undefined ? undefined : addDays(START, day + step.for),
            );
        }
        live.passTo(addDays(END, 1));
        const { tier, actualTier, changes } = replayed(live.log)!;
        expect(changes).toEqual(changesIn(live.log));
        expect(tier).toBe(actualTier);
        // Facts that come in another order are judged by when they were true.
        expect(
          replayed([
            live.log[0]!,
            ...live.log
              .slice(1)
              .filter(({ type }) => !type.startsWith('CustomerTier'))
              .reverse(),
            ...live.log.filter(({ type }) => type.startsWith('CustomerTier')),
          ])!.changes,
        ).toEqual(changes);
      }),
      property(300),
    );
  });

  it('takes a tier that people set for no change where the policy had given it already', () => {
    const byHand: Told = {
      type: 'CustomerTierOverridden',
      data: { customerId, from: 'ordinary', to: 'potential', reason: 'said so' },
      occurredAt: addDays(START, 40),
    };
    const bought = boughtOn('2026-02-01', 100_000) as Told;
    const { changes, actualTier } = replayed([{ ...registered, occurredAt: START }, bought, byHand])!;
    expect(changes.map(({ from, to }) => `${from} ${to}`)).toEqual(['ordinary potential', 'potential ordinary']);
    expect(actualTier).toBe('potential');
  });

  it('begins with the tier that the customer had when the window begins', () => {
    const live = new Live();
    live.fact(boughtOn('2026-02-01', 500_000));
    live.passTo(END);
    expect(changesIn(live.log).map(({ to }) => to)).toEqual(['important', 'potential', 'ordinary']);
    expect(replayed(live.log, addDays(START, 60))!.changes.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'important potential',
      'potential ordinary',
    ]);
    expect(replayed(live.log, addDays(START, 800))!.changes).toEqual([]);
  });
});

describe('over HTTP', () => {
  const clock = new TestClock('2026-01-05T09:00:00.000Z');
  const { version: _, routing: __, ...rules } = policy;
  let app: TestApp;
  let ids: string[];
  beforeAll(async () => {
    app = await TestApp.start({ clock });
    const register = async (name: string) => (await app.done('/customers', { kind: 'org', name })).id;
    ids = [await register('North Mill'), await register('South Mill'), await register('East Mill')];
    const amount = { amount: 500_000, currency: 'EUR' };
    for (const id of ids.slice(0, 2)) await app.done(`/customers/${id}/purchases`, { amount });
    clock.time = '2026-01-25T09:00:00.000Z';
  });
  afterAll(() => app.stop());
  const ask = async (window: object = {}, body: object = rules) =>
    app.post('/what-if/tier-policy', { ...body, ...window });

  it('says who would have changed, and records nothing', async () => {
    const head = async () => ((await app.get('/projections')).body as unknown as { position: number }[])[0]!.position;
    const before = await head();
    expect(await ask()).toMatchObject({
      status: 200,
      body: {
        totals: {
          customers: 3,
          changed: 2,
          upgrades: 2,
          downgrades: 0,
          otherwise: 2,
          tiers: { ordinary: 1, potential: 0, important: 2 },
        },
        customers: [
          {
            customerId: ids[0],
            name: 'North Mill',
            tier: 'important',
            actualTier: 'ordinary',
            changes: [{ at: '2026-01-05T09:00:00.000Z', from: 'ordinary', to: 'important', score: 60 }],
          },
          { customerId: ids[1] },
        ],
      },
    });
    expect((await ask({ limit: 1 })).body).toMatchObject({
      totals: { changed: 2 },
      customers: [{ customerId: ids[0] }],
    });
    expect((await ask({ from: '2026-01-10' })).body).toMatchObject({
      customers: [{ changes: [{ at: '2026-01-10T00:00:00.000Z' }] }, {}],
    });
    expect((await ask({ to: '2026-01-05' })).body).toMatchObject({ totals: { customers: 0 } });
    expect(await head()).toBe(before);
  });

  it('refuses what cannot be used', async () => {
    expect(await ask({ from: '2026-02-01', to: '2026-02-01' })).toMatchObject({
      status: 400,
      body: { code: 'window-invalid' },
    });
    expect(await ask({}, { ...rules, inputs: [] })).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
    expect(await ask({}, { ...rules, tiers: rules.tiers.slice(1) })).toMatchObject({
      status: 422,
      body: { code: 'tier-policy-invalid' },
    });
  });

  it('comes to what is recorded once the policy is published', async () => {
    const { body } = await ask({ from: '2026-01-26' });
    clock.time = '2026-01-26T00:00:00.000Z';
    await app.done('/tier-policies', rules);
    const tierOf = async (id: string) => (await app.get(`/customers/${id}`)).body['tier'] as unknown;
    await until(async () => (await tierOf(ids[1]!)) === 'important');
    expect(body).toMatchObject({ totals: { changed: 0 } });
    expect((await ask({ from: '2026-01-26' })).body).toMatchObject({ totals: { changed: 2, otherwise: 0 } });
  });
});
