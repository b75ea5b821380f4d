import { describe, expect, it } from '@jest/globals';
import { claimQuota as quota, countClaim } from '../../libs/pools/claim-quota.decider.js';
import { AssignCustomerOwner } from '../../libs/customers/commands.js';
import { customer } from '../../libs/customers/customer.decider.js';
import { assignOwner } from '../../libs/customers/owner.rules.js';
import type { CustomerEvents } from '../../libs/customers/events.js';
import { locks, reserveLock } from '../../libs/customers/lock.decider.js';
import * as commands from '../../libs/customers/pool.commands.js';
import * as rules from '../../libs/customers/pool.rules.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import { replay } from '../../libs/event-store/decider.js';
import { commonPools } from '../../libs/pools/events.js';
import { customerList } from '../../projections/customer-list.js';
import { customerProfile } from '../../projections/customer-profile.js';
import { assigned, customerId, otherOwner, owner, registered } from '../customers/customers.js';
import { given } from '../support/given.js';
import { at, claimRule, otherPoolId, pool, poolId, released } from './samples.js';

const now = '2026-03-10T09:00:00.000Z';
const place = { employeeId: owner.employeeId, orgUnitIds: [owner.orgUnitId!], positionIds: [] };
const entry = (change: Partial<rules.CustomerClaim> = {}): rules.CustomerClaim => ({
  owner,
  place,
  pool: pool(),
  held: 4,
  claimsOfDay: 1,
  ...change,
});
const claims =
  (change: Partial<rules.CustomerClaim> = {}, when = now) =>
  (state: Parameters<typeof rules.claim>[0]) =>
    rules.claim(state, new commands.ClaimCustomer(customerId, { employeeId: owner.employeeId }), when, {
      entry: entry(change),
    });
const claimOwned = (employeeId: string) => (state: Parameters<typeof rules.claim>[0]) =>
  rules.claim(state, new commands.ClaimCustomer(customerId, { employeeId }), now, { entry: null });

type Event = EventOf<CustomerEvents>;
const pooled = at('2026-03-01T09:00:00.000Z', released('owner', otherOwner));
const byOther: Event = {
  type: 'CustomerOwnerAssigned',
  data: { customerId, from: null, to: otherOwner, basis: 'supervisor' },
};
const claimed: Event = {
  type: 'CustomerClaimed',
  data: {
    customerId,
    poolId,
    poolVersion: 1,
    employeeId: owner.employeeId,
    pooledSince: '2026-03-01T09:00:00.000Z',
    day: '2026-03-10',
    claimsOfDay: 2,
    held: 5,
  },
};
const claimAssigned: Event = { ...assigned, data: { ...assigned.data, basis: 'claim' } };

describe('a customer that nobody owns', () => {
  it('lies in the common pool from its registration on', () => {
    given(customer, registered)
      .when(() => [])
      .thenReads(customerList, customerId, { poolId: commonPools.customer, ownerId: null })
      .thenReads(customerProfile, customerId, { poolId: commonPools.customer, owner: null });
  });

  it('lies in no pool once somebody owns it, and in one again when it is released', () => {
    given(customer, registered, assigned)
      .when(() => [])
      .thenReads(customerList, customerId, { poolId: null, ownerId: owner.employeeId });
    given(customer, registered, assigned, released())
      .when(() => [])
      .thenReads(customerList, customerId, { poolId, ownerId: null, ownerName: null })
      .thenReads(customerProfile, customerId, { poolId, owner: null });
  });
});

