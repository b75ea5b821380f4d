import type { CustomerEvents, Direction, InteractionChannel } from '../libs/customers/events.js';
import { latest } from '../libs/dealings.js';
import type { Tier } from '../libs/tiering.js';
import { dayNumber } from '../libs/tiering.js';
import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';
import { plus, wholeOf, written } from '../libs/whole.js';
import type { WrittenWhole } from '../libs/whole.js';

/** A tier that the customer came to, and by what. */
export interface TierSince {
  readonly tier: Tier;
  readonly since: string;
  readonly basis: 'registration' | 'policy' | 'hand' | 'expiry';
}

export interface SpentIn {
  readonly currency: string;
  readonly count: number;
  /** Minor units. */
  readonly amount: WrittenWhole;
}

/**
 * What a customer does, as counts. It grows with the days on which something was bought, the months in which something happened and
 * the products, not with every event. Days and months are those of UTC.
 */
export interface CustomerPortrait {
  readonly customerId: string;
  readonly registeredAt: string;
  readonly purchases: number;
  readonly spent: readonly SpentIn[];
  readonly products: readonly { readonly product: string; readonly count: number }[];
  /** Ascending, each once, counted from 1970 on. */
  readonly purchaseDays: readonly number[];
  readonly lastPurchaseAt: string | null;
  readonly interactions: number;
  readonly lastInteractionAt: string | null;
  readonly channels: Readonly<Partial<Record<InteractionChannel, number>>>;
  readonly directions: Readonly<Record<Direction, number>>;
  /** `YYYY-MM`, ascending, with a purchase or an interaction. */
  readonly activeMonths: readonly string[];
  readonly tiers: readonly TierSince[];
  /** Customers that were merged into it, and into these: what they did is told by their own documents. */
  readonly absorbed: readonly string[];
}

type Portrait = CustomerPortrait;
type Move =
  'CustomerTierOverridden' | 'CustomerTierOverrideExpired' | 'CustomerTierUpgraded' | 'CustomerTierDowngraded';

export const customerPortrait = projection<Portrait, CustomerEvents>({
  name: 'customer-portrait',
  version: 2,
  id: ({ data }) => data.customerId,
  stream: (customerId) => `customer-${customerId}`,
  indexes: [],
  starts: {
    CustomerRegistered: ({ data: { customerId, tier }, occurredAt }) => ({
      customerId,
      registeredAt: occurredAt,
      purchases: 0,
      spent: [],
      products: [],
      purchaseDays: [],
      lastPurchaseAt: null,
      interactions: 0,
      lastInteractionAt: null,
      channels: {},
      directions: { inbound: 0, outbound: 0 },
      activeMonths: [],
      tiers: [{ tier, since: occurredAt, basis: 'registration' }],
      absorbed: [],
    }),
  },
  on: {
    PurchaseRecorded: (portrait, { data: { amount, product }, occurredAt }) => ({
      ...portrait,
      purchases: portrait.purchases + 1,
      spent: withSpent(portrait.spent, { count: 1, ...amount }),
      products: product === null ? portrait.products : withProduct(portrait.products, product, 1),
      purchaseDays: withValue(portrait.purchaseDays, dayNumber(occurredAt)),
      lastPurchaseAt: latest(portrait.lastPurchaseAt, occurredAt),
      activeMonths: withValue(portrait.activeMonths, occurredAt.slice(0, 7)),
    }),
    InteractionLogged: (portrait, { data: { channel, direction }, occurredAt }) => ({
      ...portrait,
      interactions: portrait.interactions + 1,
      lastInteractionAt: latest(portrait.lastInteractionAt, occurredAt),
      channels: counted(portrait.channels, channel, 1),
      directions: counted(portrait.directions, direction, 1),
      activeMonths: withValue(portrait.activeMonths, occurredAt.slice(0, 7)),
    }),
    InteractionCorrected: (portrait, { data: { changes } }) => ({
      ...portrait,
      channels: recounted(portrait.channels, changes.channel),
      directions: recounted(portrait.directions, changes.direction),
    }),
    CustomerAbsorbed: (portrait, { data: { loserIds } }) => ({
      ...portrait,
      absorbed: [...portrait.absorbed, ...loserIds],
    }),
    CustomerSeparated: (portrait, { data: { loserIds } }) => ({
      ...portrait,
      absorbed: portrait.absorbed.filter((each) => !loserIds.includes(each)),
    }),
    CustomerTierOverridden: (portrait, event) => moved(portrait, event, 'hand'),
    CustomerTierOverrideExpired: (portrait, event) => moved(portrait, event, 'expiry'),
    CustomerTierUpgraded: (portrait, event) => moved(portrait, event, 'policy'),
    CustomerTierDowngraded: (portrait, event) => moved(portrait, event, 'policy'),
  },
});

