import { OrderedMap } from 'immutable';
import type { Changes } from '../changes.js';
import { activityIn, activityOfBoth, carried, dealingsOfBoth } from '../dealings.js';
import type { CarriedDealings, Dealings } from '../dealings.js';
import type { Activity } from '../tiering.js';
import type { CustomerDetails, CustomerEvents } from './events.js';
import type { TierStanding } from './tier-standing.decider.js';

/** A customer that is merged into this one, and what this one has of it. */
export interface Absorbed {
  readonly mergeId: string;
  readonly loserIds: readonly string[];
  readonly loserTaxId: string | null;
  readonly loserTags: readonly string[];
  readonly changes: Changes<CustomerDetails>;
  readonly tags: readonly string[];
  /** Its contacts that came along. */
  readonly contactIds: readonly string[];
  readonly dealings: CarriedDealings;
}

/** What was dealt with a customer. */
export interface Dealt {
  /** With those that are merged into it, as the days of its standing are. */
  readonly dealings: Dealings;
  readonly standing: TierStanding;
  /** Without them; null as long as there are none. */
  readonly own: { readonly dealings: Dealings; readonly days: Activity } | null;
  readonly absorbed: OrderedMap<string, Absorbed>;
}

const daysOf = ({ purchases, interactions }: Activity): Activity => ({ purchases, interactions });

/** Something more was dealt with the customer itself. */
export function dealt(
  { dealings, own }: Dealt,
  standing: TierStanding,
  more: { readonly dealings: (before: Dealings) => Dealings; readonly days: (before: Activity) => Activity },
): Pick<Dealt, 'dealings' | 'standing' | 'own'> {
  return {
    standing,
    dealings: more.dealings(dealings),
    own: own && { dealings: more.dealings(own.dealings), days: more.days(own.days) },
  };
}

/** With a customer that is merged into it. */
export function absorbing(
  { dealings, standing, own, absorbed }: Dealt,
  { loserId, dealings: more, ...part }: Readonly<CustomerEvents['CustomerAbsorbed']>,
): Dealt {
  const { mergeId, loserIds, loserTaxId, loserTags, changes, tags } = part;
  return {
    own: own ?? { dealings, days: daysOf(standing) },
    dealings: dealingsOfBoth(dealings, more),
    standing: { ...standing, ...activityOfBoth(standing, activityIn(more)) },
    absorbed: absorbed.set(loserId, {
      mergeId,
      loserIds,
      loserTaxId,
      loserTags,
      changes,
      tags,
      contactIds: [],
      dealings: more,
    }),
  };
}

/** With a contact that came along from one of them. */
export function cameAlong(
  absorbed: OrderedMap<string, Absorbed>,
  loserId: string,
  contactId: string,
): OrderedMap<string, Absorbed> {
  const part = absorbed.get(loserId);
  return part ? absorbed.set(loserId, { ...part, contactIds: [...part.contactIds, contactId] }) : absorbed;
}

/** What is left when one of them is separated. */
export function leftWithout({ dealings, standing, own, absorbed }: Dealt, loserId: string): CarriedDealings {
  if (!own) return carried(dealings, standing);
  const [all, days] = absorbed
    .delete(loserId)
    .reduce<readonly [Dealings, Activity]>(
      ([sum, activity], { dealings: more }) => [dealingsOfBoth(sum, more), activityOfBoth(activity, activityIn(more))],
      [own.dealings, own.days],
    );
  return carried(all, days);
}

/** Without one that was separated. What it had changed first is what others that changed it later go back to. */
export function separating(
  { standing, own, absorbed }: Dealt,
  { loserId, dealings }: Readonly<CustomerEvents['CustomerSeparated']>,
): Dealt {
  const gone = absorbed.get(loserId);
  const left = gone ? inherited(absorbed, loserId, gone) : absorbed;
  return {
    own: left.isEmpty() ? null : own,
    dealings: sumsOf(dealings),
    standing: { ...standing, ...activityIn(dealings) },
    absorbed: left,
  };
}

function inherited(
  absorbed: OrderedMap<string, Absorbed>,
  loserId: string,
  gone: Absorbed,
): OrderedMap<string, Absorbed> {
  const fields = new Set(Object.keys(gone.changes) as (keyof CustomerDetails)[]);
  const tags = new Set(gone.tags);
  let isLater = false;
  const left = OrderedMap<string, Absorbed>().asMutable();
  for (const [id, part] of absorbed) {
    if (id === loserId) {
      isLater = true;
      continue;
    }
    const own = [...tags].filter((tag) => part.loserTags.includes(tag));
    for (const tag of own) tags.delete(tag);
    const changes = Object.fromEntries(
      Object.entries(part.changes).map(([field, change]) =>
        isLater && fields.delete(field as keyof CustomerDetails)
          ? [field, { ...change, from: gone.changes[field as keyof CustomerDetails]!.from }]
          : [field, change],
      ),
    ) as Changes<CustomerDetails>;
    left.set(id, { ...part, changes, tags: [...part.tags, ...own] });
  }
  return left.asImmutable();
}

const sumsOf = ({ purchaseDays: _, interactionDays: __, ...sums }: CarriedDealings): Dealings => sums;
