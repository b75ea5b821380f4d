import { Missing, Refusal, together } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { mergedInto, moveByMerge } from '../merged.js';
import type { MergePath } from '../merged.js';
import { commonPools } from '../pools/events.js';
import { normalForm } from '../text.js';
import type { MergeCustomer, MoveSubsidiaryByMerge, RevokeMerge, UnmergeCustomer } from './merge.commands.js';
import { MOST_TAGS } from './customer.rules.js';
import { present } from './customer.decider.js';
import type { ContactState, Customer, KnownCustomer } from './customer.decider.js';
import type { CustomerEvents } from './events.js';

type Event = EventOf<CustomerEvents>;

export interface MergeFacts {
  readonly survivor: Customer;
  /** Customers above each of the two. */
  readonly above: { readonly loser: readonly string[]; readonly survivor: readonly string[] };
  /** Customers that were merged into the loser and are being separated from it right now. */
  readonly leaving: readonly string[];
  /** Open transfers that hold one of the two. */
  readonly transferIds: readonly string[];
}

/**
 * Merges a customer into another one. A refusal names all that stands against it. Merged into the same one on the same terms
 * again, nothing changes.
 */
export function mergeCustomer(
  state: Customer,
  { customerId, survivorId, mergeId, choices, tags, reason }: MergeCustomer,
  _now: string,
  facts: MergeFacts,
): Event[] {
  const terms = { choices, tags };
  if (state.status === 'merged' && isSame(state, survivorId, terms)) return [];
  const loser = present(state, customerId);
  if (survivorId === customerId) {
    throw new Refusal('merge-with-itself', 'A customer is merged into another one.', { field: 'survivorId' });
  }
  const { survivor } = facts;
  if (survivor.status === 'unknown') throw new Missing('customer', survivorId);
  const [first, ...others] = hindrances(loser, survivor, { customerId, survivorId, tags }, facts);
  if (first) throw together([first, ...others]);
  const { status, owner, poolId } = loser;
  if (status === 'archived' || status === 'merged') return [];
  const before = { status, ownerId: owner?.employeeId ?? null, poolId };
  return [{ type: 'CustomerMerged', data: { customerId, survivorId, mergeId, reason, before, ...terms } }];
}

const isSame = (
  { merged }: KnownCustomer,
  survivorId: string,
  terms: Pick<MergeCustomer, 'choices' | 'tags'>,
): boolean => {
  const said = ({ choices, tags }: typeof terms) => JSON.stringify([Object.entries(choices).sort(), tags]);
  return merged?.survivorId === survivorId && said(merged) === said(terms);
};

function hindrances(
  loser: KnownCustomer,
  survivor: KnownCustomer,
  { customerId, survivorId, tags }: Pick<MergeCustomer, 'customerId' | 'survivorId' | 'tags'>,
  { above, leaving, transferIds }: MergeFacts,
): Refusal[] {
  const field = 'survivorId';
  const against: Refusal[] = [];
  if (survivor.merged) {
    against.push(mergedInto(survivor.merged.survivorId, { field }));
  } else if (survivor.status === 'archived') {
    against.push(
      new Refusal('customer-archived', 'The customer that is to stay was registered by mistake and put away.', {
        field,
      }),
    );
  }
  if (loser.kind !== survivor.kind) {
    against.push(new Refusal('merge-of-kinds', 'A person and an organisation are never the same.', { field }));
  }
  if (above.loser.includes(survivorId) || above.survivor.includes(customerId)) {
    against.push(
      new Refusal('merge-of-relatives', 'One of the two belongs to the other: take it out of the group first.', {
        field,
      }),
    );
  }
  const kept = new Set([...survivor.tags, ...(tags === 'both' ? loser.tags : [])].map(normalForm));
  if (kept.size > MOST_TAGS) {
    against.push(new Refusal('too-many-tags', `A customer has at most ${MOST_TAGS} tags.`, { field: 'tags' }));
  }
  if (transferIds.length > 0) {
    const says = 'A transfer of one of the two is open: decide it or withdraw it first.';
    against.push(new Refusal('merge-blocked', says, { transferIds }, 409));
  }
  if (leaving.length > 0) {
    const says = 'A customer that was merged into this one is being separated from it: try again.';
    against.push(new Refusal('merge-unfinished', says, { customers: leaving }, 409));
  }
  return against;
}

/** What coming back needs to know of the rest of the world. */
export interface UnmergeFacts {
  readonly survivor: Customer;
  /** Why the customer cannot go back to its owner; null when it can. */
  readonly ownerLost: 'holding-limit-exceeded' | 'owner-inactive' | null;
  /** Whether the owner may lock one customer more. */
  readonly lockFree: boolean;
  /** Whether its pool is still in use. */
  readonly poolUsed: boolean;
}

