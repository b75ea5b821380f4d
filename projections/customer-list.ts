import type { Changes } from '../libs/changes.js';
import { commonPools } from '../libs/pools/events.js';
import type { CustomerDetails, CustomerEvents, CustomerKind, CustomerStatus } from '../libs/customers/events.js';
import type { Tier } from '../libs/tiering.js';
import { latest } from '../libs/dealings.js';
import type { Dealings } from '../libs/dealings.js';
import { mergesOf } from '../libs/merged.js';
import { projection } from '../libs/read-models/projection.js';
import { nameKey, normalForm, wordsOf } from '../libs/text.js';

/** A line of the customer list. */
export interface CustomerLine {
  readonly customerId: string;
  readonly name: string;
  /** For sorting and for finding namesakes. */
  readonly nameKey: string;
  /** What the text filter looks at: the words of the name. */
  readonly words: readonly string[];
  readonly kind: CustomerKind;
  readonly status: CustomerStatus;
  readonly tier: Tier;
  readonly sector: string | null;
  readonly region: string | null;
  readonly source: string | null;
  readonly tags: readonly string[];
  /** The tags in the form in which they are compared. */
  readonly tagKeys: readonly string[];
  readonly ownerId: string | null;
  readonly ownerName: string | null;
  /** The pool it lies in; null as long as somebody answers for it. */
  readonly poolId: string | null;
  /** Since when it lies in the pool, or has its owner. */
  readonly heldSince: string;
  /** When a rule puts it back into a pool, as far as that is known; null where none will. */
  readonly recyclingAt: string | null;
  readonly parentCustomerId: string | null;
  readonly registeredAt: string;
  /** Time of the last interaction or purchase, of the registration before there is one. */
  readonly lastActivityAt: string;
  /** The customer that stands for it since they were merged. */
  readonly survivorId: string | null;
  /** Merges of customers by which it belongs to its parent. */
  readonly mergeIds: readonly string[];
  /** Segments that it belongs to. */
  readonly segmentIds: readonly string[];
}

/** A line without what only sorting and the search look at. */
export type CustomerView = Omit<CustomerLine, 'nameKey' | 'words' | 'tagKeys' | 'mergeIds'>;

export const customerView = ({
  nameKey: _,
  words: __,
  tagKeys: ___,
  mergeIds: ____,
  ...line
}: CustomerLine): CustomerView => line;

