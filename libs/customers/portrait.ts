import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { customerPortrait, portraitOfBoth } from '../../projections/customer-portrait.js';
import type { CustomerPortrait, TierSince } from '../../projections/customer-portrait.js';
import { Clock } from '../clock.js';
import { Missing } from '../errors.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import { frequencyOn } from '../frequency.js';
import type { Frequency } from '../frequency.js';
import { dayNumber } from '../tiering.js';
import { dividedBy, wholeOf, written } from '../whole.js';
import type { WrittenWhole } from '../whole.js';

/** What a customer does. */
export interface PortraitPage {
  readonly customerId: string;
  readonly registeredAt: string;
  readonly purchases: {
    readonly count: number;
    readonly lastAt: string | null;
    /** Minor units; the average is rounded to one of them. */
    readonly byCurrency: readonly {
      readonly currency: string;
      readonly count: number;
      readonly amount: WrittenWhole;
      readonly average: WrittenWhole;
    }[];
    /** Those bought most often first. */
    readonly products: CustomerPortrait['products'];
  };
  readonly frequency: Frequency;
  readonly interactions: {
    readonly count: number;
    readonly lastAt: string | null;
    /** Those used most first; the share is of all interactions. */
    readonly channels: readonly { readonly channel: string; readonly count: number; readonly share: number }[];
    readonly inbound: number;
    readonly outbound: number;
    /** How many came from the customer for each that went to it; null where none went to it. */
    readonly response: number | null;
  };
  /** Months with a purchase or an interaction. */
  readonly activeMonths: { readonly count: number; readonly first: string | null; readonly last: string | null };
  /** From the first one on. */
  readonly tiers: readonly TierSince[];
}

const mostFirst = <Counted extends { readonly count: number }>(
  of: readonly Counted[],
  name: (each: Counted) => string,
) => of.toSorted((one, other) => other.count - one.count || (name(one) < name(other) ? -1 : 1));

export function portraitOn(document: CustomerPortrait, today: number): PortraitPage {
  const { customerId, registeredAt, interactions, activeMonths, tiers } = document;
  const { inbound, outbound } = document.directions;
  const channels = Object.entries(document.channels)
    .filter(([, count]) => count > 0)
    .map(([channel, count]) => ({ channel, count, share: count / interactions }));
  return {
    customerId,
    registeredAt,
    purchases: {
      count: document.purchases,
      lastAt: document.lastPurchaseAt,
      byCurrency: document.spent
        .map((each) => ({ ...each, average: written(dividedBy(wholeOf(each.amount), each.count)) }))
        .toSorted((one, other) => (one.currency < other.currency ? -1 : 1)),
      products: mostFirst(document.products, ({ product }) => product),
    },
    frequency: frequencyOn(document.purchaseDays, today),
    interactions: {
      count: interactions,
      lastAt: document.lastInteractionAt,
      channels: mostFirst(channels, ({ channel }) => channel),
      inbound,
      outbound,
      response: outbound === 0 ? null : inbound / outbound,
    },
    activeMonths: {
      count: activeMonths.length,
      first: activeMonths[0] ?? null,
      last: activeMonths.at(-1) ?? null,
    },
    tiers,
  };
}

export class GetCustomerPortrait extends Query<PortraitPage> {
  constructor(
    readonly customerId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetCustomerPortrait)
export class GetCustomerPortraitHandler implements IQueryHandler<GetCustomerPortrait> {
  constructor(
    private readonly reading: Reading,
    private readonly clock: Clock,
  ) {}

  async execute({ customerId, when }: GetCustomerPortrait): Promise<PortraitPage> {
    const own = await this.reading.document(customerPortrait, customerId, when);
    if (!own) throw new Missing('customer', customerId);
    // Nothing happens to a customer while it is merged: at any revision of its survivor it is what it is now.
    const { atRevision: _, ...moment } = when;
    const absorbed = await Promise.all(own.absorbed.map((id) => this.reading.document(customerPortrait, id, moment)));
    const document = absorbed.reduce<CustomerPortrait>((sum, each) => (each ? portraitOfBoth(sum, each) : sum), own);
    return portraitOn(document, dayNumber(this.reading.momentOf(when) ?? this.clock.now()));
  }
}