describe('a claim', () => {
  it('makes the member the owner, and says how many that makes', () => {
    given(customer, registered, byOther, pooled)
      .when(claims())
      .thenRecords(claimed, claimAssigned)
      .thenReads(customerProfile, customerId, {
        poolId: null,
        owner,
        claim: { poolId, claimedAt: expect.any(String) } as never,
      });
  });

  it('trap 1: of two, the second is told that somebody else was first', () => {
    given(customer, registered, byOther, pooled, claimed, claimAssigned)
      .when(claimOwned(otherOwner.employeeId))
      .thenRefuses('pool-entry-taken');
    given(customer, registered, byOther, pooled, claimed, claimAssigned)
      .when(claimOwned(owner.employeeId))
      .thenRecords();
  });

  it('is no way to a customer that is owned', () => {
    given(customer, registered, assigned).when(claimOwned(otherOwner.employeeId)).thenRefuses('customer-owned');
  });

  it('is open to members only, of a pool in use that lets them', () => {
    const stranger = { ...place, orgUnitIds: [] };
    const lying = () => given(customer, registered, byOther, pooled);
    lying()
      .when(claims({ place: stranger }))
      .thenRefuses('not-pool-member');
    lying()
      .when(claims({ pool: pool({}, { status: 'disabled' }) }))
      .thenRefuses('pool-disabled');
    lying()
      .when(claims({ pool: pool({}, { assignMode: 'admin' }) }))
      .thenRefuses('claims-not-open', { assignMode: 'admin' });
    lying()
      .when(claims({ place: stranger, pool: pool({}, { members: null }) }))
      .thenRecords(claimed, claimAssigned);
  });

  it('trap 3: waits as long as the pool keeps back what came in, however often it was edited', () => {
    const held = pool({ claim: claimRule({ holdDays: 10 }) });
    const edited: Event = { type: 'CustomerTagged', data: { customerId, tag: 'new' } };
    const trap3 = given(customer, registered, byOther, pooled, at('2026-03-09T09:00:00.000Z', edited));
    trap3.when(claims({ pool: held }, '2026-03-11T08:59:59.999Z')).thenRefuses('not-yet-claimable', {
      from: '2026-03-11T09:00:00.000Z',
    });
    trap3
      .when(claims({ pool: held }, '2026-03-11T09:00:00.000Z'))
      .thenRecords({ ...claimed, data: { ...claimed.data, day: '2026-03-11' } } as Event, claimAssigned);
  });

  it('trap 4: is too early for whoever had the customer before: the last owner, or all of them', () => {
    const mine = at('2026-02-20T09:00:00.000Z', released('rule', owner));
    const last = pool({ claim: claimRule({ cooldownDays: 30 }) });
    const all = pool({ claim: claimRule({ cooldownDays: 30, cooldownFor: 'all' }) });
    const until = '2026-03-22T09:00:00.000Z';
    given(customer, registered, assigned, mine)
      .when(claims({ pool: last }))
      .thenRefuses('previous-owner-cooldown', { until });
    // Another owner came in between.
    const between = [
      registered,
      assigned,
      mine,
      byOther,
      at('2026-03-01T09:00:00.000Z', released('owner', otherOwner)),
    ];
    given(customer, ...between)
      .when(claims({ pool: all }))
      .thenRefuses('previous-owner-cooldown', { until });
    given(customer, ...between)
      .when(claims({ pool: last }))
      .thenRecords(claimed, claimAssigned);
  });

  it('names everything that stands against it at once', () => {
    const strict = pool(
      { claim: claimRule({ holdDays: 30, mostHeld: 4 }) },
      { members: { orgUnitIds: [], positionIds: [], employeeIds: [] } },
    );
    given(customer, registered, byOther, pooled)
      .when(claims({ pool: strict }))
      .thenRefuses('not-pool-member', {
        unmet: [
          { code: 'not-pool-member' },
          { code: 'not-yet-claimable', from: '2026-03-31T09:00:00.000Z' },
          { code: 'holding-limit-exceeded', cap: 4, held: 4, remaining: 0 },
        ],
      });
  });

  it('counts for the day of the pool, and trap 2: giving back gives none back', () => {
    const tokyo = pool({ zone: 'Asia/Tokyo' });
    given(customer, registered, byOther, pooled)
      .when(claims({ pool: tokyo }, '2026-03-10T16:00:00.000Z'))
      .thenRecords({ ...claimed, data: { ...claimed.data, day: '2026-03-11' } } as Event, claimAssigned);
    const state = replay(customer, [registered, byOther, pooled, claimed, claimAssigned]);
    const [quota] = customer.reserves!(state, customerId).filter(({ stream }) => stream.startsWith('claimquota-'));
    expect(quota).toBeDefined();
    expect(customer.reserves!(replay(customer, [registered, assigned, released()]), customerId)).toEqual([]);
  });

  it('a colleague’s claim is no way back for who had the customer before, but by a supervisor', () => {
    const mine = at('2026-03-01T09:00:00.000Z', released('rule', owner));
    const colleague: Event = {
      ...claimed,
      data: { ...claimed.data, employeeId: otherOwner.employeeId } as CustomerEvents['CustomerClaimed'],
    } as Event;
    const theirs: Event = {
      type: 'CustomerOwnerAssigned',
      data: { customerId, from: null, to: otherOwner, basis: 'claim' },
    };
    const back = (basis: 'transfer' | 'supervisor' | 'claim') => (state: Parameters<typeof assignOwner>[0]) =>
      assignOwner(state, new AssignCustomerOwner(customerId, { ownerId: owner.employeeId, basis }), now, {
        owner,
        cooldownDays: 30,
        openTransferId: null,
      });
    const claimedByColleague = () => given(customer, registered, assigned, mine, colleague, theirs);
    claimedByColleague()
      .when(back('transfer'))
      .thenRefuses('cooldown-circumvention', { until: '2026-03-31T09:00:00.000Z' });
    claimedByColleague().when(back('claim')).thenRefuses('claim-by-pool');
    claimedByColleague()
      .when(back('supervisor'))
      .thenRecords({
        type: 'CustomerOwnerAssigned',
        data: { customerId, from: otherOwner, to: owner, basis: 'supervisor' },
      });
  });
});