/** @throws Missing · Refusal `customer-not-merged` · `survivor-merged` */
export function unmergeCustomer(
  state: Customer,
  { customerId, reason }: UnmergeCustomer,
  _now: string,
  facts: UnmergeFacts,
): Event[] {
  if (state.status !== 'merged') {
    present(state, customerId);
    throw new Refusal('customer-not-merged', 'The customer is one of its own: there is no merge to take back.');
  }
  const { survivor } = facts;
  if (survivor.status === 'merged') {
    const { survivorId } = survivor.merged!;
    const says = 'The customer that stands for it was merged itself: take that back first.';
    throw new Refusal('survivor-merged', says, { survivorId: state.merged!.survivorId, mergedInto: survivorId }, 409);
  }
  return comeBack(customerId, state, facts, { reason, refused: null });
}

/** A merge that the survivor refused is taken back; one that was taken back already is left alone. */
export function revokeMerge(
  state: Customer,
  { customerId, mergeId, code }: RevokeMerge,
  _now: string,
  facts: UnmergeFacts,
): Event[] {
  if (state.status !== 'merged' || state.merged?.mergeId !== mergeId) return [];
  return comeBack(customerId, state, facts, { reason: null, refused: code });
}

/** The customer is what it was. Where its owner cannot have it, or its pool is gone, it lies in the common pool. */
function comeBack(
  customerId: string,
  state: KnownCustomer,
  { survivor, ownerLost, lockFree, poolUsed }: UnmergeFacts,
  why: { readonly reason: string | null; readonly refused: string | null },
): Event[] {
  const { mergeId, survivorId } = state.merged!;
  const { owner, poolId, lock, protection, recycling, standing } = state;
  const contacts = contactsNow(state, survivor);
  const active = [...contacts.values()].filter((contact) => contact.active);
  const wasPrimary = active.find(({ contactId }) => contactId === state.primaryContactId);
  const unmerged: Event = {
    type: 'CustomerUnmerged',
    data: {
      customerId,
      survivorId,
      mergeId,
      status: state.statusBefore!,
      ...why,
      contactIds: [...contacts.keys()],
      primaryContactId: (wasPrimary ?? active[0])?.contactId ?? null,
      watched: {
        lock: lock?.until ?? null,
        protection: protection?.until ?? null,
        recycling: recycling?.nextAt ?? null,
        tier: standing.byHand?.until ?? standing.graceUntil ?? standing.reviewAt,
      },
    },
  };
  const events: Event[] = [unmerged];
  for (const contact of contacts.values()) {
    const before = state.contacts.get(contact.contactId);
    if (JSON.stringify(before) === JSON.stringify(contact)) continue;
    events.push({
      type: 'ContactTakenOver',
      data: { customerId, from: survivorId, ...contact, isPrimary: false },
    });
  }
  if (owner && ownerLost !== null) {
    const released = { customerId, poolId: commonPools.customer, from: owner, by: 'rule', reason: ownerLost } as const;
    events.push({ type: 'CustomerReleasedToPool', data: released });
  } else if (owner && lock && !lockFree) {
    events.push({ type: 'CustomerUnlocked', data: { customerId, ownerId: owner.employeeId, because: 'ended' } });
  } else if (poolId !== null && !poolUsed) {
    events.push({ type: 'CustomerPoolChanged', data: { customerId, from: poolId, to: commonPools.customer } });
  }
  return events;
}

/** Its contacts as they have become at the survivor. */
function contactsNow({ contacts }: KnownCustomer, survivor: Customer): ReadonlyMap<string, ContactState> {
  const there = survivor.status === 'unknown' ? undefined : survivor.contacts;
  return new Map([...contacts.values()].map((each) => [each.contactId, there?.get(each.contactId) ?? each] as const));
}

/** The customer belongs to the survivor of a merge, also one that is merged itself, or to the customer of before again. */
export function moveSubsidiaryByMerge(
  state: Customer,
  command: MoveSubsidiaryByMerge,
  _now: string,
  { path }: { readonly path: MergePath },
): Event[] {
  if (state.status === 'unknown') return [];
  const { customerId } = command;
  const moved = moveByMerge({ customerId: state.parentCustomerId, followed: state.followed }, command, path);
  if (!moved || moved.customerId === customerId) return [];
  const { from, customerId: to, followed } = moved;
  return [{ type: 'CustomerParentLinked', data: { customerId, from, to, followed } }];
}
