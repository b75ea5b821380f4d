import type { CustomerStatus } from '../libs/customers/events.js';
import { newValues } from '../libs/changes.js';
import type { Changes } from '../libs/changes.js';
import type {
  ContactDetails,
  CustomerDetails,
  CustomerEvents,
  CustomerKind,
  Owner,
  RecyclingPlan,
} from '../libs/customers/events.js';
import { commonPools } from '../libs/pools/events.js';
import type { Tier } from '../libs/tiering.js';
import { latest, purchasesIn } from '../libs/dealings.js';
import type { Dealings } from '../libs/dealings.js';
import type { MoneySum } from '../libs/money.js';
import { projection } from '../libs/read-models/projection.js';
import { plus, wholeOf, written } from '../libs/whole.js';

export interface ContactView extends ContactDetails {
  readonly contactId: string;
  readonly isPrimary: boolean;
  readonly active: boolean;
  /** `channel/purpose`, as far as consent is in force. */
  readonly consents: readonly string[];
  readonly bounced: readonly string[];
}

export interface TierBecause {
  /** Version of the policy that gave it, or kept it; null for one that was set by hand, at the registration too. */
  readonly policyVersion: number | null;
  /** Until when it was set by hand; null for one that was not, or for good. */
  readonly overriddenUntil: string | null;
  /** When it becomes a lower one, unless the score recovers. */
  readonly downgradeDueAt: string | null;
}

/** The head of the customer screen: everything on the customer's own stream. */
export interface CustomerProfile {
  readonly customerId: string;
  readonly revision: number;
  readonly kind: CustomerKind;
  readonly status: CustomerStatus;
  readonly details: CustomerDetails;
  readonly tier: Tier;
  readonly tierSince: string;
  /** What was said when the tier was set by hand. */
  readonly tierReason: string | null;
  /** What the tier follows from. */
  readonly tierBecause: TierBecause;
  readonly tags: readonly string[];
  readonly parentCustomerId: string | null;
  readonly owner: Owner | null;
  readonly ownerSince: string | null;
  /** The pool it lies in; null as long as somebody answers for it. */
  readonly poolId: string | null;
  readonly pooledSince: string | null;
  /** The claim by which its owner got it. */
  readonly claim: { readonly poolId: string; readonly claimedAt: string } | null;
  /** Whether the owner keeps it out of pools; until null for good. */
  readonly lock: { readonly until: string | null; readonly reason: string | null } | null;
  readonly protection: { readonly until: string; readonly reason: string } | null;
  /** What a rule of a pool will do with it, by what, and the warnings that were given. */
  readonly recycling: (RecyclingPlan & { readonly warnedAt: readonly string[] }) | null;
  readonly recyclingPostponedUntil: string | null;
  readonly previousOwners: readonly { readonly owner: Owner; readonly until: string }[];
  readonly contacts: readonly ContactView[];
  readonly registeredAt: string;
  readonly interactions: number;
  readonly lastInteractionAt: string | null;
  readonly purchases: number;
  readonly lastPurchaseAt: string | null;
  readonly purchased: readonly MoneySum[];
  /** Segments that it belongs to. */
  readonly segments: readonly { readonly segmentId: string; readonly version: number; readonly since: string }[];
  /** The customer that stands for it since they were merged. */
  readonly mergedInto: { readonly customerId: string; readonly mergeId: string; readonly since: string } | null;
  /** Customers that it stands for, each with those that were merged into that before. */
  readonly absorbed: readonly {
    readonly customerId: string;
    readonly mergeId: string;
    readonly since: string;
    readonly loserIds: readonly string[];
  }[];
}

type Profile = CustomerProfile;

