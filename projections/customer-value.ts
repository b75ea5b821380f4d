import type { CustomerStatus } from '../libs/customers/events.js';
import type { Changes } from '../libs/changes.js';
import type {
  AssignmentBasis,
  CustomerDetails,
  CustomerEvents,
  CustomerKind,
  Owner,
} from '../libs/customers/events.js';
import type { Tier } from '../libs/tiering.js';
import { projection } from '../libs/read-models/projection.js';
import { plus, wholeOf, written } from '../libs/whole.js';
import type { WrittenWhole } from '../libs/whole.js';

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

/** Everything bought in one currency: money of different currencies is never added up. */
export interface Spending {
  readonly purchases: number;
  /** Minor units. */
  readonly amount: WrittenWhole;
  readonly lastAt: string;
}

/** A customer as the reports on retention, RFM and portfolios see it: what it is now, and what it has bought up to now. */
export interface CustomerValue {
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
  /** Latest interaction, by business time. */
  readonly lastInteractionAt: string | null;
  /** By currency. */
  readonly spending: Readonly<Record<string, Spending>>;
  /**
   * In order of time, of every UTC month the first and the last purchase. That says in which months the customer bought in
   * any zone there is: a UTC month overlaps two local ones at most, and what lies between lies in one of the two.
   */
  readonly boughtAt: readonly string[];
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
    InteractionLogged: (value, { occurredAt }) =>
      value.lastInteractionAt !== null && occurredAt <= value.lastInteractionAt
        ? value
        : { ...value, lastInteractionAt: occurredAt },
    PurchaseRecorded: (value, { data: { amount: money }, occurredAt }) => {
      const { purchases, amount, lastAt } = value.spending[money.currency] ?? { purchases: 0, amount: 0, lastAt: '' };
      const spent = {
        purchases: purchases + 1,
        amount: written(plus(wholeOf(amount), money.amount)),
        lastAt: occurredAt > lastAt ? occurredAt : lastAt,
      };
      return {
        ...value,
        status: value.status === 'prospect' ? 'active' : value.status,
        spending: { ...value.spending, [money.currency]: spent },
        boughtAt: withPurchase(value.boughtAt, occurredAt),
      };
    },
  },
});

const holderOf = ({ employeeId, orgUnitId, managerId }: Owner): Holder => ({ employeeId, orgUnitId, managerId });

function changed(value: Value, { name, region, sector }: Changes<CustomerDetails>): Value {
  return {
    ...value,
    ...(name && { name: name.to }),
    ...(region && { region: region.to }),
    ...(sector && { sector: sector.to }),
  };
}

/** Late facts come in any order, so the result must not depend on it. */
function withPurchase(boughtAt: readonly string[], at: string): readonly string[] {
  const month = at.slice(0, 7);
  const before = boughtAt.filter((time) => time.slice(0, 7) < month);
  const after = boughtAt.filter((time) => time.slice(0, 7) > month);
  const within = [...boughtAt.slice(before.length, boughtAt.length - after.length), at].sort();
  return [...before, ...new Set([within[0]!, within.at(-1)!]), ...after];
}