/** What two customers that are merged do together. The first one is the survivor: its registration and its tiers are theirs. */
export const portraitOfBoth = (one: Portrait, other: Portrait): Portrait => ({
  ...one,
  purchases: one.purchases + other.purchases,
  spent: other.spent.reduce(withSpent, one.spent),
  products: other.products.reduce(
    (products, { product, count }) => withProduct(products, product, count),
    one.products,
  ),
  purchaseDays: other.purchaseDays.reduce<readonly number[]>(withValue, one.purchaseDays),
  lastPurchaseAt: latest(one.lastPurchaseAt, other.lastPurchaseAt),
  interactions: one.interactions + other.interactions,
  lastInteractionAt: latest(one.lastInteractionAt, other.lastInteractionAt),
  channels: Object.entries(other.channels).reduce<Portrait['channels']>(
    (counts, [channel, count]) => counted(counts, channel as InteractionChannel, count),
    one.channels,
  ),
  directions: {
    inbound: one.directions.inbound + other.directions.inbound,
    outbound: one.directions.outbound + other.directions.outbound,
  },
  activeMonths: other.activeMonths.reduce<readonly string[]>(withValue, one.activeMonths),
});

/** Late facts come in any order; most are of the last day or month there is. */
function withValue<Value extends number | string>(values: readonly Value[], value: Value): readonly Value[] {
  const after = values.findLastIndex((each) => each <= value);
  return values[after] === value ? values : values.toSpliced(after + 1, 0, value);
}

function withSpent(spent: readonly SpentIn[], { currency, count, amount }: SpentIn): readonly SpentIn[] {
  const before = spent.find((each) => each.currency === currency) ?? { count: 0, amount: 0 };
  const sum = written(plus(wholeOf(before.amount), wholeOf(amount)));
  const after = { currency, count: before.count + count, amount: sum };
  return [...spent.filter((each) => each.currency !== currency), after];
}

function withProduct(products: Portrait['products'], product: string, more: number): Portrait['products'] {
  const count = products.find((each) => each.product === product)?.count ?? 0;
  return [...products.filter((each) => each.product !== product), { product, count: count + more }];
}

const counted = <Counts extends Readonly<Record<string, number>>>(
  counts: Counts,
  name: keyof Counts,
  more: number,
): Counts => ({ ...counts, [name]: (counts[name] ?? 0) + more });

const recounted = <Counts extends Readonly<Record<string, number>>>(
  counts: Counts,
  change: { readonly from: keyof Counts; readonly to: keyof Counts } | undefined,
): Counts => (change ? counted(counted(counts, change.from, -1), change.to, 1) : counts);

/** A tier that is kept by hand until another moment is no other tier. */
function moved(
  portrait: Portrait,
  { data: { from, to }, occurredAt }: Recorded<CustomerEvents, Move>,
  basis: TierSince['basis'],
): Portrait {
  return from === to ? portrait : { ...portrait, tiers: [...portrait.tiers, { tier: to, since: occurredAt, basis }] };
}