export const customerProfile = projection<Profile, CustomerEvents>({
  name: 'customer-profile',
  version: 5,
  id: ({ data }) => data.customerId,
  stream: (id) => `customer-${id}`,
  starts: {
    CustomerRegistered: ({ data, occurredAt, revision }) => ({
      customerId: data.customerId,
      revision,
      kind: data.kind,
      status: 'prospect',
      details: data.details,
      tier: data.tier,
      tierSince: occurredAt,
      tierReason: null,
      tierBecause: because({}),
      tags: data.tags,
      parentCustomerId: data.parentCustomerId,
      ...anew(commonPools.customer, occurredAt),
      owner: null,
      ownerSince: null,
      claim: null,
      previousOwners: [],
      contacts: [],
      registeredAt: occurredAt,
      interactions: 0,
      lastInteractionAt: null,
      purchases: 0,
      lastPurchaseAt: null,
      purchased: [],
      segments: [],
      mergedInto: null,
      absorbed: [],
    }),
  },
  on: {
    CustomerDetailsChanged: (profile, { data, revision }) => detailed(profile, data.changes, revision),
    CustomerDetailsCorrected: (profile, { data, revision }) => detailed(profile, data.changes, revision),
    CustomerTagged: (profile, { data, revision }) => ({ ...profile, revision, tags: [...profile.tags, data.tag] }),
    CustomerUntagged: (profile, { data, revision }) => ({
      ...profile,
      revision,
      tags: profile.tags.filter((tag) => tag !== data.tag),
    }),
    CustomerParentLinked: (profile, { data, revision }) => ({ ...profile, revision, parentCustomerId: data.to }),
    CustomerOwnerAssigned: (profile, { data, occurredAt, revision }) => ({
      ...profile,
      ...anew(null, null),
      revision,
      owner: data.to,
      ownerSince: occurredAt,
      claim: data.basis === 'claim' ? profile.claim : null,
      previousOwners: data.from
        ? [...profile.previousOwners, { owner: data.from, until: occurredAt }]
        : profile.previousOwners,
    }),
    CustomerClaimed: (profile, { data: { poolId }, occurredAt, revision }) => ({
      ...profile,
      revision,
      claim: { poolId, claimedAt: occurredAt },
    }),
    CustomerReleasedToPool: (profile, { data: { poolId, from }, occurredAt, revision }) => ({
      ...profile,
      ...anew(poolId, occurredAt),
      revision,
      owner: null,
      ownerSince: null,
      claim: null,
      previousOwners: [...profile.previousOwners, { owner: from, until: occurredAt }],
    }),
    CustomerPoolChanged: (profile, { data: { to }, revision }) => ({ ...profile, revision, poolId: to }),
    CustomerLocked: (profile, { data: { until, reason }, revision }) => ({
      ...profile,
      revision,
      lock: { until, reason },
    }),
    CustomerUnlocked: (profile, { revision }) => ({ ...profile, revision, lock: null }),
    CustomerProtectionStarted: (profile, { data: { until, reason }, revision }) => ({
      ...profile,
      revision,
      protection: { until, reason },
    }),
    CustomerProtectionEnded: (profile, { revision }) => ({ ...profile, revision, protection: null }),
    CustomerRecyclingPlanned: (profile, { data: { plan }, revision }) => ({
      ...profile,
      revision,
      recycling: plan && { ...plan, warnedAt: [] },
    }),
    RecyclingWarned: (profile, { data: { plan }, occurredAt, revision }) => ({
      ...profile,
      revision,
      recycling: { ...plan, warnedAt: [...(profile.recycling?.warnedAt ?? []), occurredAt] },
    }),
    CustomerRecycled: (profile, { revision }) => ({ ...profile, revision, recycling: null }),
    RecyclingPostponed: (profile, { data: { until }, revision }) => ({
      ...profile,
      revision,
      recyclingPostponedUntil: until,
    }),
    CustomerTierOverridden: (profile, { data, occurredAt, revision }) => ({
      ...profile,
      revision,
      tier: data.to,
      tierSince: data.from === data.to ? profile.tierSince : occurredAt,
      tierReason: data.reason,
      tierBecause: because({ overriddenUntil: data.until ?? null }),
    }),
    CustomerTierOverrideExpired: (profile, event) => retiered(profile, event, {}),
    CustomerTierUpgraded: (profile, event) => retiered(profile, event, event.data),
    CustomerTierDowngraded: (profile, event) => retiered(profile, event, event.data),
    CustomerTierDowngradeDue: (profile, { data: { policyVersion, dueAt }, revision }) => ({
      ...profile,
      revision,
      tierBecause: because({ policyVersion, downgradeDueAt: dueAt }),
    }),
    CustomerTierDowngradeAverted: (profile, { data: { policyVersion }, revision }) => ({
      ...profile,
      revision,
      tierBecause: because({ policyVersion }),
    }),
    CustomerTierEvaluated: (profile, { data: { policyVersion }, revision }) => ({
      ...profile,
      revision,
      tierBecause: because({ policyVersion }),
    }),
    CustomerWentDormant: (profile, { revision }) => ({ ...profile, revision, status: 'dormant' }),
    CustomerReactivated: (profile, { data, revision }) => ({ ...profile, revision, status: data.status }),
    CustomerLost: (profile, { revision }) => ({ ...profile, revision, status: 'lost' }),
    CustomerArchived: (profile, { revision }) => ({ ...profile, revision, status: 'archived' }),
    CustomerRestored: (profile, { revision, data }) => ({ ...profile, revision, status: data.status }),
    CustomerMerged: (profile, { data: { survivorId, mergeId }, occurredAt, revision }) => ({
      ...profile,
      revision,
      status: 'merged',
      mergedInto: { customerId: survivorId, mergeId, since: occurredAt },
    }),
    CustomerUnmerged: (profile, { data: { status, primaryContactId }, revision }) => ({
      ...profile,
      revision,
      status,
      mergedInto: null,
      contacts: withPrimary(profile.contacts, primaryContactId),
    }),
    CustomerAbsorbed: (profile, event) => {
      const { data, occurredAt: since, revision } = event;
      const { loserId: customerId, mergeId, loserIds, status, dealings } = data;
      return {
        ...detailed(profile, data.changes, revision),
        status,
        tags: [...profile.tags, ...data.tags],
        absorbed: [...profile.absorbed, { customerId, mergeId, since, loserIds }],
        interactions: profile.interactions + dealings.interactions,
        lastInteractionAt: latest(profile.lastInteractionAt, dealings.lastInteractionAt),
        purchases: profile.purchases + purchasesIn(dealings),
        lastPurchaseAt: latest(profile.lastPurchaseAt, dealings.lastPurchaseAt),
        purchased: spentIn(dealings).reduce(added, profile.purchased),
      };
    },
    CustomerSeparated: (profile, { data, revision }) => ({
      ...detailed(profile, data.changes, revision),
      status: data.status,
      tags: profile.tags.filter((tag) => !data.tags.includes(tag)),
      absorbed: profile.absorbed.filter(({ customerId }) => customerId !== data.loserId),
      interactions: data.dealings.interactions,
      lastInteractionAt: data.dealings.lastInteractionAt,
      purchases: purchasesIn(data.dealings),
      lastPurchaseAt: data.dealings.lastPurchaseAt,
      purchased: spentIn(data.dealings),
      contacts: withPrimary(
        profile.contacts.filter(({ contactId }) => !data.contactIds.includes(contactId)),
        data.primaryContactId,
      ),
    }),
    ContactTakenOver: (profile, { data: { contactId, details, active, consents, bounced, isPrimary }, revision }) => {
      const taken = { contactId, isPrimary, active, bounced, ...details };
      const contact = { ...taken, consents: consents.map(({ channel, purpose }) => `${channel}/${purpose}`) };
      const isThere = profile.contacts.some((each) => each.contactId === contactId);
      const changed = (each: ContactView) =>
        each.contactId === contactId ? { ...contact, isPrimary: each.isPrimary } : each;
      return {
        ...profile,
        revision,
        contacts: isThere ? profile.contacts.map(changed) : [...profile.contacts, contact],
      };
    },
    SegmentMemberEntered: (profile, { data: { segmentId, version }, occurredAt: since, revision }) => ({
      ...profile,
      revision,
      segments: [...profile.segments, { segmentId, version, since }],
    }),
    SegmentMemberLeft: (profile, { data, revision }) => ({
      ...profile,
      revision,
      segments: profile.segments.filter(({ segmentId }) => segmentId !== data.segmentId),
    }),
    SegmentReviewPlanned: (profile, { revision }) => ({ ...profile, revision }),
    ContactAdded: (profile, { data: { contactId, details, isPrimary }, revision }) => ({
      ...profile,
      revision,
      contacts: [...profile.contacts, { contactId, isPrimary, active: true, consents: [], bounced: [], ...details }],
    }),
    ContactChanged: (profile, { data: { contactId, changes }, revision }) =>
      contact(profile, contactId, revision, (before) => ({ ...before, ...newValues(changes) })),
    PrimaryContactChanged: (profile, { data: { to }, revision }) => ({
      ...profile,
      revision,
      contacts: withPrimary(profile.contacts, to),
    }),
    ContactConsentGiven: (profile, { data: { contactId, channel, purpose }, revision }) =>
      contact(profile, contactId, revision, (before) => ({
        ...before,
        consents: [...before.consents, `${channel}/${purpose}`],
      })),
    ContactConsentWithdrawn: (profile, { data: { contactId, channel, purpose }, revision }) =>
      contact(profile, contactId, revision, (before) => ({
        ...before,
        consents: before.consents.filter((consent) => consent !== `${channel}/${purpose}`),
      })),
    ContactChannelBounced: (profile, { data: { contactId, value }, revision }) =>
      contact(profile, contactId, revision, (before) => ({ ...before, bounced: [...before.bounced, value] })),
    ContactDisabled: (profile, { data: { contactId, nextPrimaryId }, revision }) => ({
      ...profile,
      revision,
      contacts: profile.contacts.map((each) => {
        if (each.contactId === contactId) return { ...each, active: false, isPrimary: false };
        return each.contactId === nextPrimaryId ? { ...each, isPrimary: true } : each;
      }),
    }),
    InteractionLogged: (profile, { occurredAt, revision }) => ({
      ...profile,
      revision,
      interactions: profile.interactions + 1,
      lastInteractionAt: latest(profile.lastInteractionAt, occurredAt),
    }),
    InteractionCorrected: (profile, { revision }) => ({ ...profile, revision }),
    PurchaseRecorded: (profile, event) => ({
      ...profile,
      revision: event.revision,
      status: profile.status === 'prospect' ? 'active' : profile.status,
      purchases: profile.purchases + 1,
      lastPurchaseAt: latest(profile.lastPurchaseAt, event.occurredAt),
      purchased: added(profile.purchased, event.data.amount),
    }),
  },
});

