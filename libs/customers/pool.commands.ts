import { command } from '../commands/command.js';
import { flag, id, oneOf, orNull, text, time } from '../commands/fields.js';

const customer = { about: 'customerId' } as const;

export class ClaimCustomer extends command({
  ...customer,
  says: 'Takes the customer out of its pool, for a member of it.',
  post: 'customers/:customerId/claim',
  requires: 'customers.claim',
  fields: { employeeId: id('employee').describe('Who claims, and answers for the customer from now on.') },
}) {}

export class ReleaseCustomer extends command({
  ...customer,
  says: 'Puts the customer into a pool; nobody answers for it then.',
  post: 'customers/:customerId/release',
  requires: 'customers.release',
  fields: {
    poolId: orNull(id('pool')).describe(
      'Without one, the first pool of which the owner is a member, or the common one.',
    ),
    by: oneOf(['owner', 'supervisor']).default('owner'),
    reason: text(1_000),
    fromOwnerId: id('employee').optional().describe('Who has it: refused where another one has it by now.'),
  },
}) {}

/** Sent by a transfer that was agreed to. */
export class TransferCustomer extends command({
  ...customer,
  says: 'Gives the customer to the one that a transfer names.',
  fields: { transferId: id('transfer'), fromOwnerId: id('employee'), toOwnerId: id('employee') },
}) {}

/** Sent when a pool is given up. */
export class MovePooledCustomer extends command({
  ...customer,
  says: 'Puts the customer from a pool that is not used any more into another one.',
  fields: { from: id('pool'), to: id('pool') },
}) {}

export class LockCustomer extends command({
  ...customer,
  says: 'Keeps the customer out of pools.',
  post: 'customers/:customerId/lock',
  requires: 'customers.lock',
  fields: {
    until: time().nullish().describe('Without one, until it is unlocked or somebody else answers for the customer.'),
    reason: orNull(text(1_000)),
  },
}) {}

export class UnlockCustomer extends command({
  ...customer,
  says: 'Lets the customer go to pools again.',
  post: 'customers/:customerId/unlock',
  requires: 'customers.lock',
  fields: {},
}) {}

/** Sent by the clock. */
export class EndCustomerLock extends command({
  ...customer,
  says: 'Ends a lock whose time has come.',
  fields: { until: time() },
}) {}

export class ProtectCustomer extends command({
  ...customer,
  says: 'Keeps the customer with its owner until a time, as far as the rules of the pool allow.',
  post: 'customers/:customerId/protect',
  requires: 'customers.protect',
  fields: { until: time(), reason: text(1_000) },
}) {}

export class EndCustomerProtection extends command({
  ...customer,
  says: 'Ends the protection of the customer.',
  post: 'customers/:customerId/unprotect',
  requires: 'customers.protect',
  fields: {},
}) {}

/** Sent by the clock. */
export class RecordProtectionEnd extends command({
  ...customer,
  says: 'Ends a protection whose time has come.',
  fields: { until: time() },
}) {}

export class PostponeRecycling extends command({
  ...customer,
  says: 'Has no rule recycle the customer before a time.',
  post: 'customers/:customerId/recycling/postpone',
  requires: 'customers.recycling.postpone',
  fields: { until: time(), reason: text(1_000) },
}) {}

/** Sent by the clock when a warning or the recycling is due, and by processes when something changed that rules look at. */
export class ReviewCustomerRecycling extends command({
  ...customer,
  says: 'Looks whether a rule of a pool recycles the customer, warns its owner, or puts it back into the pool.',
  fields: { isDue: flag().describe('Whether a time has come: nobody is warned and nothing recycled otherwise.') },
}) {}