describe('claims of a day', () => {
  const claim = { quotaId: 'q', poolId, employeeId: owner.employeeId, customerId, day: '2026-03-10' };

  it('are as many as the pool allows', () => {
    const counted = (count: number) =>
      Array.from({ length: count }, () => ({ type: 'ClaimCounted', data: claim }) as const);
    const counts = (count: number) => countClaimAfter(counted(count));
    expect(counts(4)).toEqual(counted(1));
    expect(() => counts(5)).toThrow(
      expect.objectContaining({ code: 'daily-claim-limit', details: { limit: 5, claimed: 5, remaining: 0 } }),
    );
    expect(countClaimAfter(counted(5), '2026-03-11')).toHaveLength(1);
    expect(countClaimAfter(counted(500), '2026-03-10', null)).toHaveLength(1);
  });

  function countClaimAfter(
    events: readonly { type: 'ClaimCounted'; data: typeof claim }[],
    day = claim.day,
    limit: number | null = 5,
  ) {
    return countClaim(replay(quota, events), { ...claim, day }, limit);
  }
});

describe('a release', () => {
  const releases =
    (change: Parameters<typeof pool>[1] = {}) =>
    (state: Parameters<typeof rules.release>[0]) =>
      rules.release(
        state,
        new commands.ReleaseCustomer(customerId, { poolId, by: 'owner', reason: 'no answer' }),
        now,
        {
          pool: pool({}, change),
          openTransferId: null,
        },
      );

  it('puts the customer into the pool, with who had it', () => {
    given(customer, registered, assigned).when(releases()).thenRecords(released());
  });

  it('is refused for one that lies in a pool, is locked or protected, and into a pool that takes none', () => {
    const locked: Event = {
      type: 'CustomerLocked',
      data: { customerId, ownerId: owner.employeeId, until: '2026-04-01T00:00:00.000Z', reason: null },
    };
    const protectedUntil: Event = {
      type: 'CustomerProtectionStarted',
      data: { customerId, ownerId: owner.employeeId, until: '2026-05-01T00:00:00.000Z', reason: 'pilot' },
    };
    given(customer, registered).when(releases()).thenRefuses('customer-in-pool', { poolId: commonPools.customer });
    given(customer, registered, assigned, locked)
      .when(releases())
      .thenRefuses('customer-locked', { until: '2026-04-01T00:00:00.000Z' });
    given(customer, registered, assigned, locked, protectedUntil)
      .when(releases())
      .thenRefuses('customer-locked', { until: '2026-05-01T00:00:00.000Z' });
    given(customer, registered, assigned)
      .when(releases({ kind: 'lead' }))
      .thenRefuses('pool-of-leads');
    given(customer, registered, assigned)
      .when(releases({ status: 'closed' }))
      .thenRefuses('pool-disabled');
  });
});

