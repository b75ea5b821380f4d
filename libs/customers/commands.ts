import { Command } from '@nestjs/cqrs';
import type { Decided } from '../event-store/streams.js';
import type { Money } from '../money.js';
import type {
  AssignmentBasis,
  ConsentPurpose,
  ContactChannelKind,
  ContactDetails,
  CustomerDetails,
  CustomerKind,
  CustomerLossReason,
  InteractionDetails,
  Tier,
} from './events.js';

export interface Registration {
  readonly kind: CustomerKind;
  readonly details: Partial<CustomerDetails> & Pick<CustomerDetails, 'name'>;
  readonly tier?: Tier | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly parentCustomerId?: string | null | undefined;
  /** Who answers for it from the start. */
  readonly ownerId?: string | null | undefined;
  readonly basis?: AssignmentBasis | undefined;
  /** Customers of the same name and region that are not this one. */
  readonly acceptDuplicates?: readonly string[] | undefined;
}

/** Register a person or a company as customer. */
export class RegisterCustomer extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly registration: Registration,
  ) {
    super();
  }
}

/** Write down what changed at the customer; fields that are left out stay as they are. */
export class ChangeDetails extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly details: Partial<CustomerDetails>,
  ) {
    super();
  }
}

/** Correct what was wrong from the start; fields that are left out stay as they are. */
export class CorrectDetails extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly details: Partial<CustomerDetails>,
  ) {
    super();
  }
}

/** Put a tag on a customer. */
export class AddTag extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly tag: string,
  ) {
    super();
  }
}

/** Take a tag off a customer. */
export class RemoveTag extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly tag: string,
  ) {
    super();
  }
}

/** Say which customer this one belongs to; null for none. */
export class LinkParent extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly parentCustomerId: string | null,
  ) {
    super();
  }
}

/** Make an employee answer for the customer. */
export class AssignOwner extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly ownerId: string,
    readonly basis: AssignmentBasis,
  ) {
    super();
  }
}

/** Move a customer to another tier by hand. */
export class OverrideTier extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly tier: Tier,
    readonly reason: string,
  ) {
    super();
  }
}

/** Say that nothing was heard of a customer for long. */
export class MarkDormant extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly reason: string,
  ) {
    super();
  }
}

/** Say that a dormant or lost customer is back. */
export class Reactivate extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly reason: string,
  ) {
    super();
  }
}

/** Say that a customer left us. */
export class MarkLost extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly reason: CustomerLossReason,
    readonly note: string | null,
  ) {
    super();
  }
}

/** Put away a customer that was registered by mistake. */
export class ArchiveCustomer extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly reason: string,
  ) {
    super();
  }
}

/** Unlink a customer from its parent if it belongs to itself by way of others. */
export class ReviewParent extends Command<Decided> {
  constructor(readonly customerId: string) {
    super();
  }
}

/** Take the archiving of a customer back if something came to refer to it while that was decided. */
export class ReviewArchive extends Command<Decided> {
  constructor(readonly customerId: string) {
    super();
  }
}

/** Add a person at the customer. */
export class AddContact extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly contactId: string,
    readonly details: ContactDetails,
  ) {
    super();
  }
}

/** Change what is known of a contact; fields that are left out stay as they are. */
export class ChangeContact extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly contactId: string,
    readonly details: Partial<ContactDetails>,
  ) {
    super();
  }
}

/** Make a contact the first one to talk to. */
export class SetPrimaryContact extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly contactId: string,
  ) {
    super();
  }
}

/** Write down that a contact agreed to be addressed. */
export class RecordConsent extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly contactId: string,
    readonly channel: ContactChannelKind,
    readonly purpose: ConsentPurpose,
    readonly proof: string,
    readonly givenAt?: string,
  ) {
    super();
  }
}

/** Write down that a contact no longer agrees. */
export class WithdrawConsent extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly contactId: string,
    readonly channel: ContactChannelKind,
    readonly purpose: ConsentPurpose,
  ) {
    super();
  }
}

/** Write down that messages to an address come back. */
export class BounceChannel extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly contactId: string,
    readonly channel: ContactChannelKind,
    readonly value: string,
  ) {
    super();
  }
}

/** Stop addressing a contact; the last primary one names the next. */
export class DisableContact extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly contactId: string,
    readonly reason: string,
    readonly nextPrimaryId: string | null,
  ) {
    super();
  }
}

export interface LoggedInteraction extends InteractionDetails {
  readonly interactionId: string;
  /** When it took place, when that is not now. */
  readonly occurredAt?: string | undefined;
}

/** Log a call, a visit, a message, a meeting. */
export class LogInteraction extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly interaction: LoggedInteraction,
  ) {
    super();
  }
}

/** Correct what was written down about an interaction. */
export class CorrectInteraction extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly interactionId: string,
    readonly changes: Partial<InteractionDetails>,
  ) {
    super();
  }
}

export interface Purchase {
  readonly purchaseId: string;
  readonly amount: Money;
  readonly product?: string | null | undefined;
  readonly reference?: string | null | undefined;
  readonly opportunityId?: string | null | undefined;
  /** When it was bought, when that is not now. */
  readonly occurredAt?: string | undefined;
  readonly quantity?: number | null | undefined;
}

/** Record what a customer bought. */
export class RecordPurchase extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly purchase: Purchase,
  ) {
    super();
  }
}

/** Free the place a customer had in an employee's portfolio. */
export class ReleasePortfolioPlace extends Command<Decided> {
  constructor(
    readonly employeeId: string,
    readonly customerId: string,
  ) {
    super();
  }
}
