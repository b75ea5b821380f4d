import { Module } from '@nestjs/common';
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
  SetPrimaryContact,
  WithdrawConsent,
} from './commands.js';
import * as contacts from './contact.decider.js';
import { ContactsController } from './contacts.controller.js';
import * as rules from './customer-rules.decider.js';
import { customer } from './customer.decider.js';
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

/** The wanted parent and everything above it. */
async function ancestry({ command, streams }: Question<LinkParent, unknown>): Promise<rules.ParentFacts> {
  const chain: { customerId: string; status: 'unknown' | string }[] = [];
  for (let customerId = command.parentCustomerId; customerId !== null && chain.length < 1_000;) {
    const { state } = await streams.load(customer, customerId);
    chain.push({ customerId, status: state.status });
    customerId = state.status === 'unknown' ? null : state.parentCustomerId;
  }
  return { chain } as rules.ParentFacts;
}

const newOwner = async ({ command, streams }: Question<AssignOwner, unknown>) => ({
  owner: await ownerFacts(streams, command.ownerId),
});

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
    handle(LinkParent, customer, 'customerId', rules.linkParent, ancestry),
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
