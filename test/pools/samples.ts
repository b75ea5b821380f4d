import type { CustomerEvents } from '../../libs/customers/events.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import { NO_RULES } from '../../libs/pooling.js';
import type { Pool, PoolRules, RecycleRule } from '../../libs/pooling.js';
import { customerId, owner } from '../customers/customers.js';

export const poolId = '01970000-0000-7000-8000-0000000000f1';
export const otherPoolId = '01970000-0000-7000-8000-0000000000f2';

export const nobody = { orgUnitIds: [], positionIds: [], employeeIds: [] };

/** A pool whose members are the unit of the first seller. */
export const pool = (rules: Partial<PoolRules> = {}, change: Partial<Pool> = {}): Pool => ({
  poolId,
  name: 'South',
  kind: 'customer',
  status: 'enabled',
  assignMode: 'self',
  members: { ...nobody, orgUnitIds: [owner.orgUnitId!] },
  admins: nobody,
  rules: { ...NO_RULES, version: 1, ...rules },
  ...change,
});

export const claimRule = (change: Partial<PoolRules['claim']>): PoolRules['claim'] => ({
  ...NO_RULES.claim,
  ...change,
});

/** Goes back after ninety quiet days. */
export const quiet = (change: Partial<RecycleRule> = {}): RecycleRule => ({
  name: 'quiet',
  logic: 'and',
  conditions: [{ when: 'no-follow-up', days: 90 }],
  calendarId: null,
  tiers: [],
  sparesOpenBusiness: true,
  ...change,
});

type Event = EventOf<CustomerEvents>;

export const released = (by: 'owner' | 'supervisor' | 'rule' = 'owner', from = owner): Event => ({
  type: 'CustomerReleasedToPool',
  data: { customerId, poolId, from, by, reason: 'no answer' },
});

export const talked = (interactionId = '01970000-0000-7000-8000-0000000000d1'): Event => ({
  type: 'InteractionLogged',
  data: {
    customerId,
    interactionId,
    ownerId: owner.employeeId,
    channel: 'call',
    direction: 'outbound',
    summary: 'Called',
    contactIds: [],
    durationMinutes: null,
    location: null,
    nextStep: null,
  },
});

/** The same event at another time. */
export const at = <E extends Event>(occurredAt: string, event: E): E => ({ ...event, occurredAt });
