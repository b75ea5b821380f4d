import type { CustomerEvents } from '../libs/customers/events.js';
import type { Tier } from '../libs/tiering.js';
import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';

/** A customer came to another tier; where it lived and belonged then. */
export interface TierChange {
  readonly at: string;
  readonly from: Tier;
  readonly to: Tier;
  readonly basis: 'policy' | 'hand' | 'expiry';
  readonly policyVersion: number | null;
  readonly region: string | null;
  readonly ownerId: string | null;
}

/** A customer and how it came through the tiers, for reports. */
export interface CustomerTiers {
  readonly customerId: string;
  readonly region: string | null;
  readonly ownerId: string | null;
  readonly changes: readonly TierChange[];
}

type Move =
  'CustomerTierOverridden' | 'CustomerTierOverrideExpired' | 'CustomerTierUpgraded' | 'CustomerTierDowngraded';

function moved(
  customer: CustomerTiers,
  { data: { from, to }, occurredAt: at }: Recorded<CustomerEvents, Move>,
  basis: TierChange['basis'],
  policyVersion: number | null = null,
): CustomerTiers {
  const { region, ownerId, changes } = customer;
  // A tier that is kept by hand until another moment is no other tier.
  if (from === to) return customer;
  return { ...customer, changes: [...changes, { at, from, to, basis, policyVersion, region, ownerId }] };
}

export const customerTiers = projection<CustomerTiers, CustomerEvents>({
  name: 'customer-tiers',
  version: 2,
  id: ({ data }) => data.customerId,
  stream: (customerId) => `customer-${customerId}`,
  indexes: [],
  starts: {
    CustomerRegistered: ({ data: { customerId, details } }) => ({
      customerId,
      region: details.region,
      ownerId: null,
      changes: [],
    }),
  },
  on: {
    CustomerDetailsChanged: (customer, { data: { changes } }) =>
      changes.region ? { ...customer, region: changes.region.to } : customer,
    CustomerDetailsCorrected: (customer, { data: { changes } }) =>
      changes.region ? { ...customer, region: changes.region.to } : customer,
    CustomerAbsorbed: (customer, { data: { changes } }) =>
      changes.region ? { ...customer, region: changes.region.to } : customer,
    CustomerSeparated: (customer, { data: { changes } }) =>
      changes.region ? { ...customer, region: changes.region.to } : customer,
    CustomerOwnerAssigned: (customer, { data: { to } }) => ({ ...customer, ownerId: to.employeeId }),
    CustomerReleasedToPool: (customer) => ({ ...customer, ownerId: null }),
    CustomerTierOverridden: (customer, event) => moved(customer, event, 'hand'),
    CustomerTierOverrideExpired: (customer, event) => moved(customer, event, 'expiry'),
    CustomerTierUpgraded: (customer, event) => moved(customer, event, 'policy', event.data.policyVersion),
    CustomerTierDowngraded: (customer, event) => moved(customer, event, 'policy', event.data.policyVersion),
  },
});
