import { Missing, Refusal } from '../errors.js';
import type { StateReader } from '../event-store/decider.js';
import { employeeFacts } from '../organisation/facts.js';
import { customer } from './customer.decider.js';
import type { Followed, MergePath, MergeToFollow } from '../merged.js';
import type { Segmented } from '../segmenting.js';
import type { Tier } from '../tiering.js';
import type { ContactChannel, ContactRole, CustomerStatus, Owner } from './events.js';
import { portfolio } from './portfolio.decider.js';
import { segmentedOf } from './segment.rules.js';

/** What other contexts may know of a customer when they decide. */
export interface CustomerFacts {
  readonly customerId: string;
  readonly status: CustomerStatus;
  /** The customer that stands for it since they were merged. */
  readonly survivorId: string | null;
  readonly registeredAt: string;
  readonly tier: Tier;
  readonly sector: string | null;
  readonly region: string | null;
  readonly ownerId: string | null;
  readonly contacts: readonly {
    readonly contactId: string;
    readonly role: ContactRole;
    readonly isPrimary: boolean;
    readonly status: 'active' | 'disabled';
    readonly channels: readonly ContactChannel[];
  }[];
}

export async function customerFacts(streams: StateReader, customerId: string): Promise<CustomerFacts | undefined> {
  const { state } = await streams.load(customer, customerId);
  if (state.status === 'unknown') return undefined;
  const { status, merged, registeredAt, standing, details, owner, contacts, primaryContactId } = state;
  return {
    customerId,
    status,
    survivorId: merged?.survivorId ?? null,
    registeredAt,
    tier: standing.tier,
    sector: details.sector,
    region: details.region,
    ownerId: owner?.employeeId ?? null,
    contacts: Array.from(contacts.values(), (contact) => ({
      contactId: contact.contactId,
      role: contact.details.role,
      isPrimary: contact.contactId === primaryContactId,
      status: contact.active ? 'active' : 'disabled',
      channels: contact.details.channels,
    })),
  };
}

/** What conditions of segments look at of a customer; undefined for one that is not there, or is put away or merged. */
export async function segmentedFacts(streams: StateReader, customerId: string): Promise<Segmented | undefined> {
  const { state } = await streams.load(customer, customerId);
  const isThere = state.status !== 'unknown' && state.status !== 'archived' && state.status !== 'merged';
  return isThere ? segmentedOf(state) : undefined;
}

/**
 * Where what is about a customer goes by a merge: to the survivor, or to where that was merged meanwhile.
 * @returns undefined when the merge was taken back, and for one that is to be
 */
export async function mergePath(streams: StateReader, { mergeId, loserId, back }: MergeToFollow): Promise<MergePath> {
  if (back) return undefined;
  const steps: Followed[] = [];
  for (let customerId = loserId; ;) {
    const { state } = await streams.load(customer, customerId);
    const merged = state.status === 'unknown' ? null : state.merged;
    if (steps.length === 0 && merged?.mergeId !== mergeId) return undefined;
    if (!merged) return { steps, to: customerId };
    steps.push({ mergeId: merged.mergeId, from: customerId });
    customerId = merged.survivorId;
  }
}

/** How many customers an employee holds. */
export async function heldFacts(streams: StateReader, employeeId: string): Promise<number> {
  return (await streams.load(portfolio, employeeId)).state.size;
}

/** An employee as the owner of a customer. @throws Missing `employee-unknown` · Refusal `owner-inactive` */
export async function ownerFacts(streams: StateReader, employeeId: string): Promise<Owner> {
  const facts = await employeeFacts(streams, employeeId);
  if (!facts) throw new Missing('employee', employeeId);
  const { name, orgUnitId, managerId, status } = facts;
  if (status !== 'active' && status !== 'absent') {
    throw new Refusal('owner-inactive', `${name} is ${status} and cannot be made responsible.`, { field: 'ownerId' });
  }
  return { employeeId, name, orgUnitId, managerId };
}