/** What begins anew when the customer gets another owner, or goes to a pool. */
const anew = (poolId: string | null, pooledSince: string | null) => ({
  poolId,
  pooledSince,
  lock: null,
  protection: null,
  recycling: null,
  recyclingPostponedUntil: null,
});

const because = ({ policyVersion = null, overriddenUntil = null, downgradeDueAt = null }: Partial<TierBecause>) => ({
  policyVersion,
  overriddenUntil,
  downgradeDueAt,
});

function retiered(
  profile: Profile,
  {
    data: { from, to },
    occurredAt,
    revision,
  }: { data: { from: Tier; to: Tier }; occurredAt: string; revision: number },
  { policyVersion = null }: Partial<TierBecause>,
): Profile {
  return {
    ...profile,
    revision,
    tier: to,
    tierSince: from === to ? profile.tierSince : occurredAt,
    tierReason: null,
    tierBecause: because({ policyVersion }),
  };
}

function detailed(profile: Profile, changes: Changes<CustomerDetails>, revision: number): Profile {
  return { ...profile, revision, details: { ...profile.details, ...newValues(changes) } };
}

function contact(
  profile: Profile,
  contactId: string,
  revision: number,
  change: (contact: ContactView) => ContactView,
): Profile {
  return {
    ...profile,
    revision,
    contacts: profile.contacts.map((each) => (each.contactId === contactId ? change(each) : each)),
  };
}

const withPrimary = (contacts: readonly ContactView[], primaryContactId: string | null): readonly ContactView[] =>
  contacts.map((each) => ({ ...each, isPrimary: each.contactId === primaryContactId }));

const spentIn = ({ spending }: Dealings): MoneySum[] =>
  Object.entries(spending).map(([currency, { amount }]) => ({ amount, currency }));

function added(sums: readonly MoneySum[], { amount, currency }: MoneySum): readonly MoneySum[] {
  if (!sums.some((sum) => sum.currency === currency)) return [...sums, { amount, currency }];
  const more = (sum: MoneySum) => ({ amount: written(plus(wholeOf(sum.amount), wholeOf(amount))), currency });
  return sums.map((sum) => (sum.currency === currency ? more(sum) : sum));
}
