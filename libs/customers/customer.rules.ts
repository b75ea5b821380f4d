import { differences } from '../changes.js';
import { Refusal } from '../errors.js';
import { mergedInto } from '../merged.js';
import { e164, phoneNumber } from '../phone.js';
import { normalForm } from '../text.js';
import type { EventOf } from '../event-store/event-store.js';
import type {
  TagCustomer,
  ArchiveCustomer,
  ChangeCustomerDetails,
  CorrectCustomerDetails,
  LinkCustomerParent,
  MarkCustomerDormant,
  MarkCustomerLost,
  ReactivateCustomer,
  RegisterCustomer,
  Registration,
  UntagCustomer,
  ReviewCustomerArchive,
  ReviewCustomerParent,
} from './commands.js';
import { present } from './customer.decider.js';
import type { Customer } from './customer.decider.js';
import type { CustomerDetails, CustomerEvents, Owner } from './events.js';

type Event = EventOf<CustomerEvents>;

const detailsIn = (registration: Registration): CustomerDetails => ({
  name: registration.name,
  taxId: registration.taxId ?? null,
  domain: registration.domain ?? null,
  phone: registration.phone ?? null,
  sector: registration.sector ?? null,
  region: registration.region ?? null,
  source: registration.source ?? null,
  establishedIn: registration.establishedIn ?? null,
  employees: registration.employees ?? null,
  annualRevenue: registration.annualRevenue ?? null,
});

export const MOST_TAGS = 100;

/** What registering must know of the rest of the world. */
export interface RegistrationFacts {
  /** Customers of the same name and region. */
  readonly duplicates: readonly string[];
  readonly owner: Owner | null;
  /** Whether an import registers it. */
  readonly imported: boolean;
  /** Absent when no parent was named, null when there is no such customer. */
  readonly parent?: Customer | null;
}

/** Registering the same customer with the same content again changes nothing. */
export function registerCustomer(
  state: Customer,
  { customerId, registration }: RegisterCustomer,
  _now: string,
  { duplicates, owner, imported, parent }: RegistrationFacts,
): Event[] {
  const { kind, tier = 'ordinary', tags = [], parentCustomerId = null, acceptDuplicates = [] } = registration;
  const details = inE164(detailsIn(registration));
  if (state.status !== 'unknown') {
    if (!differences(recorded(state.details), details)) return [];
    throw new Refusal('customer-exists', 'A customer of this id is registered with other details.', {}, 409);
  }
  if (parentCustomerId === customerId) throw new Refusal('parent-cycle', 'A customer cannot belong to itself.');
  if (parentCustomerId !== null && parent !== undefined) checkParent(parentCustomerId, parent);
  const candidates = duplicates.filter((candidate) => !acceptDuplicates.includes(candidate));
  if (candidates.length > 0) {
    throw new Refusal(
      'possible-duplicate',
      'There are customers of this name and region. Use one of them, or list their ids in acceptDuplicates if this one is another.',
      {
        candidates,
      },
      409,
    );
  }
  const registered: Event = {
    type: 'CustomerRegistered',
    data: {
      customerId,
      kind,
      details,
      tier,
      tags: [...Map.groupBy(tags, normalForm).values()].map(([first]) => first!),
      parentCustomerId,
      acceptedDuplicates: [...duplicates],
    },
  };
  if (!owner) return [registered];
  const basis = imported ? 'import' : 'supervisor';
  return [registered, { type: 'CustomerOwnerAssigned', data: { customerId, from: null, to: owner, basis } }];
}

/** @throws Refusal `phone-invalid` */
function inE164<Details extends { readonly phone?: string | null | undefined }>(details: Details): Details {
  const { phone } = details;
  return typeof phone === 'string' ? { ...details, phone: e164(phone) } : details;
}

/** Logs hold numbers that are not in E.164; what was registered as the same then is the same now. */
const recorded = (details: CustomerDetails): CustomerDetails =>
  details.phone === null ? details : { ...details, phone: phoneNumber(details.phone) ?? details.phone };

export function changeDetails(state: Customer, { customerId, details }: ChangeCustomerDetails): Event[] {
  const changes = differences(present(state, customerId).details, inE164(details));
  return changes ? [{ type: 'CustomerDetailsChanged', data: { customerId, changes } }] : [];
}

export function correctDetails(state: Customer, { customerId, details }: CorrectCustomerDetails): Event[] {
  const changes = differences(present(state, customerId).details, inE164(details));
  return changes ? [{ type: 'CustomerDetailsCorrected', data: { customerId, changes } }] : [];
}

export function addTag(state: Customer, { customerId, tag }: TagCustomer): Event[] {
  const { tags } = present(state, customerId);
  if (tags.some((each) => normalForm(each) === normalForm(tag))) return [];
  if (tags.length >= MOST_TAGS) throw new Refusal('too-many-tags', `A customer has at most ${MOST_TAGS} tags.`);
  return [{ type: 'CustomerTagged', data: { customerId, tag } }];
}

export function removeTag(state: Customer, { customerId, tag }: UntagCustomer): Event[] {
  // Logs hold tags of one form in several spellings: all of them go, each as it was written.
  return present(state, customerId)
    .tags.filter((each) => normalForm(each) === normalForm(tag))
    .map((each) => ({ type: 'CustomerUntagged', data: { customerId, tag: each } }));
}

