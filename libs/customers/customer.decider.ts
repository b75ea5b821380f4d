import { OrderedMap, OrderedSet } from 'immutable';
import { newValues } from '../changes.js';
import { noDealings, withInteractionAt, withOtherChannel, withPurchaseAt } from '../dealings.js';
import { mergedInto } from '../merged.js';
import type { Followed } from '../merged.js';
import { commonPools } from '../pools/events.js';
import { claimOfDay } from '../pools/reservations.js';
import { withInteraction, withPurchase } from '../tiering.js';
import { Missing, Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import { absorbing, cameAlong, dealt, separating } from './absorbed.decider.js';
import type { Dealt } from './absorbed.decider.js';
import type {
  ContactChannelKind,
  ConsentPurpose,
  ContactDetails,
  CustomerDetails,
  CustomerEvents,
  CustomerKind,
  CustomerStatus,
  InteractionDetails,
  LivingStatus,
  MergeTerms,
  Owner,
  RecyclingPlan,
  SegmentStay,
} from './events.js';
import { lockPlace, portfolioPlace, taxIdsOf, taxNumber } from './reservations.js';
import { newTierStanding, tierStandingAfter, unwatched } from './tier-standing.decider.js';
import type { TierEvents } from './tier-standing.decider.js';

export interface ContactState {
  readonly contactId: string;
  readonly details: ContactDetails;
  readonly active: boolean;
  readonly consents: readonly { readonly channel: ContactChannelKind; readonly purpose: ConsentPurpose }[];
  /** Addresses that do not work. */
  readonly bounced: readonly string[];
}

/** The merge by which another customer stands for this one. */
export interface Merged extends MergeTerms {
  readonly mergeId: string;
  readonly survivorId: string;
}

/** The segments of a customer. */
export interface Segmentation {
  /** By segment, in which it is or was: the number of the stay. */
  readonly stays: OrderedMap<string, { readonly number: number; readonly version: number; readonly isIn: boolean }>;
  /** When the passing of time is looked at next. */
  readonly reviewAt: string | null;
  /** Business time of the last decision: a later one is never about an earlier moment. */
  readonly decidedAt: string | null;
}

/** What the rules ask about; screens read projections. */
export interface KnownCustomer extends Dealt {
  readonly status: CustomerStatus;
  /** What an archived or merged customer was before. */
  readonly statusBefore?: LivingStatus;
  readonly merged: Merged | null;
  readonly registeredAt: string;
  readonly kind: CustomerKind;
  readonly details: CustomerDetails;
  readonly tags: readonly string[];
  readonly parentCustomerId: string | null;
  /** The merges by which it belongs to that one. */
  readonly followed: readonly Followed[];
  readonly owner: Owner | null;
  /** Since when it has this owner; since when it lies in this pool, where it has none. */
  readonly heldSince: string;
  /** The pool it lies in; null as long as it has an owner. */
  readonly poolId: string | null;
  /** Who answered for it before, and until when last. */
  readonly formerOwners: OrderedMap<string, string>;
  /** The claim by which it has its owner. */
  readonly claim: { readonly poolId: string; readonly employeeId: string; readonly day: string } | null;
  readonly lock: { readonly until: string | null } | null;
  readonly protection: { readonly until: string } | null;
  /** Protections under this owner. */
  readonly protections: number;
  /** What a rule of a pool will do with it, and the days before it of which the owner was warned. */
  readonly recycling: (RecyclingPlan & { readonly warned: readonly number[] }) | null;
  readonly postponedUntil: string | null;
  readonly segmentation: Segmentation;
  readonly primaryContactId: string | null;
  readonly contacts: OrderedMap<string, ContactState>;
  /** As they were logged, or corrected since. */
  readonly interactions: OrderedMap<string, InteractionDetails>;
  readonly purchases: OrderedSet<string>;
}

export type Customer = { readonly status: 'unknown' } | KnownCustomer;

export const customer = decider<Customer, CustomerEvents>({
  category: 'customer',
  initial: { status: 'unknown' },
  reserves(state, customerId) {
    if (state.status === 'unknown' || state.status === 'archived') return [];
    const { details, owner, claim, lock, absorbed } = state;
    const taxIds = taxIdsOf(details.taxId, [...absorbed.values()]).map((taxId) => taxNumber(taxId, customerId));
    // A claim counts for its day. The tax number is that of the survivor now, for which it is kept.
    if (state.status === 'merged') return [...taxIds, ...(claim ? [claimOfDay(claim, { customerId })] : [])];
    return [
      ...taxIds,
      ...(owner ? [portfolioPlace(owner.employeeId, customerId)] : []),
      ...(owner && lock ? [lockPlace(owner.employeeId, customerId)] : []),
      ...(claim ? [claimOfDay(claim, { customerId })] : []),
    ];
  },
  evolve: {
    CustomerRegistered: (_, { kind, details, tier, tags, parentCustomerId }, at) => ({
      status: 'prospect',
      registeredAt: at,
      kind,
      details,
      standing: newTierStanding(tier, at),
      tags,
      parentCustomerId,
      owner: null,
      ...anew(commonPools.customer, at),
      formerOwners: OrderedMap(),
      claim: null,
      merged: null,
      followed: [],
      dealings: noDealings,
      own: null,
      absorbed: OrderedMap(),
      segmentation: { stays: OrderedMap(), reviewAt: null, decidedAt: null },
      primaryContactId: null,
      contacts: OrderedMap(),
      interactions: OrderedMap(),
      purchases: OrderedSet(),
    }),
    CustomerDetailsChanged: (state, { changes }) =>
      known(state, ({ details }) => ({ details: { ...details, ...newValues(changes) } })),
    CustomerDetailsCorrected: (state, { changes }) =>
      known(state, ({ details }) => ({ details: { ...details, ...newValues(changes) } })),
    CustomerTagged: (state, { tag }) => known(state, ({ tags }) => ({ tags: [...tags, tag] })),
    CustomerUntagged: (state, { tag }) => known(state, ({ tags }) => ({ tags: tags.filter((each) => each !== tag) })),
    CustomerParentLinked: (state, { to, followed = [] }) => known(state, () => ({ parentCustomerId: to, followed })),
    CustomerOwnerAssigned: (state, { from, to }, at) =>
      known(state, ({ formerOwners, claim }) => ({
        ...anew(null, at),
        owner: to,
        formerOwners: from ? formerOwners.set(from.employeeId, at) : formerOwners,
        claim: from === null && claim?.employeeId === to.employeeId ? claim : null,
      })),
    CustomerClaimed: (state, { poolId, employeeId, day }) =>
      known(state, () => ({ claim: { poolId, employeeId, day } })),
    CustomerReleasedToPool: (state, { poolId, from }, at) =>
      known(state, ({ formerOwners }) => ({
        ...anew(poolId, at),
        owner: null,
        formerOwners: formerOwners.set(from.employeeId, at),
        claim: null,
      })),
    CustomerPoolChanged: (state, { to }) => known(state, () => ({ poolId: to })),
    CustomerLocked: (state, { until }) => known(state, () => ({ lock: { until } })),
    CustomerUnlocked: (state) => known(state, () => ({ lock: null })),
    CustomerProtectionStarted: (state, { until }) =>
      known(state, ({ protections }) => ({ protection: { until }, protections: protections + 1 })),
    CustomerProtectionEnded: (state) => known(state, () => ({ protection: null })),
    CustomerRecyclingPlanned: (state, { plan }) => known(state, () => ({ recycling: plan && { ...plan, warned: [] } })),
    RecyclingWarned: (state, { plan, daysBefore }) =>
      known(state, ({ recycling }) => ({
        recycling: { ...plan, warned: [...(recycling?.warned ?? []), daysBefore] },
      })),
    RecyclingPostponed: (state, { until }) => known(state, () => ({ postponedUntil: until })),
    CustomerRecycled: (state) => known(state, () => ({ recycling: null })),
    CustomerTierOverridden: ofTier('CustomerTierOverridden'),
    CustomerTierOverrideExpired: ofTier('CustomerTierOverrideExpired'),
    CustomerTierUpgraded: ofTier('CustomerTierUpgraded'),
    CustomerTierDowngraded: ofTier('CustomerTierDowngraded'),
    CustomerTierDowngradeDue: ofTier('CustomerTierDowngradeDue'),
    CustomerTierDowngradeAverted: ofTier('CustomerTierDowngradeAverted'),
    CustomerTierEvaluated: ofTier('CustomerTierEvaluated'),
    CustomerWentDormant: (state) => known(state, () => ({ status: 'dormant' })),
    CustomerReactivated: (state, { status }) => known(state, () => ({ status })),
    CustomerLost: (state) => known(state, () => ({ status: 'lost' })),
    CustomerArchived: (state) =>
      known(state, ({ status, standing, segmentation }) => ({
        status: 'archived',
        standing: unwatched(standing),
        segmentation: { ...segmentation, reviewAt: null },
        ...(status !== 'archived' && status !== 'merged' && { statusBefore: status }),
      })),
    CustomerRestored: (state, { status }) => known(state, () => ({ status })),
    CustomerMerged: (state, { survivorId, mergeId, choices, tags, before }) =>
      known(state, ({ segmentation }) => ({
        status: 'merged',
        segmentation: { ...segmentation, reviewAt: null },
        statusBefore: before.status,
        merged: { mergeId, survivorId, choices, tags },
      })),
    CustomerUnmerged: (state, { status, primaryContactId }) =>
      known(state, () => ({ status, merged: null, primaryContactId })),
    CustomerAbsorbed: (state, data) =>
      known(state, (before) => ({
        ...absorbing(before, data),
        status: data.status,
        details: { ...before.details, ...newValues(data.changes) },
        tags: [...before.tags, ...data.tags],
      })),
    CustomerSeparated: (state, data) =>
      known(state, (before) => ({
        ...separating(before, data),
        status: data.status,
        details: { ...before.details, ...newValues(data.changes) },
        tags: before.tags.filter((tag) => !data.tags.includes(tag)),
        contacts: before.contacts.deleteAll(data.contactIds),
        primaryContactId: data.primaryContactId,
      })),
    ContactTakenOver: (state, { contactId, from, details, active, consents, bounced, isPrimary }) =>
      known(state, ({ contacts, primaryContactId, absorbed }) => ({
        absorbed: cameAlong(absorbed, from, contactId),
        contacts: contacts.set(contactId, { contactId, details, active, consents, bounced }),
        primaryContactId: isPrimary ? contactId : primaryContactId,
      })),
    SegmentMemberEntered: (state, data, at) => segmented(state, at, stayed(data, true)),
    SegmentMemberLeft: (state, data, at) => segmented(state, at, stayed(data, false)),
    SegmentReviewPlanned: (state, { reviewAt }, at) => segmented(state, at, () => ({ reviewAt })),
    ContactAdded: (state, { contactId, details, isPrimary }) =>
      known(state, ({ contacts, primaryContactId }) => ({
        contacts: contacts.set(contactId, { contactId, details, active: true, consents: [], bounced: [] }),
        primaryContactId: isPrimary ? contactId : primaryContactId,
      })),
    ContactChanged: (state, { contactId, changes }) =>
      contact(state, contactId, ({ details }) => ({ details: { ...details, ...newValues(changes) } })),
    PrimaryContactChanged: (state, { to }) => known(state, () => ({ primaryContactId: to })),
    ContactConsentGiven: (state, { contactId, channel, purpose }) =>
      contact(state, contactId, ({ consents }) => ({ consents: [...consents, { channel, purpose }] })),
    ContactConsentWithdrawn: (state, { contactId, channel, purpose }) =>
      contact(state, contactId, ({ consents }) => ({
        consents: consents.filter((consent) => consent.channel !== channel || consent.purpose !== purpose),
      })),
    ContactChannelBounced: (state, { contactId, value }) =>
      contact(state, contactId, ({ bounced }) => ({ bounced: [...bounced, value] })),
    ContactDisabled: (state, { contactId, nextPrimaryId }) =>
      known(
        contact(state, contactId, () => ({ active: false })),
        ({ primaryContactId }) => ({
          primaryContactId: primaryContactId === contactId ? nextPrimaryId : primaryContactId,
        }),
      ),
    InteractionLogged(state, data, at) {
      const { customerId: _, ownerId: __, interactionId, ...details } = data;
      return known(state, (before) => ({
        ...dealt(before, tierStandingAfter.InteractionLogged(before.standing, data, at), {
          dealings: (dealings) => withInteractionAt(dealings, at, data.channel),
          days: (days) => ({ ...days, interactions: withInteraction(days.interactions, at) }),
        }),
        interactions: before.interactions.set(interactionId, details),
      }));
    },
    InteractionCorrected: (state, { interactionId, changes }) =>
      known(state, (before) => {
        const details = before.interactions.get(interactionId);
        if (!details) return {};
        const { channel } = changes;
        return {
          interactions: before.interactions.set(interactionId, { ...details, ...newValues(changes) }),
          ...(channel &&
            dealt(before, before.standing, {
              dealings: (dealings) => withOtherChannel(dealings, channel),
              days: (days) => days,
            })),
        };
      }),
    PurchaseRecorded: (state, data, at) =>
      known(state, (before) => ({
        ...dealt(before, tierStandingAfter.PurchaseRecorded(before.standing, data, at), {
          dealings: (dealings) => withPurchaseAt(dealings, data.amount, at),
          days: (days) => ({ ...days, purchases: withPurchase(days.purchases, at, data.amount, data.product) }),
        }),
        purchases: before.purchases.add(data.purchaseId),
        status: before.status === 'prospect' ? 'active' : before.status,
      })),
  },
});

/** What begins anew when the customer gets another owner, or goes to a pool. */
const anew = (poolId: string | null, at: string) => ({
  poolId,
  heldSince: at,
  lock: null,
  protection: null,
  protections: 0,
  recycling: null,
  postponedUntil: null,
});

function segmented(state: Customer, at: string, change: (before: Segmentation) => Partial<Segmentation>): Customer {
  return known(state, ({ segmentation }) => ({
    segmentation: { ...segmentation, ...change(segmentation), decidedAt: at },
  }));
}

/** The stays with one that began or ended. */
export const stayed =
  ({ segmentId, version, stay }: SegmentStay, isIn: boolean) =>
  ({ stays }: Pick<Segmentation, 'stays'>) => ({ stays: stays.set(segmentId, { number: stay, version, isIn }) });

/** An event that matters for the tier only. */
function ofTier<Type extends Exclude<keyof TierEvents, 'CustomerRegistered'>>(type: Type) {
  return (state: Customer, data: Readonly<CustomerEvents[Type]>, at: string): Customer =>
    known(state, ({ standing }) => ({ standing: tierStandingAfter[type](standing, data, at) }));
}

function known(state: Customer, change: (state: KnownCustomer) => Partial<KnownCustomer>): Customer {
  return state.status === 'unknown' ? state : { ...state, ...change(state) };
}

function contact(
  state: Customer,
  contactId: string,
  change: (contact: ContactState) => Partial<ContactState>,
): Customer {
  return known(state, ({ contacts }) => {
    const before = contacts.get(contactId);
    return before ? { contacts: contacts.set(contactId, { ...before, ...change(before) }) } : {};
  });
}

/** The customer, when it is one that things may happen to. @throws Missing · Refusal `customer-archived` · `customer-merged` */
export function present(state: Customer, customerId: string): KnownCustomer {
  if (state.status === 'unknown') throw new Missing('customer', customerId);
  if (state.status === 'archived')
    throw new Refusal('customer-archived', 'The customer was registered by mistake and put away.');
  if (state.status === 'merged') throw mergedInto(state.merged!.survivorId);
  return state;
}
