import { differences } from '../changes.js';
import type { Changes } from '../changes.js';
import { carried, purchasesIn } from '../dealings.js';
import { Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { normalForm } from '../text.js';
import { leftWithout } from './absorbed.decider.js';
import type { Absorbed } from './absorbed.decider.js';
import { MOST_TAGS } from './customer.rules.js';
import { present } from './customer.decider.js';
import type { Customer, KnownCustomer } from './customer.decider.js';
import type { CustomerDetails, CustomerEvents, DetailChoices } from './events.js';
import type { AbsorbCustomer, SeparateCustomer } from './merge.commands.js';
import { isSameTaxId } from './reservations.js';

type Event = EventOf<CustomerEvents>;

/** The customer takes over what another one has that was merged into it. @throws Refusal `merge-overtaken` */
export function absorbCustomer(
  state: Customer,
  { customerId, loserId, mergeId, terms }: AbsorbCustomer,
  _now: string,
  { loser }: { readonly loser: Customer },
): Event[] {
  const survivor = present(state, customerId);
  if (survivor.absorbed.get(loserId)?.mergeId === mergeId) return [];
  if (loser.status === 'unknown' || loser.merged?.mergeId !== mergeId) {
    throw new Refusal('merge-overtaken', 'The merge was taken back meanwhile.', { loserId }, 409);
  }
  const dealings = carried(loser.dealings, loser.standing);
  const bought = purchasesIn(dealings) > 0;
  const { status } = survivor;
  if (status === 'archived' || status === 'merged') return [];
  return [
    {
      type: 'CustomerAbsorbed',
      data: {
        customerId,
        loserId,
        mergeId,
        loserIds: [loserId, ...loser.absorbed.valueSeq().flatMap(({ loserIds }) => loserIds)],
        loserTaxId: loser.details.taxId,
        loserTags: loser.tags,
        changes: chosen(survivor.details, loser.details, terms.choices),
        tags: terms.tags === 'both' ? missingIn(survivor.tags, loser.tags) : [],
        status: status === 'prospect' && bought ? 'active' : status,
        dealings,
      },
    },
    ...loser.contacts
      .valueSeq()
      .filter(({ contactId }) => !survivor.contacts.has(contactId))
      .map((contact): Event => {
        const isPrimary = survivor.primaryContactId === null && loser.primaryContactId === contact.contactId;
        return { type: 'ContactTakenOver', data: { customerId, from: loserId, ...contact, isPrimary } };
      }),
  ];
}

/** The fields in which the survivor has the value of the loser. */
function chosen(survivor: CustomerDetails, loser: CustomerDetails, choices: DetailChoices): Changes<CustomerDetails> {
  const fields = Object.keys(survivor) as (keyof CustomerDetails)[];
  const taken = fields.filter((field) => {
    const choice = choices[field] ?? (survivor[field] === null ? 'loser' : 'survivor');
    return choice === 'loser';
  });
  return differences(survivor, Object.fromEntries(taken.map((field) => [field, loser[field]]))) ?? {};
}

function missingIn(tags: readonly string[], others: readonly string[]): string[] {
  const there = new Set(tags.map(normalForm));
  const room = MOST_TAGS - tags.length;
  return room <= 0 ? [] : others.filter((tag) => !there.has(normalForm(tag))).slice(0, room);
}

/** What the customer had of another one goes back, but for what was changed since. It does so, whatever became of it meanwhile. */
export function separateCustomer(state: Customer, { customerId, loserId, mergeId }: SeparateCustomer): Event[] {
  if (state.status === 'unknown') return [];
  const part = state.absorbed.get(loserId);
  if (part?.mergeId !== mergeId) return [];
  const others = [...state.absorbed.values()].filter((each) => each !== part);
  const dealings = leftWithout(state, loserId);
  const gone = new Set(part.contactIds);
  const stay = state.contacts.filter(({ contactId }) => !gone.has(contactId));
  const next = stay.find(({ active }) => active)?.contactId ?? null;
  const isPrimaryGone = state.primaryContactId !== null && gone.has(state.primaryContactId);
  return [
    {
      type: 'CustomerSeparated',
      data: {
        customerId,
        loserId,
        mergeId,
        loserIds: part.loserIds,
        changes: takenBack(state, part),
        tags: part.tags.filter(
          (tag) => state.tags.includes(tag) && !others.some(({ loserTags }) => loserTags.includes(tag)),
        ),
        status: state.status === 'active' && purchasesIn(dealings) === 0 ? 'prospect' : state.status,
        contactIds: part.contactIds,
        primaryContactId: isPrimaryGone ? next : state.primaryContactId,
        dealings,
      },
    },
  ];
}

/** Values that are still those of the other one. Its tax number goes in any case: it is the other one's. */
function takenBack({ details }: KnownCustomer, { changes, loserTaxId }: Absorbed): Changes<CustomerDetails> {
  const fields = Object.keys(changes) as (keyof CustomerDetails)[];
  const same = fields.filter((field) => JSON.stringify(details[field]) === JSON.stringify(changes[field]!.to));
  const before = Object.fromEntries(same.map((field) => [field, changes[field]!.from]));
  const taxId = isSameTaxId(details.taxId, loserTaxId) ? { taxId: changes.taxId?.from ?? null } : {};
  return differences(details, { ...before, ...taxId }) ?? {};
}
