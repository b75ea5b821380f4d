import type { CustomerStatus } from '../libs/customers/events.js';
import type { Changes } from '../libs/changes.js';
import type {
  AssignmentBasis,
  CustomerDetails,
  CustomerEvents,
  CustomerKind,
  Owner,
} from '../libs/customers/events.js';
import { dealingsOfBoth, noDealings, withPurchaseAt } from '../libs/dealings.js';
import type { Dealings } from '../libs/dealings.js';
import type { Tier } from '../libs/tiering.js';
import { projection } from '../libs/read-models/projection.js';

export type Holder = Omit<Owner, 'name'>;

/** The customer went to somebody, or into a pool; the reports on fairness count these. */
export interface Handover {
  readonly at: string;
  readonly from: Holder | null;
  /** Null where it was returned to a pool. */
  readonly to: Holder | null;
  /** How it came to its owner; null where it came to none. */
  readonly basis: AssignmentBasis | null;
}

/** A customer as the reports on retention, RFM and portfolios see it: what it is now, and what it has bought up to now. */
export interface CustomerValue extends Pick<Dealings, 'lastInteractionAt' | 'spending' | 'boughtAt'> {
  readonly customerId: string;
  readonly name: string;
  readonly kind: CustomerKind;
  readonly status: CustomerStatus;
  readonly tier: Tier;
  readonly region: string | null;
  readonly sector: string | null;
  readonly registeredAt: string;
  readonly owner: Holder | null;
  readonly handovers: readonly Handover[];
}

type Value = CustomerValue;

export const customerValue = projection<Value, CustomerEvents>({
  name: 'customer-value',
  version: 3,
  id: ({ data }) => data.customerId,
  stream: (id) => `customer-${id}`,
  starts: {
    CustomerRegistered: ({ data: { customerId, kind, details, tier }, occurredAt }) => ({
      customerId,
      name: details.name,
      kind,
      status: 'prospect',
      tier,
      region: details.region,
      sector: details.sector,
      registeredAt: occurredAt,
      owner: null,
      handovers: [],
      lastInteractionAt: null,
      spending: {},
      boughtAt: [],
    }),
  },
  on: {
    CustomerDetailsChanged: (value, { data }) => changed(value, data.changes),
    CustomerDetailsCorrected: (value, { data }) => changed(value, data.changes),
    CustomerOwnerAssigned: (value, { data: { from, to, basis }, occurredAt }) => ({
      ...value,
      owner: holderOf(to),
      handovers: [...value.handovers, { at: occurredAt, from: from && holderOf(from), to: holderOf(to), basis }],
    }),
    CustomerReleasedToPool: (value, { data: { from }, occurredAt }) => ({
      ...value,
      owner: null,
      handovers: [...value.handovers, { at: occurredAt, from: holderOf(from), to: null, basis: null }],
    }),
    CustomerTierOverridden: (value, { data }) => ({ ...value, tier: data.to }),
    CustomerTierOverrideExpired: (value, { data }) => ({ ...value, tier: data.to }),
    CustomerTierUpgraded: (value, { data }) => ({ ...value, tier: data.to }),
    CustomerTierDowngraded: (value, { data }) => ({ ...value, tier: data.to }),
    CustomerWentDormant: (value) => ({ ...value, status: 'dormant' }),
    CustomerReactivated: (value, { data }) => ({ ...value, status: data.status }),
    CustomerLost: (value) => ({ ...value, status: 'lost' }),
    CustomerArchived: (value) => ({ ...value, status: 'archived' }),
    CustomerRestored: (value, { data }) => ({ ...value, status: data.status }),
    CustomerMerged: (value) => ({ ...value, status: 'merged' }),
    CustomerUnmerged: (value, { data }) => ({ ...value, status: data.status }),
    CustomerAbsorbed: (value, { data: { changes, status, dealings } }) => ({
      ...changed(value, changes),
      ...dealtWith(dealingsOfBoth(dealingsOf(value), dealings)),
      status,
    }),
    CustomerSeparated: (value, { data: { changes, status, dealings } }) => ({
      ...changed(value, changes),
      ...dealtWith(dealings),
      status,
    }),
    InteractionLogged: (value, { occurredAt }) =>
      value.lastInteractionAt !== null && occurredAt <= value.lastInteractionAt
        ? value
        : { ...value, lastInteractionAt: occurredAt },
    PurchaseRecorded: (value, { data: { amount }, occurredAt }) => ({
      ...value,
      ...dealtWith(withPurchaseAt(dealingsOf(value), amount, occurredAt)),
      status: value.status === 'prospect' ? 'active' : value.status,
    }),
  },
});

const dealingsOf = ({ lastInteractionAt, spending, boughtAt }: Value): Dealings => ({
  ...noDealings,
  lastInteractionAt,
  spending,
  boughtAt,
});

const dealtWith = ({ lastInteractionAt, spending, boughtAt }: Dealings) => ({ lastInteractionAt, spending, boughtAt });

const holderOf = ({ employeeId, orgUnitId, managerId }: Owner): Holder => ({ employeeId, orgUnitId, managerId });

function changed(value: Value, { name, region, sector }: Changes<CustomerDetails>): Value {
  return {
    ...value,
    ...(name && { name: name.to }),
    ...(region && { region: region.to }),
    ...(sector && { sector: sector.to }),
  };
}
