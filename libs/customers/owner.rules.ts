import type { DecidedFacts } from '../assignment/events.js';
import { Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { checkOwner } from '../owner-changed.js';
import type { AssignCustomerAsDecided, AssignCustomerOwner } from './commands.js';
import { present } from './customer.decider.js';
import type { Customer, KnownCustomer } from './customer.decider.js';
import type { CustomerEvents, Owner } from './events.js';
import type { TransferCustomer } from './pool.commands.js';
import { cooldown } from '../pooling.js';
import { checkNotInTransfer } from './pool.rules.js';

type Event = EventOf<CustomerEvents>;

/** Facts of a new owner. */
export interface NewOwnerFacts {
  readonly owner: Owner;
  /** Days for which former owners may not claim from the pool out of which the customer was claimed; null without such. */
  readonly cooldownDays: number | null;
  /** The open transfer that holds the customer; null where none does. */
  readonly openTransferId: string | null;
}

export function assignOwner(
  state: Customer,
  { customerId, basis, reason, fromOwnerId }: AssignCustomerOwner,
  now: string,
  facts: NewOwnerFacts,
): Event[] {
  const { owner: to, openTransferId } = facts;
  const customer = present(state, customerId);
  const { owner: from } = customer;
  if (from?.employeeId === to.employeeId) return [];
  checkOwner(fromOwnerId, from?.employeeId ?? null);
  checkNotInTransfer(openTransferId);
  if (basis === 'claim') {
    throw new Refusal('claim-by-pool', 'A customer is claimed out of its pool, by the rules of that.', {
      field: 'basis',
    });
  }
  if (basis === 'transfer') checkCooldown(customer, now, facts);
  const why = reason === undefined ? {} : { reason };
  return [{ type: 'CustomerOwnerAssigned', data: { customerId, from, to, basis, ...why } }];
}

/** @param decided undefined when the customer does not wait for the assignment */
export function assignOwnerAsDecided(
  state: Customer,
  { customerId }: AssignCustomerAsDecided,
  _now: string,
  { decided, owner }: { readonly decided: DecidedFacts | undefined; readonly owner: Owner | null },
): Event[] {
  const from = present(state, customerId).owner;
  if (!decided || !owner || decided.from !== (from?.employeeId ?? null)) {
    throw new Refusal(
      'assignment-overtaken',
      'The customer came to its owner in another way meanwhile.',
      { customerId },
      409,
    );
  }
  const { assignment } = decided;
  return [{ type: 'CustomerOwnerAssigned', data: { customerId, from, to: owner, basis: 'rule', assignment } }];
}

/** @throws Refusal `cooldown-circumvention` */
function checkCooldown(customer: KnownCustomer, now: string, { owner, cooldownDays }: NewOwnerFacts): void {
  const until = cooldown(customer, owner.employeeId, cooldownDays, 'all');
  if (until === null || now >= until) return;
  throw new Refusal(
    'cooldown-circumvention',
    `A colleague has claimed the customer: who had it before can have it back from ${until} on, or by a supervisor.`,
    { until },
  );
}

/** The customer itself, as its transfer was agreed to: by the owner of that time. */
export function transferCustomer(
  state: Customer,
  { customerId, transferId, fromOwnerId }: TransferCustomer,
  now: string,
  facts: NewOwnerFacts,
): Event[] {
  const { owner: to, openTransferId } = facts;
  const customer = present(state, customerId);
  const { owner: from } = customer;
  if (openTransferId !== transferId) {
    throw new Refusal('transfer-not-open', 'The transfer is over, or about something else.', { transferId });
  }
  checkOwner(fromOwnerId, from?.employeeId ?? null);
  checkCooldown(customer, now, facts);
  return [{ type: 'CustomerOwnerAssigned', data: { customerId, from, to, basis: 'transfer', transferId } }];
}
