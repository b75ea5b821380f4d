import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CustomerEvents } from '../../libs/customers/events.js';
import type { Pool } from '../../libs/pooling.js';
import { addDays } from '../../libs/time.js';
import { bought, customerId, otherOwner, owner } from '../customers/customers.js';
import { property } from '../support/property.js';
import { day, Life, NOTHING } from './life.js';
import { otherPoolId, pool, poolId, quiet, talked } from './samples.js';

const reminding = (days: readonly number[], rule = quiet()) => pool({ recycling: [rule], remindBeforeDays: days });

describe('a customer of whom nothing is heard', () => {
  it('goes back into the pool after its owner was warned on the days that the rules name', () => {
    expect(new Life(reminding([7, 1])).until(day(400)).story).toEqual([
      [83, 'warned 7 days before'],
      [89, 'warned 1 days before'],
      [90, 'recycled: quiet'],
      [90, 'in f1'],
    ]);
  });

  it('stays when its owner spoke to it, and is warned of anew', () => {
    const life = new Life(reminding([7])).until(day(84));
    life.record(day(86), talked());
    expect(life.until(day(175)).story).toEqual([
      [83, 'warned 7 days before'],
      [169, 'warned 7 days before'],
    ]);
    expect(life.until(day(400)).story.slice(2)).toEqual([
      [176, 'recycled: quiet'],
      [176, 'in f1'],
    ]);
  });

  it('is recycled without a warning where none is promised, and never where nothing recycles', () => {
    expect(new Life(reminding([])).until(day(400)).story).toEqual([
      [90, 'recycled: quiet'],
      [90, 'in f1'],
    ]);
    expect(new Life(pool()).until(day(4_000)).story).toEqual([]);
  });

  it('says on what it was decided', () => {
    const life = new Life(reminding([]));
    life.record(day(3), talked());
    const recycled = life.until(day(400)).events.find(({ type }) => type === 'CustomerRecycled');
    expect(recycled?.data).toEqual({
      customerId,
      ownerId: owner.employeeId,
      plan: {
        poolId,
        poolVersion: 1,
        rule: 'quiet',
        conditionsAt: day(93),
        dueAt: day(93),
        nextAt: day(93),
      },
      evidence: {
        ownerSince: day(0),
        lastFollowUpAt: day(3),
        lastOpportunityAt: null,
        lastDealAt: null,
        protectedUntil: null,
        postponedUntil: null,
      },
    });
  });
});

describe('trap 22: rules that are edited', () => {
  it('do not recycle tonight what they find quiet: the warning comes first, in full', () => {
    const life = new Life(pool()).until(day(200));
    life.pools = [pool({ version: 2, recycling: [quiet()], remindBeforeDays: [7], recyclingFrom: day(201) })];
    life.review(day(200), false);
    expect(life.until(day(400)).story).toEqual([
      [201, 'warned 7 days before'],
      [208, 'recycled: quiet'],
      [208, 'in f1'],
    ]);
  });

  it('take back a warning that was given under those before', () => {
    const life = new Life(reminding([7])).until(day(84));
    life.pools = [pool({ version: 2, recycling: [quiet()], remindBeforeDays: [20], recyclingFrom: day(86) })];
    life.review(day(85), false);
    expect(life.until(day(400)).story).toEqual([
      [83, 'warned 7 days before'],
      [86, 'warned 20 days before'],
      [106, 'recycled: quiet'],
      [106, 'in f1'],
    ]);
  });

  it('keep what no rule recycles any more', () => {
    const life = new Life(reminding([7])).until(day(84));
    life.pools = [pool({ version: 2 })];
    life.review(day(85), false);
    expect([life.nextAt, life.until(day(400)).story.length]).toEqual([null, 1]);
  });
});

