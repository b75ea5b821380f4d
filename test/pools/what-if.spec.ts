import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CustomerEvents } from '../../libs/customers/events.js';
import { RecyclingReplay, REPLAYED } from '../../libs/customers/recycling-replay.rules.js';
import type { Replayed, ReplayedEvent } from '../../libs/customers/recycling-replay.rules.js';
import type { Pool } from '../../libs/pooling.js';
import { customerId, otherOwner, owner } from '../customers/customers.js';
import { property } from '../support/property.js';
import { day, Life } from './life.js';
import { pool, quiet, talked } from './samples.js';

/** What of a life a log tells, without what its rules did. */
const told = ({ events }: Life) =>
  events.filter(
    ({ type, data }) => (REPLAYED as readonly string[]).includes(type) && (data as { by?: string }).by !== 'rule',
  ) as (ReplayedEvent & { occurredAt: string })[];

const replayed = (life: Life, tried: Pool, from = day(0), to = day(2_000)): Replayed =>
  RecyclingReplay.of(customerId, told(life), { pool: tried, calendars: new Map(), isMember: () => true, from, to });

const rules = (days: number, remind: readonly number[]) =>
  pool({ recycling: [quiet({ conditions: [{ when: 'no-follow-up', days }] })], remindBeforeDays: remind });

describe('rules of recycling that are tried on the log', () => {
  it('say who would have been warned of and recycled, when and why, and what is ahead', () => {
    const life = new Life(pool());
    life.record(day(10), talked());
    const outcome = replayed(life, rules(30, [7]));
    expect(outcome).toEqual({
      wasOwned: true,
      warnings: [{ at: day(33), daysBefore: 7, dueAt: day(40) }],
      recycled: [
        {
          at: day(40),
          ownerId: owner.employeeId,
          rule: 'quiet',
          evidence: {
            ownerSince: day(0),
            lastFollowUpAt: day(10),
            lastOpportunityAt: null,
            lastDealAt: null,
            protectedUntil: null,
            postponedUntil: null,
          },
        },
      ],
      ahead: null,
    });
    expect(replayed(life, rules(30, [7]), day(0), day(35))).toMatchObject({ recycled: [], ahead: { dueAt: day(40) } });
  });

  it('are in force from a day on, and warn first then', () => {
    const life = new Life(pool());
    expect(replayed(life, rules(30, [7]), day(100))).toMatchObject({
      warnings: [{ at: day(100), dueAt: day(107) }],
      recycled: [{ at: day(107) }],
    });
  });

  it('leave alone whom nobody owned, or who was put back and has nobody', () => {
    const life = new Life(pool());
    life.record(day(20), {
      type: 'CustomerReleasedToPool',
      data: { customerId, poolId: 'x', from: owner, by: 'owner', reason: null },
    });
    expect(replayed(life, rules(30, []))).toEqual({ wasOwned: true, warnings: [], recycled: [], ahead: null });
    const recycled = new Life(pool());
    expect(replayed(recycled, rules(30, []))).toMatchObject({ recycled: [{ at: day(30) }] });
    recycled.record(day(100), {
      type: 'CustomerOwnerAssigned',
      data: { customerId, from: owner, to: otherOwner, basis: 'supervisor' },
    });
    expect(replayed(recycled, rules(30, []))).toMatchObject({ recycled: [{ at: day(30) }, { at: day(130) }] });
  });
});

it('the rules in force, tried on what really happened, do what they did', () => {
  const step = fc.record({
    after: fc.integer({ min: 0, max: 70 }),
    what: fc.constantFrom('talk', 'owner', 'lock', 'unlock', 'postpone'),
  });
  const remind = fc.constantFrom([], [7], [20, 7, 1]);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.integer({ min: 25, max: 90 }), remind, (steps, days, before) => {
      const tried = rules(days, before);
      const life = new Life(tried);
      let [time, seller] = [0, owner];
      for (const { after, what } of steps) {
        time += after;
        const now = day(time);
        if (life.until(day(time - 1 / 86_400_000)).story.some(([, done]) => done.startsWith('recycled'))) break;
        if (what === 'talk') life.record(now, talked(`01970000-0000-7000-8000-0000000${10_000 + time}`));
        if (what === 'lock' || what === 'unlock') {
          const ownerId = seller.employeeId;
          life.record(
            now,
            what === 'lock'
              ? { type: 'CustomerLocked', data: { customerId, ownerId, until: null, reason: null } }
              : { type: 'CustomerUnlocked', data: { customerId, ownerId, because: 'by-hand' } },
          );
        }
        if (what === 'postpone')
          life.record(now, { type: 'RecyclingPostponed', data: { customerId, until: day(time + 30), reason: 'away' } });
        if (what === 'owner') {
          const to = seller === owner ? otherOwner : owner;
          life.record(now, {
            type: 'CustomerOwnerAssigned',
            data: { customerId, from: seller, to, basis: 'transfer' },
          });
          seller = to;
        }
        if (what !== 'talk' && what !== 'lock') life.review(now, false);
      }
      life.until(day(1_999));
      const did = (type: keyof CustomerEvents) =>
        life.events.filter((event) => event.type === type).map(({ occurredAt }) => occurredAt);
      const { warnings, recycled } = replayed(life, tried);
      expect(warnings.map(({ at }) => at)).toEqual(did('RecyclingWarned'));
      expect(recycled.map(({ at }) => at)).toEqual(did('CustomerRecycled'));
    }),
    property(300),
  );
});
