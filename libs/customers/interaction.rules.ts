import { Missing, Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { CLOCK_SKEW, addMilliseconds } from '../time.js';
import type { CorrectInteraction, LogInteraction, RecordPurchase } from './commands.js';
import { differences, present } from './customer.decider.js';
import type { Customer, KnownCustomer } from './customer.decider.js';
import type { CustomerEvents } from './events.js';

type Event = EventOf<CustomerEvents>;

export interface HistoryFacts {
  /** An imported row may be older than the registration: the archive is filled in any order. */
  readonly imported: boolean;
}

/** Logging an interaction of the same id again changes nothing. */
export function logInteraction(
  state: Customer,
  { customerId, interaction }: LogInteraction,
  now: string,
  facts: HistoryFacts,
): Event[] {
  const customer = present(state, customerId);
  const { interactionId, occurredAt, ...details } = interaction;
  if (customer.interactions.has(interactionId)) return [];
  checkTime(customer, occurredAt, now, facts);
  const unknown = details.contactIds.filter((contactId) => !customer.contacts.has(contactId));
  if (unknown.length > 0) {
    throw new Refusal('contact-customer-mismatch', 'Only contacts of this customer can take part.', {
      field: 'contactIds',
      unknown,
    });
  }
  return [
    {
      type: 'InteractionLogged',
      data: { customerId, interactionId, ownerId: customer.owner?.employeeId ?? null, ...details },
      ...(occurredAt !== undefined && { occurredAt }),
    },
  ];
}

export function correctInteraction(
  state: Customer,
  { customerId, interactionId, ...wanted }: CorrectInteraction,
): Event[] {
  const logged = present(state, customerId).interactions.get(interactionId);
  if (!logged) throw new Missing('interaction', interactionId);
  const changes = differences(logged, wanted);
  return changes.length === 0 ? [] : [{ type: 'InteractionCorrected', data: { customerId, interactionId, changes } }];
}

/**
 * A purchase has an amount above zero; an archive knows those for nothing too. It brings back a customer that was dormant or
 * lost. The same purchase again changes nothing.
 */
export function recordPurchase(
  state: Customer,
  { customerId, purchase }: RecordPurchase,
  now: string,
  facts: HistoryFacts,
): Event[] {
  const customer = present(state, customerId);
  const { purchaseId, amount, occurredAt } = purchase;
  if (customer.purchases.has(purchaseId)) return [];
  if (amount.amount < 0 || (amount.amount === 0 && !facts.imported))
    throw new Refusal('amount-not-positive', 'A purchase has an amount above zero.', { field: 'amount' });
  checkTime(customer, occurredAt, now, facts);
  const { product = null, reference = null, opportunityId = null, quantity } = purchase;
  const ownerId = customer.owner?.employeeId ?? null;
  const recorded: Event = {
    type: 'PurchaseRecorded',
    data: {
      customerId,
      purchaseId,
      amount,
      product,
      reference,
      opportunityId,
      ownerId,
      ...(typeof quantity === 'number' && { quantity }),
    },
    ...(occurredAt !== undefined && { occurredAt }),
  };
  if (customer.status !== 'dormant' && customer.status !== 'lost') return [recorded];
  return [recorded, { type: 'CustomerReactivated', data: { customerId, status: 'active', reason: 'bought again' } }];
}

function checkTime(
  { registeredAt }: KnownCustomer,
  occurredAt: string | undefined,
  now: string,
  { imported }: HistoryFacts,
) {
  if (occurredAt === undefined) return;
  if (occurredAt > addMilliseconds(now, CLOCK_SKEW)) {
    throw new Refusal('in-the-future', 'It cannot have happened yet.', { field: 'occurredAt' });
  }
  if (occurredAt < registeredAt && !imported) {
    throw new Refusal('before-registration', 'It is older than the registration of the customer.', {
      field: 'occurredAt',
      registeredAt,
    });
  }
}