describe('a clock that was stopped', () => {
  it('warns when it goes again, and recycles no sooner after that than the rules promise', () => {
    const life = new Life(reminding([7, 1])).late(day(300));
    expect(life.until(day(400)).story).toEqual([
      [300, 'warned 7 days before'],
      [306, 'warned 1 days before'],
      [307, 'recycled: quiet'],
      [307, 'in f1'],
    ]);
  });

  it('gives of several warnings that it missed the last one', () => {
    const life = new Life(reminding([30, 7, 1])).until(day(60)).late(day(89.5));
    expect(life.until(day(400)).story).toEqual([
      [60, 'warned 30 days before'],
      [89.5, 'warned 1 days before'],
      [90, 'recycled: quiet'],
      [90, 'in f1'],
    ]);
  });
});

describe('rules of recycling', () => {
  const deal = { when: 'no-deal', days: 120 } as const;
  const recycledOn = (life: Life): number | undefined =>
    life.until(day(1_000)).story.find(([, what]) => what.startsWith('recycled'))?.[0];

  it('need all their conditions, or one', () => {
    const conditions = [{ when: 'no-follow-up', days: 90 }, deal] as const;
    expect(recycledOn(new Life(reminding([], quiet({ conditions }))))).toBe(120);
    expect(recycledOn(new Life(reminding([], quiet({ conditions, logic: 'or' }))))).toBe(90);
  });

  it('count from the last deal: what was bought, or won', () => {
    const life = () => new Life(reminding([], quiet({ conditions: [deal] })));
    const buying = life();
    buying.record(day(100), bought);
    expect(recycledOn(buying)).toBe(220);
    const winning = life();
    winning.business = { isOpen: false, lastOpportunityAt: day(50), lastWonAt: day(110) };
    expect(recycledOn(winning)).toBe(230);
  });

  it('count from the last opportunity, and spare open business as far as they say so', () => {
    const conditions = [{ when: 'no-opportunity', days: 60 }] as const;
    const life = new Life(reminding([], quiet({ conditions })));
    life.business = { isOpen: true, lastOpportunityAt: day(20), lastWonAt: null };
    expect([recycledOn(life), life.nextAt]).toEqual([undefined, null]);
    const strict = new Life(reminding([], quiet({ conditions, sparesOpenBusiness: false })));
    strict.business = life.business;
    expect(recycledOn(strict)).toBe(80);
  });

  it('concern the tiers they name', () => {
    expect(recycledOn(new Life(reminding([], quiet({ tiers: ['important'] }))))).toBeUndefined();
    expect(recycledOn(new Life(reminding([], quiet({ tiers: ['ordinary'] }))))).toBe(90);
  });

  it('count days of work where they name a calendar', () => {
    const weeks = quiet({ calendarId: 'office', conditions: [{ when: 'no-follow-up', days: 2 }] });
    // The first of January 2026 is a Thursday: the second Monday after it ends at five on the twelfth.
    expect(recycledOn(new Life(reminding([], weeks)))).toBe(11 + 17 / 24);
  });

  it('of several pools, that which comes first recycles; at the same moment, that with priority', () => {
    const other = (days: number, priority: number) =>
      pool(
        { priority, recycling: [quiet({ name: 'other', conditions: [{ when: 'no-follow-up', days }] })] },
        { poolId: otherPoolId },
      );
    const first = (others: Pool) => new Life(reminding([]), others).until(day(400)).story[0];
    expect(first(other(80, 9))).toEqual([80, 'recycled: other']);
    expect(first(other(90, 9))).toEqual([90, 'recycled: other']);
    expect(first(other(90, 10_000))).toEqual([90, 'recycled: quiet']);
  });
});