export const customerList = projection<CustomerLine, CustomerEvents>({
  name: 'customer-list',
  version: 5,
  id: ({ data }) => data.customerId,
  stream: (id) => `customer-${id}`,
  indexes: [['nameKey'], ['lastActivityAt'], ['registeredAt'], ['parentCustomerId']],
  filters: ['tier', 'ownerId', 'poolId', 'region', 'status'],
  lists: ['tagKeys', 'words', 'mergeIds', 'segmentIds'],
  starts: {
    CustomerRegistered: ({ data: { customerId, kind, details, tier, tags, parentCustomerId }, occurredAt }) => ({
      customerId,
      kind,
      tier,
      ...tagged(tags),
      parentCustomerId,
      status: 'prospect',
      ...named(details.name),
      sector: details.sector,
      region: details.region,
      source: details.source,
      ownerId: null,
      ownerName: null,
      poolId: commonPools.customer,
      heldSince: occurredAt,
      recyclingAt: null,
      registeredAt: occurredAt,
      lastActivityAt: occurredAt,
      survivorId: null,
      mergeIds: [],
      segmentIds: [],
    }),
  },
  on: {
    CustomerDetailsChanged: (line, { data }) => changed(line, data.changes),
    CustomerDetailsCorrected: (line, { data }) => changed(line, data.changes),
    CustomerTagged: (line, { data }) => ({ ...line, ...tagged([...line.tags, data.tag]) }),
    CustomerUntagged: (line, { data }) => ({ ...line, ...tagged(line.tags.filter((tag) => tag !== data.tag)) }),
    CustomerParentLinked: (line, { data }) => ({
      ...line,
      parentCustomerId: data.to,
      mergeIds: mergesOf(data.followed ?? []),
    }),
    CustomerOwnerAssigned: (line, { data: { to }, occurredAt }) => ({
      ...line,
      ownerId: to.employeeId,
      ownerName: to.name,
      poolId: null,
      heldSince: occurredAt,
      recyclingAt: null,
    }),
    CustomerReleasedToPool: (line, { data: { poolId }, occurredAt }) => ({
      ...line,
      ownerId: null,
      ownerName: null,
      poolId,
      heldSince: occurredAt,
      recyclingAt: null,
    }),
    CustomerPoolChanged: (line, { data: { to } }) => ({ ...line, poolId: to }),
    CustomerRecyclingPlanned: (line, { data: { plan } }) => ({ ...line, recyclingAt: plan && plan.dueAt }),
    RecyclingWarned: (line, { data: { plan } }) => ({ ...line, recyclingAt: plan.dueAt }),
    CustomerTierOverridden: (line, { data }) => ({ ...line, tier: data.to }),
    CustomerTierOverrideExpired: (line, { data }) => ({ ...line, tier: data.to }),
    CustomerTierUpgraded: (line, { data }) => ({ ...line, tier: data.to }),
    CustomerTierDowngraded: (line, { data }) => ({ ...line, tier: data.to }),
    CustomerWentDormant: (line) => ({ ...line, status: 'dormant' }),
    CustomerReactivated: (line, { data }) => ({ ...line, status: data.status }),
    CustomerLost: (line) => ({ ...line, status: 'lost' }),
    CustomerArchived: (line) => ({ ...line, status: 'archived' }),
    CustomerRestored: (line, { data }) => ({ ...line, status: data.status }),
    CustomerMerged: (line, { data: { survivorId } }) => ({ ...line, status: 'merged', survivorId }),
    CustomerUnmerged: (line, { data: { status } }) => ({ ...line, status, survivorId: null }),
    CustomerAbsorbed: (line, { data: { status, changes, tags, dealings } }) => ({
      ...changed(line, changes),
      ...tagged([...line.tags, ...tags]),
      status,
      lastActivityAt: lastOf(line.lastActivityAt, dealings),
    }),
    CustomerSeparated: (line, { data: { status, changes, tags, dealings } }) => ({
      ...changed(line, changes),
      ...tagged(line.tags.filter((tag) => !tags.includes(tag))),
      status,
      lastActivityAt: lastOf(line.registeredAt, dealings),
    }),
    SegmentMemberEntered: (line, { data }) => ({ ...line, segmentIds: [...line.segmentIds, data.segmentId] }),
    SegmentMemberLeft: (line, { data }) => ({
      ...line,
      segmentIds: line.segmentIds.filter((id) => id !== data.segmentId),
    }),
    InteractionLogged: (line, { occurredAt }) => active(line, occurredAt),
    PurchaseRecorded: (line, { occurredAt }) => ({
      ...active(line, occurredAt),
      status: line.status === 'prospect' ? 'active' : line.status,
    }),
  },
});

const named = (name: string): Pick<CustomerLine, 'name' | 'nameKey' | 'words'> => ({
  name,
  nameKey: nameKey(name),
  words: wordsOf(name),
});

const tagged = (tags: readonly string[]): Pick<CustomerLine, 'tags' | 'tagKeys'> => ({
  tags,
  tagKeys: tags.map(normalForm),
});

function changed(line: CustomerLine, { name, sector, region, source }: Changes<CustomerDetails>): CustomerLine {
  return {
    ...line,
    ...(name && named(name.to)),
    ...(sector && { sector: sector.to }),
    ...(region && { region: region.to }),
    ...(source && { source: source.to }),
  };
}

const lastOf = (at: string, { lastInteractionAt, lastPurchaseAt }: Dealings): string =>
  latest(lastInteractionAt, latest(lastPurchaseAt, at));

const active = (line: CustomerLine, at: string): CustomerLine =>
  at > line.lastActivityAt ? { ...line, lastActivityAt: at } : line;