/** The customers above the wanted parent, itself first. */
export interface ParentFacts {
  readonly chain: readonly ({ readonly customerId: string } & ParentFact)[];
}

interface ParentFact {
  readonly status: Customer['status'];
  readonly merged?: { readonly survivorId: string } | null;
}

/** @throws Refusal `parent-unknown` · `customer-merged` */
function checkParent(parentCustomerId: string, parent: ParentFact | null | undefined): void {
  const field = 'parentCustomerId';
  if (parent?.merged) throw mergedInto(parent.merged.survivorId, { field });
  if (parent && parent.status !== 'unknown' && parent.status !== 'archived') return;
  throw new Refusal('parent-unknown', `There is no customer ${parentCustomerId} to belong to.`, { field });
}

export function linkParent(
  state: Customer,
  { customerId, parentCustomerId }: LinkCustomerParent,
  _now: string,
  { chain }: ParentFacts,
): Event[] {
  const from = present(state, customerId).parentCustomerId;
  if (from === parentCustomerId) return [];
  if (parentCustomerId !== null) checkParent(parentCustomerId, chain[0]);
  if (chain.some((above) => above.customerId === customerId)) {
    throw new Refusal('parent-cycle', 'The customer would belong to itself.', { field: 'parentCustomerId' });
  }
  return [{ type: 'CustomerParentLinked', data: { customerId, from, to: parentCustomerId } }];
}

/** Of parents that were linked in a circle at the same moment, the one that is looked at first is unlinked. */
export function reviewParent(
  state: Customer,
  { customerId }: ReviewCustomerParent,
  _now: string,
  { chain }: ParentFacts,
): Event[] {
  if (state.status === 'unknown' || !chain.some((above) => above.customerId === customerId)) return [];
  return [{ type: 'CustomerParentLinked', data: { customerId, from: state.parentCustomerId, to: null } }];
}

export function markDormant(state: Customer, { customerId, reason }: MarkCustomerDormant): Event[] {
  const { status } = present(state, customerId);
  if (status === 'dormant') throw new Refusal('status-unchanged', 'The customer is dormant already.');
  if (status === 'lost') throw new Refusal('customer-lost', 'The customer left; it has to be reactivated first.');
  return [{ type: 'CustomerWentDormant', data: { customerId, reason } }];
}

export function reactivate(state: Customer, { customerId, reason }: ReactivateCustomer): Event[] {
  const { status, dealings } = present(state, customerId);
  if (status !== 'dormant' && status !== 'lost') {
    throw new Refusal('status-unchanged', 'The customer is neither dormant nor lost.');
  }
  return [
    {
      type: 'CustomerReactivated',
      data: { customerId, status: dealings.lastPurchaseAt === null ? 'prospect' : 'active', reason },
    },
  ];
}

export function markLost(state: Customer, { customerId, reason, note }: MarkCustomerLost): Event[] {
  if (present(state, customerId).status === 'lost')
    throw new Refusal('status-unchanged', 'The customer is lost already.');
  if (reason === 'other' && note === null) {
    throw new Refusal('note-required', 'The reason "other" needs a note.', { field: 'note' });
  }
  return [{ type: 'CustomerLost', data: { customerId, reason, note } }];
}

/** How much lies on other streams and refers to a customer, by kind; archived subsidiaries are among all of them. */
export type References = Readonly<
  Record<'opportunities' | 'subsidiaries' | 'archivedSubsidiaries' | 'tasks' | 'leads', number>
>;

/** What keeps a customer from being archived. */
const counted = ({ opportunities, subsidiaries, archivedSubsidiaries, tasks, leads }: References) => ({
  opportunities,
  subsidiaries: subsidiaries - archivedSubsidiaries,
  tasks,
  leads,
});

export function archiveCustomer(
  state: Customer,
  { customerId, reason }: ArchiveCustomer,
  _now: string,
  facts: References,
): Event[] {
  const { contacts, interactions, purchases, absorbed } = present(state, customerId);
  const counts = {
    ...counted(facts),
    contacts: contacts.size,
    interactions: interactions.size,
    purchases: purchases.size,
    merged: absorbed.size,
  };
  const references = kindsOf(counts);
  if (references.length > 0) {
    throw new Refusal('customer-referenced', `The customer has ${references.join(', ')}: it was no mistake.`, {
      references,
    });
  }
  return [{ type: 'CustomerArchived', data: { customerId, reason } }];
}

/** An archive that was decided while something came to refer to the customer is taken back. */
export function reviewArchive(
  state: Customer,
  { customerId }: ReviewCustomerArchive,
  _now: string,
  facts: References,
): Event[] {
  const references = kindsOf(counted(facts));
  if (state.status !== 'archived' || references.length === 0) return [];
  return [{ type: 'CustomerRestored', data: { customerId, status: state.statusBefore ?? 'prospect', references } }];
}

const kindsOf = (counts: Readonly<Record<string, number>>): string[] =>
  Object.entries(counts).flatMap(([kind, count]) => (count > 0 ? [kind] : []));