describe('locks and protections', () => {
  const lock = (until: string | null) => (state: Parameters<typeof rules.lock>[0]) =>
    rules.lock(state, new commands.LockCustomer(customerId, { until, reason: null }), now);
  const locked = (until: string | null): Event => ({
    type: 'CustomerLocked',
    data: { customerId, ownerId: owner.employeeId, until, reason: null },
  });

  it('a lock is the owner’s, ends at its time or by hand, and with the ownership', () => {
    given(customer, registered, assigned).when(lock(null)).thenRecords(locked(null));
    given(customer, registered, assigned, locked(null)).when(lock(null)).thenRecords();
    given(customer, registered, assigned).when(lock('2026-03-10T09:00:00.000Z')).thenRefuses('time-in-the-past');
    given(customer, registered).when(lock(null)).thenRefuses('customer-in-pool');
    const end = (until: string) => (state: Parameters<typeof rules.endLock>[0]) =>
      rules.endLock(state, new commands.EndCustomerLock(customerId, { until }));
    const until = '2026-04-01T00:00:00.000Z';
    given(customer, registered, assigned, locked(until))
      .when(end(until))
      .thenRecords({ type: 'CustomerUnlocked', data: { customerId, ownerId: owner.employeeId, because: 'ended' } });
    given(customer, registered, assigned, locked(null)).when(end(until)).thenRecords();
    const state = replay(customer, [
      registered,
      assigned,
      locked(null),
      { ...assigned, data: { ...assigned.data, from: owner, to: otherOwner } },
    ]);
    expect(state).toMatchObject({ lock: null });
  });

  it('are as many per owner as the pool allows', () => {
    const lockOf = (customer: string) => ({ employeeId: owner.employeeId, customerId: customer });
    const held = replay(locks, [
      { type: 'CustomerLockReserved', data: lockOf('a') },
      { type: 'CustomerLockReserved', data: lockOf('b') },
    ]);
    expect(() => reserveLock(held, lockOf('c'), 2, [])).toThrow(
      expect.objectContaining({ code: 'lock-limit-exceeded' }),
    );
    expect(reserveLock(held, lockOf('a'), 2, [])).toEqual([]);
    expect(reserveLock(held, lockOf('c'), 2, ['a'])).toHaveLength(2);
  });

  it('a protection is as long, and comes as often, as the pool allows', () => {
    const until = '2026-03-20T09:00:00.000Z';
    const protect =
      (facts: rules.ProtectionFacts, end = until) =>
      (state: Parameters<typeof rules.protect>[0]) =>
        rules.protect(state, new commands.ProtectCustomer(customerId, { until: end, reason: 'pilot' }), now, facts);
    const started: Event = {
      type: 'CustomerProtectionStarted',
      data: { customerId, ownerId: owner.employeeId, until, reason: 'pilot' },
    };
    given(customer, registered, assigned)
      .when(protect({ protectionDays: 10, protections: 1 }))
      .thenRecords(started);
    given(customer, registered, assigned)
      .when(protect({ protectionDays: 9, protections: null }))
      .thenRefuses('protection-too-long', { latest: '2026-03-19T09:00:00.000Z' });
    given(customer, registered, assigned, started)
      .when(protect({ protectionDays: null, protections: 1 }, '2026-03-21T09:00:00.000Z'))
      .thenRefuses('protection-limit-exceeded', { limit: 1, had: 1 });
  });

  it('a customer of a pool that is given up moves, unless it has left the pool', () => {
    const move = (state: Parameters<typeof rules.movePooled>[0]) =>
      rules.movePooled(state, new commands.MovePooledCustomer(customerId, { from: poolId, to: otherPoolId }));
    given(customer, registered, assigned, released())
      .when(move)
      .thenRecords({ type: 'CustomerPoolChanged', data: { customerId, from: poolId, to: otherPoolId } });
    given(customer, registered, assigned).when(move).thenRecords();
  });
});
