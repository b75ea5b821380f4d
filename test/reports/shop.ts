import fc from 'fast-check';
import type { AssignmentBasis, CustomerEvents, Owner } from '../../libs/customers/events.js';
import type { Tier } from '../../libs/tiering.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import { flowOf, step, subject, submitted, superior } from '../approvals/samples.js';
import { details } from '../customers/customers.js';
import { leadDetails } from '../leads/samples.js';
import type { Fact } from './reporting.js';

/** A few customers and what happens to them: facts that come late, are put right, or cross the end of a month. */
export const idOf = (index: number): string => `01970000-0000-7000-8000-0000000000${String(10 + index)}`;
export const sellers: readonly Owner[] = [1, 2, 3].map((index) => ({
  employeeId: `01970000-0000-7000-8000-0000000000e${index}`,
  name: `Seller ${index}`,
  orgUnitId: `01970000-0000-7000-8000-0000000000a${index % 2}`,
  managerId: `01970000-0000-7000-8000-0000000000f${index % 2}`,
}));

const fact = ({ type, data }: EventOf<CustomerEvents>, at: string): Fact => ({
  stream: `customer-${data.customerId}`,
  type,
  data,
  at,
});

export const registered = (
  customerId: string,
  at: string,
  tier: Tier = 'ordinary',
  region: string | null = 'north',
): Fact =>
  fact(
    {
      type: 'CustomerRegistered',
      data: {
        customerId,
        kind: 'org',
        tier,
        tags: [],
        parentCustomerId: null,
        acceptedDuplicates: [],
        details: {
          ...details,
          name: `Customer ${customerId.slice(-2)}`,
          region,
        },
      },
    },
    at,
  );

export const entered = (customerId: string, at: string): Fact =>
  fact({ type: 'SegmentMemberEntered', data: { customerId, segmentId: idOf(9), version: 1, stay: 1, inputs: [] } }, at);

/** A discount that was asked for and agreed to. */
export function approved(approvalId: string, at: string): Fact[] {
  const flow = flowOf([step('Team lead', [superior()])]);
  const events = submitted(flow).map((event) => ({
    ...event,
    data: { ...event.data, approvalId },
  }));
  const by = sellers[0]!.employeeId;
  const agreed = { approvalId, subject, step: 'Team lead', by, onBehalfOf: null, comment: null };
  return [...events, { type: 'ApprovalStepApproved', data: agreed }].map(({ type, data }) => ({
    stream: `approval-${approvalId}`,
    type,
    data,
    at,
  }));
}

export const captured = (leadId: string, at: string): Fact => ({
  stream: `lead-${leadId}`,
  type: 'LeadCaptured',
  data: { leadId, source: { channel: 'web', campaign: null, partner: null }, details: leadDetails },
  at,
});

export const bought = (customerId: string, at: string, amount = 10_000, currency = 'EUR'): Fact =>
  fact(
    {
      type: 'PurchaseRecorded',
      data: {
        customerId,
        purchaseId: `${customerId}-${at}`,
        amount: {
          amount,
          currency,
        },
        product: null,
        reference: null,
        opportunityId: null,
        ownerId: null,
      },
    },
    at,
  );

export const assigned = (
  customerId: string,
  at: string,
  to: Owner,
  from: Owner | null = null,
  basis: AssignmentBasis = 'supervisor',
): Fact => fact({ type: 'CustomerOwnerAssigned', data: { customerId, from, to, basis } }, at);

/** The owner, or a rule, put it into a pool. */
export const released = (customerId: string, at: string, from: Owner): Fact =>
  fact({ type: 'CustomerReleasedToPool', data: { customerId, poolId: idOf(0), from, by: 'owner', reason: null } }, at);

export const spokenTo = (customerId: string, at: string): Fact =>
  fact(
    {
      type: 'InteractionLogged',
      data: {
        customerId,
        interactionId: `${customerId}-${at}`,
        ownerId: null,
        channel: 'call',
        direction: 'outbound',
        summary: 'A call',
        contactIds: [],
        durationMinutes: null,
        location: null,
        nextStep: null,
      },
    },
    at,
  );

export const retiered = (customerId: string, at: string, from: Tier, to: Tier): Fact =>
  fact({ type: 'CustomerTierOverridden', data: { customerId, from, to, reason: 'policy' } }, at);

export const moved = (customerId: string, at: string, from: string | null, to: string): Fact =>
  fact({ type: 'CustomerDetailsCorrected', data: { customerId, changes: { region: { from, to } } } }, at);

export const archived = (customerId: string, at: string): Fact =>
  fact({ type: 'CustomerArchived', data: { customerId, reason: 'registered by mistake' } }, at);

export const CUSTOMERS = 6;
export const START = '2023-01-01T00:00:00.000Z';

/** Moments of half a year, many of them within hours of the turn of a month, where zones disagree. */
const moment: fc.Arbitrary<string> = fc.oneof(
  fc.integer({ min: 0, max: 182 * 24 * 60 }).map((minutes) => new Date(Date.UTC(2023, 9, 1, 0, minutes)).toISOString()),
  fc
    .tuple(fc.integer({ min: 10, max: 15 }), fc.integer({ min: -15 * 60, max: 15 * 60 }))
    .map(([month, minutes]) => new Date(Date.UTC(2023, month, 1, 0, minutes)).toISOString()),
);