describe('a customer that is kept', () => {
  it('by a lock stays until that ends', () => {
    const life = new Life(reminding([]));
    life.record(day(10), {
      type: 'CustomerLocked',
      data: { customerId, ownerId: owner.employeeId, until: null, reason: null },
    });
    expect(life.until(day(200)).story).toEqual([]);
    life.record(day(200), {
      type: 'CustomerUnlocked',
      data: { customerId, ownerId: owner.employeeId, because: 'by-hand' },
    });
    life.review(day(200), false);
    expect(life.until(day(400)).story[0]).toEqual([200, 'recycled: quiet']);
  });

  it('by a protection or a supervisor goes no sooner than that ends', () => {
    const life = new Life(reminding([7]));
    life.record(day(80), {
      type: 'CustomerProtectionStarted',
      data: { customerId, ownerId: owner.employeeId, until: day(120), reason: 'pilot' },
    });
    life
      .until(day(110))
      .record(day(112), { type: 'RecyclingPostponed', data: { customerId, until: day(150), reason: 'on leave' } });
    expect(life.until(day(400)).story).toEqual([
      [143, 'warned 7 days before'],
      [150, 'recycled: quiet'],
      [150, 'in f1'],
    ]);
  });

  it('begins anew with another owner', () => {
    const life = new Life(reminding([7])).until(day(85));
    life.record(day(86), {
      type: 'CustomerOwnerAssigned',
      data: { customerId, from: owner, to: otherOwner, basis: 'transfer' },
    });
    life.review(day(86), false);
    expect(life.until(day(400)).story).toEqual([
      [83, 'warned 7 days before'],
      [169, 'warned 7 days before'],
      [176, 'recycled: quiet'],
      [176, 'in f1'],
    ]);
  });
});

it('whatever happens, a customer is recycled once, under the rules in force, and only after their whole warning', () => {
  const step = fc.record({
    after: fc.integer({ min: 0, max: 60 }),
    what: fc.constantFrom('talk', 'rules', 'unrule', 'late', 'owner', 'review', 'open', 'close'),
    days: fc.integer({ min: 2, max: 90 }),
    remind: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 15 }), (steps) => {
      const life = new Life(reminding([7]));
      let [time, version, seller] = [0, 1, owner];
      const recycled = () => life.events.filter(({ type }) => type === 'CustomerRecycled');
      for (const { after, what, days, remind } of steps) {
        time += after;
        const now = day(time);
        if (what === 'late') life.late(now);
        else life.until(now);
        if (recycled().length > 0) break;
        if (what === 'talk') life.record(now, talked(`01970000-0000-7000-8000-0000000${10_000 + time}`));
        if (what === 'open' || what === 'close') life.business = { ...NOTHING, isOpen: what === 'open' };
        if (what === 'owner') {
          const to = seller === owner ? otherOwner : owner;
          life.record(now, {
            type: 'CustomerOwnerAssigned',
            data: { customerId, from: seller, to, basis: 'transfer' },
          });
          seller = to;
        }
        if (what === 'rules' || what === 'unrule') {
          version += 1;
          const recycling =
            what === 'rules' ? [quiet({ conditions: [{ when: 'no-follow-up', days: days + remind }] })] : [];
          const remindBeforeDays = remind === 0 ? [] : [remind];
          life.pools = [pool({ version, recycling, remindBeforeDays, recyclingFrom: day(time + 1) })];
        }
        if (what !== 'talk' && what !== 'late') life.review(now, false);
      }
      life.until(day(time + 400));
      const [one, ...more] = recycled();
      expect(more).toEqual([]);
      if (!one) return;
      const { plan } = one.data as CustomerEvents['CustomerRecycled'];
      const { rules } = life.pools.find((each) => each.poolId === plan.poolId)!;
      expect(plan.poolVersion).toBe(rules.version);
      expect(one.occurredAt >= rules.recyclingFrom).toBe(true);
      const [promised] = rules.remindBeforeDays;
      if (promised === undefined) return;
      const began = life.events.findLastIndex(({ type }) => type === 'CustomerOwnerAssigned');
      const warnings = life.events
        .slice(began)
        .filter(
          ({ type, data }) =>
            type === 'RecyclingWarned' &&
            (data as CustomerEvents['RecyclingWarned']).plan.poolVersion === plan.poolVersion &&
            (data as CustomerEvents['RecyclingWarned']).plan.conditionsAt === plan.conditionsAt,
        );
      expect(warnings.length).toBeGreaterThan(0);
      expect(addDays(warnings[0]!.occurredAt, promised) <= one.occurredAt).toBe(true);
    }),
    property(300),
  );
});
