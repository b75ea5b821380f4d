import { Module } from '@nestjs/common';
import type { StateReader } from '../event-store/decider.js';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import {
  AddContact,
  AddTag,
  AssignOwner,
  BounceChannel,
  ChangeContact,
  ChangeDetails,
  CorrectDetails,
  CorrectInteraction,
  DisableContact,
  LinkParent,
  LogInteraction,
  MarkDormant,
  MarkLost,
  OverrideTier,
  Reactivate,
  RecordConsent,
  RecordPurchase,
  ReleasePortfolioPlace,
  RemoveTag,
  ReviewParent,
  SetPrimaryContact,
  WithdrawConsent,
} from './commands.js';
import * as contacts from './contact.decider.js';
import { ContactsController } from './contacts.controller.js';
import * as rules from './customer-rules.decider.js';
import { customer, present } from './customer.decider.js';
import type { Customer } from './customer.decider.js';
import { CustomersController } from './customers.controller.js';
import { customerFacts, ownerFacts } from './facts.js';
import { ArchiveCustomerHandler, RegisterCustomerHandler, ReviewArchiveHandler } from './handlers.js';
import { correctInteraction, logInteraction, recordPurchase } from './interaction.decider.js';
import { InteractionsController } from './interactions.controller.js';
import { portfolio, releaseFormerPlace } from './portfolio.decider.js';
import { GetCustomerHandler, GetTimelineHandler, ListContactsHandler, ListCustomersHandler } from './queries.js';

/** An archive is filled in any order, so what is imported may be older than the registration. */
const history = ({ envelope }: Question<unknown, unknown>) =>
  Promise.resolve({ imported: envelope.importId !== undefined });

/** This customer and everything above it, as far as it comes back to where it has been. */
async function above(streams: StateReader, parentCustomerId: string | null): Promise<rules.ParentFacts> {
  const chain = new Map<string, rules.ParentFacts['chain'][number]>();
  for (let customerId = parentCustomerId; customerId !== null && !chain.has(customerId);) {
    const { state } = await streams.load(customer, customerId);
    chain.set(customerId, { customerId, status: state.status });
    customerId = state.status === 'unknown' ? null : state.parentCustomerId;
  }
  return { chain: [...chain.values()] };
}

const wantedParents = ({ command, streams }: Question<LinkParent, unknown>) => above(streams, command.parentCustomerId);

const parents = ({ state, streams }: Question<ReviewParent, Customer>) =>
  above(streams, state.status === 'unknown' ? null : state.parentCustomerId);

/** Whether there is the customer is said before anything of the employee. */
const newOwner = async ({ command, state, streams }: Question<AssignOwner, Customer>) => {
  present(state, command.customerId);
  return { owner: await ownerFacts(streams, command.ownerId) };
};

/** Who answers for the customer now. */
const ownership = async ({ command, streams }: Question<ReleasePortfolioPlace, unknown>) => ({
  ownerId: (await customerFacts(streams, command.customerId))?.ownerId ?? null,
});

@Module({
  controllers: [CustomersController, ContactsController, InteractionsController],
  providers: [
    RegisterCustomerHandler,
    ArchiveCustomerHandler,
    ReviewArchiveHandler,
    handle(ChangeDetails, customer, 'customerId', rules.changeDetails),
    handle(CorrectDetails, customer, 'customerId', rules.correctDetails),
    handle(AssignOwner, customer, 'customerId', rules.assignOwner, newOwner),
    handle(AddTag, customer, 'customerId', rules.addTag),
    handle(RemoveTag, customer, 'customerId', rules.removeTag),
    handle(LinkParent, customer, 'customerId', rules.linkParent, wantedParents),
    handle(ReviewParent, customer, 'customerId', rules.reviewParent, parents),
    handle(OverrideTier, customer, 'customerId', rules.overrideTier),
    handle(MarkDormant, customer, 'customerId', rules.markDormant),
    handle(Reactivate, customer, 'customerId', rules.reactivate),
    handle(MarkLost, customer, 'customerId', rules.markLost),
    handle(AddContact, customer, 'customerId', contacts.addContact),
    handle(ChangeContact, customer, 'customerId', contacts.changeContact),
    handle(SetPrimaryContact, customer, 'customerId', contacts.setPrimaryContact),
    handle(RecordConsent, customer, 'customerId', contacts.recordConsent),
    handle(WithdrawConsent, customer, 'customerId', contacts.withdrawConsent),
    handle(BounceChannel, customer, 'customerId', contacts.bounceChannel),
    handle(DisableContact, customer, 'customerId', contacts.disableContact),
    handle(LogInteraction, customer, 'customerId', logInteraction, history),
    handle(CorrectInteraction, customer, 'customerId', correctInteraction),
    handle(RecordPurchase, customer, 'customerId', recordPurchase, history),
    handle(ReleasePortfolioPlace, portfolio, 'employeeId', releaseFormerPlace, ownership),
    GetCustomerHandler,
    ListCustomersHandler,
    ListContactsHandler,
    GetTimelineHandler,
  ],
})
export class CustomersModule {}
