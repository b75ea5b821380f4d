import { Module } from '@nestjs/common';
import { decidedFacts } from '../assignment/facts.js';
import type { StateReader } from '../event-store/decider.js';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import * as commands from './commands.js';
import * as contactCommands from './contact.commands.js';
import * as contacts from './contact.rules.js';
import * as rules from './customer.rules.js';
import { customer, present } from './customer.decider.js';
import type { Customer } from './customer.decider.js';
import { customerFacts, ownerFacts } from './facts.js';
import { correctInteraction, logInteraction, recordPurchase } from './interaction.rules.js';
import { portfolio, releaseFormerPlace } from './portfolio.decider.js';
import { GetCustomerHandler, GetTimelineHandler, ListContactsHandler, ListCustomersHandler } from './queries.js';
import { CustomerReferences, sameName } from './references.js';
import { tierPolicyFacts } from '../tiers/facts.js';
import { evaluateTier, followTier, overrideTier } from './tier.rules.js';

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

const wantedParents = ({ command, streams }: Question<commands.LinkCustomerParent, unknown>) =>
  above(streams, command.parentCustomerId);

const parents = ({ state, streams }: Question<commands.ReviewCustomerParent, Customer>) =>
  above(streams, state.status === 'unknown' ? null : state.parentCustomerId);

/** An unknown customer is refused before an unknown employee. */
const newOwner = async ({ command, state, streams }: Question<commands.AssignCustomerOwner, Customer>) => {
  present(state, command.customerId);
  return { owner: await ownerFacts(streams, command.ownerId) };
};

const decidedOwner = async ({ command, state, streams }: Question<commands.AssignCustomerAsDecided, Customer>) => {
  present(state, command.customerId);
  const decided = await decidedFacts(streams, 'customers', command.customerId, command.assignmentId);
  return { decided, owner: decided ? await ownerFacts(streams, decided.chosen) : null };
};

/** Namesakes are a question to a person: imports and automation have none to ask. */
const registering = async (
  { command, state, streams, envelope }: Question<commands.RegisterCustomer, Customer>,
  references: CustomerReferences,
) => {
  const { customerId, registration } = command;
  const { ownerId, parentCustomerId } = registration;
  const isNew = state.status === 'unknown';
  const isAsked = isNew && (envelope.source === 'api' || envelope.source === 'ui');
  return {
    duplicates: isAsked ? await references.namesakes(customerId, registration) : [],
    owner: isNew && ownerId ? await ownerFacts(streams, ownerId) : null,
    imported: envelope.importId !== undefined,
    ...(parentCustomerId && { parent: (await streams.load(customer, parentCustomerId)).state }),
  };
};

/** Of two that register the same name at once, the second is told of the first. */
const namesakes = ({ registration }: commands.RegisterCustomer) => [
  `namesakes ${JSON.stringify(sameName(registration))}`,
];

/** What refers to the customer. */
const referring = ({ command }: Question<{ readonly customerId: string }, unknown>, references: CustomerReferences) =>
  references.to(command.customerId);

/** Who answers for the customer now. */
const ownership = async ({ command, streams }: Question<commands.ReleasePortfolioPlace, unknown>) => ({
  ownerId: (await customerFacts(streams, command.customerId))?.ownerId ?? null,
});

/** How customers come to their tiers now. */
const tiering = async ({ streams }: Question<unknown, unknown>) => ({ policy: await tierPolicyFacts(streams) });

@Module({
  providers: [
    CustomerReferences,
    handle(commands.RegisterCustomer, customer, rules.registerCustomer, {
      facts: registering,
      from: CustomerReferences,
      alone: namesakes,
    }),
    handle(commands.ArchiveCustomer, customer, rules.archiveCustomer, { facts: referring, from: CustomerReferences }),
    handle(commands.ReviewCustomerArchive, customer, rules.reviewArchive, {
      facts: referring,
      from: CustomerReferences,
    }),
    handle(commands.ChangeCustomerDetails, customer, rules.changeDetails),
    handle(commands.CorrectCustomerDetails, customer, rules.correctDetails),
    handle(commands.AssignCustomerOwner, customer, rules.assignOwner, newOwner),
    handle(commands.AssignCustomerAsDecided, customer, rules.assignOwnerAsDecided, decidedOwner),
    handle(commands.TagCustomer, customer, rules.addTag),
    handle(commands.UntagCustomer, customer, rules.removeTag),
    handle(commands.LinkCustomerParent, customer, rules.linkParent, wantedParents),
    handle(commands.ReviewCustomerParent, customer, rules.reviewParent, parents),
    handle(commands.OverrideCustomerTier, customer, overrideTier),
    handle(commands.EvaluateCustomerTier, customer, evaluateTier, tiering),
    handle(commands.FollowCustomerTier, customer, followTier, tiering),
    handle(commands.MarkCustomerDormant, customer, rules.markDormant),
    handle(commands.ReactivateCustomer, customer, rules.reactivate),
    handle(commands.MarkCustomerLost, customer, rules.markLost),
    handle(contactCommands.AddContact, customer, contacts.addContact),
    handle(contactCommands.ChangeContact, customer, contacts.changeContact),
    handle(contactCommands.SetPrimaryContact, customer, contacts.setPrimaryContact),
    handle(contactCommands.RecordConsent, customer, contacts.recordConsent),
    handle(contactCommands.WithdrawConsent, customer, contacts.withdrawConsent),
    handle(contactCommands.BounceContactChannel, customer, contacts.bounceChannel),
    handle(contactCommands.DisableContact, customer, contacts.disableContact),
    handle(commands.LogInteraction, customer, logInteraction, history),
    handle(commands.CorrectInteraction, customer, correctInteraction),
    handle(commands.RecordPurchase, customer, recordPurchase, history),
    handle(commands.ReleasePortfolioPlace, portfolio, releaseFormerPlace, ownership),
    GetCustomerHandler,
    ListCustomersHandler,
    ListContactsHandler,
    GetTimelineHandler,
  ],
})
export class CustomersModule {}