const customer = fc.integer({ min: 0, max: CUSTOMERS - 1 }).map(idOf);
const seller = fc.constantFrom(...sellers);

/** Facts in the order they are recorded, which is not the order in which they were true. */
export const happenings: fc.Arbitrary<Fact[]> = fc
  .array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc
          .tuple(customer, moment, fc.integer({ min: 0, max: 5 }), fc.constantFrom('EUR', 'EUR', 'EUR', 'USD'))
          .map(([id, at, amount, currency]) => bought(id, at, amount * 1_000, currency)),
      },
      { weight: 1, arbitrary: fc.tuple(customer, moment).map(([id, at]) => moved(id, at, 'north', 'south')) },
      { weight: 1, arbitrary: fc.tuple(customer, moment).map(([id, at]) => retiered(id, at, 'ordinary', 'important')) },
      { weight: 1, arbitrary: fc.tuple(customer, moment).map(([id, at]) => spokenTo(id, at)) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(customer, moment, seller, fc.constantFrom('supervisor', 'claim', 'rule'))
          .map(([id, at, to, basis]) => assigned(id, at, to, null, basis)),
      },
      { weight: 1, arbitrary: fc.tuple(customer, moment, seller).map(([id, at, from]) => released(id, at, from)) },
    ),
    { maxLength: 60 },
  )
  .chain((facts) =>
    fc.option(fc.tuple(customer, moment), { freq: 5 }).map((last) => (last ? [...facts, archived(...last)] : facts)),
  )
  .map((facts) => [
    ...Array.from({ length: CUSTOMERS }, (_, index) => registered(idOf(index), START)),
    ...withOwners(facts),
  ]);

/** A handover names whoever held the customer before. */
function withOwners(facts: readonly Fact[]): Fact[] {
  const owners = new Map<string, Owner>();
  return facts.flatMap((each) => {
    if (each.type === 'CustomerReleasedToPool') {
      const data = each.data as CustomerEvents['CustomerReleasedToPool'];
      const holder = owners.get(data.customerId);
      owners.delete(data.customerId);
      return holder ? [{ ...each, data: { ...data, from: holder } }] : [];
    }
    if (each.type !== 'CustomerOwnerAssigned') return [each];
    const data = each.data as CustomerEvents['CustomerOwnerAssigned'];
    const from = owners.get(data.customerId) ?? null;
    if (from?.employeeId === data.to.employeeId) return [];
    owners.set(data.customerId, data.to);
    return [{ ...each, data: { ...data, from } }];
  });
}

/** What a customer is in the end, found by going through the facts once more, the slow way. */
export interface Naive {
  readonly customerId: string;
  region: string;
  tier: string;
  owner: Owner | null;
  ownedSince: string;
  spokenAt: string;
  readonly handovers: {
    readonly at: string;
    readonly from: Owner | null;
    readonly to: Owner | null;
    readonly basis: AssignmentBasis | null;
  }[];
  readonly purchases: { readonly at: string; readonly amount: number; readonly currency: string }[];
}

export function naively(facts: readonly Fact[]): Naive[] {
  const customers = new Map<string, Naive>();
  for (const { type, data, at } of facts) {
    const { customerId } = data as { customerId: string };
    const known = customers.get(customerId);
    if (type === 'CustomerRegistered') {
      const { tier, details: known } = data as CustomerEvents['CustomerRegistered'];
      const nothing = { owner: null, ownedSince: '', spokenAt: '', handovers: [], purchases: [] };
      customers.set(customerId, { customerId, region: known.region!, tier, ...nothing });
    } else if (known && type === 'PurchaseRecorded') {
      known.purchases.push({ at, ...(data as CustomerEvents['PurchaseRecorded']).amount });
    } else if (known && type === 'CustomerDetailsCorrected') known.region = 'south';
    else if (known && type === 'CustomerTierOverridden') known.tier = 'important';
    else if (known && type === 'InteractionLogged' && at > known.spokenAt) known.spokenAt = at;
    else if (known && type === 'CustomerOwnerAssigned') {
      const { from, to, basis } = data as CustomerEvents['CustomerOwnerAssigned'];
      known.owner = to;
      known.ownedSince = at;
      known.handovers.push({ at, from, to, basis });
    } else if (known && type === 'CustomerReleasedToPool') {
      const { from } = data as CustomerEvents['CustomerReleasedToPool'];
      known.owner = null;
      known.handovers.push({ at, from, to: null, basis: null });
    } else if (type === 'CustomerArchived') customers.delete(customerId);
  }
  for (const { purchases } of customers.values()) purchases.sort((a, b) => (a.at < b.at ? -1 : 1));
  return [...customers.values()];
}

/** The local day of a moment, by the calendar of the runtime. */
export const localDay = (zone: string, at: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    new Date(at),
  );

export const zones = ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu', 'America/New_York'];

/** Windows of days, with open ends, most of them cut in the middle of months. */
export const windows: fc.Arbitrary<{ from?: string; to?: string }> = fc
  .tuple(
    fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
    fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
  )
  .map(([start, length]) => {
    const day = (after: number) => new Date(Date.UTC(2023, 8, 20 + after)).toISOString().slice(0, 10);
    return {
      ...(start !== undefined && { from: day(start) }),
      ...(length !== undefined && { to: day((start ?? 60) + length) }),
    };
  });

export const within = (day: string, { from = '', to = '~' }: { from?: string; to?: string }): boolean =>
  from <= day && day < to;
