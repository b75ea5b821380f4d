import { Module } from '@nestjs/common';
import { decidedFacts } from '../assignment/facts.js';
import type { StateReader } from '../event-store/decider.js';
import { Missing } from '../errors.js';
import { handle } from '../event-store/handle.js';
import { NO_RULES } from '../pooling.js';
import type { Pool } from '../pooling.js';
import type { Question } from '../event-store/handle.js';
import { calendarFacts } from '../calendars/facts.js';
import { commonPools } from '../pools/events.js';
import { claimFacts, poolFacts, poolsFacts, poolsOf } from '../pools/facts.js';
import type { Calendar } from '../working-time.js';
import { ClaimCustomersHandler } from './claims.js';
import * as commands from './commands.js';
import * as contactCommands from './contact.commands.js';
import * as contacts from './contact.rules.js';
import * as rules from './customer.rules.js';
import { assignOwner, assignOwnerAsDecided, transferCustomer } from './owner.rules.js';
import type { NewOwnerFacts } from './owner.rules.js';
import { openTransferOf } from '../transfers/facts.js';
import { customer, present } from './customer.decider.js';
import type { Customer } from './customer.decider.js';
import { GetDuplicatesHandler } from './duplicates.js';
import { customerFacts, ownerFacts } from './facts.js';
import { correctInteraction, logInteraction, recordPurchase } from './interaction.rules.js';
import { absorbCustomer, separateCustomer } from './absorb.rules.js';
import * as mergeCommands from './merge.commands.js';
import * as merges from './merge.rules.js';
import * as merging from './merging.js';
import { followSegments } from './segment.rules.js';
import { segmentsInForce } from '../segments/facts.js';
import * as poolCommands from './pool.commands.js';
import * as pooling from './pool.rules.js';
import { portfolio, releaseFormerPlace } from './portfolio.decider.js';
import { GetCustomerHandler, GetTimelineHandler, ListContactsHandler, ListCustomersHandler } from './queries.js';
import { RecyclingWhatIf, TryPoolRuleHandler } from './recycling-what-if.js';
import { GetCustomerGroupHandler } from './group.js';
import { GetCustomerPortraitHandler } from './portrait.js';
import { reviewRecycling } from './recycling.rules.js';
import type { RecyclingFacts } from './recycling.rules.js';
import { checkKeyFields } from '../data-quality/facts.js';
import { CustomerReferences, sameName } from './references.js';
import { tierPolicyFacts } from '../tiers/facts.js';
import { TierWhatIf, TryTierPolicyHandler } from './tier-what-if.js';
import { evaluateTier, followTier, overrideTier } from './tier.rules.js';

/** An archive is filled in any order, so what is imported may be older than the registration. */
const history = ({ envelope }: Question<unknown, unknown>) =>
  Promise.resolve({ imported: envelope.importId !== undefined });

/** This customer and everything above it, as far as it comes back to where it has been. */
async function above(streams: StateReader, parentCustomerId: string | null): Promise<rules.ParentFacts> {
  const chain = new Map<string, rules.ParentFacts['chain'][number]>();
  for (let customerId = parentCustomerId; customerId !== null && !chain.has(customerId);) {
    const { state } = await streams.load(customer, customerId);
    const merged = state.status === 'unknown' ? null : state.merged;
    chain.set(customerId, { customerId, status: state.status, merged });
    customerId = state.status === 'unknown' ? null : state.parentCustomerId;
  }
  return { chain: [...chain.values()] };
}

const wantedParents = ({ command, streams }: Question<commands.LinkCustomerParent, unknown>) =>
  above(streams, command.parentCustomerId);

const parents = ({ state, streams }: Question<commands.ReviewCustomerParent, Customer>) =>
  above(streams, state.status === 'unknown' ? null : state.parentCustomerId);

/** An unknown customer is refused before an unknown employee. */
const newOwner = (asked: Question<commands.AssignCustomerOwner, Customer>) =>
  newOwnerFacts(asked, asked.command.customerId, asked.command.ownerId);

const receiver = (asked: Question<poolCommands.TransferCustomer, Customer>) =>
  newOwnerFacts(asked, asked.command.customerId, asked.command.toOwnerId);

async function newOwnerFacts(
  { state, streams }: Question<unknown, Customer>,
  customerId: string,
  ownerId: string,
): Promise<NewOwnerFacts> {
  const { claim } = present(state, customerId);
  const owner = await ownerFacts(streams, ownerId);
  const cooldownDays = claim && (await poolFacts(streams, claim.poolId))?.rules.claim.cooldownDays;
  return { owner, cooldownDays: cooldownDays ?? null, openTransferId: await openTransferOf(streams, customerId) };
}

const decidedOwner = async ({ command, state, streams }: Question<commands.AssignCustomerAsDecided, Customer>) => {
  present(state, command.customerId);
  const decided = await decidedFacts(streams, 'customers', command.customerId, command.assignmentId);
  return { decided, owner: decided ? await ownerFacts(streams, decided.chosen) : null };
};

/** Namesakes, and fields that are missing, are questions to a person: imports and automation have none to ask. */
const registering = async (
  { command, state, streams, envelope }: Question<commands.RegisterCustomer, Customer>,
  references: CustomerReferences,
) => {
  const { customerId, registration } = command;
  const { kind, tier = 'ordinary', ownerId, parentCustomerId } = registration;
  const isNew = state.status === 'unknown';
  const isAsked = isNew && (envelope.source === 'api' || envelope.source === 'ui');
  if (isAsked) await checkKeyFields(streams, { kind, tier, details: registration });
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

/** Nothing is read where the customer lies in no pool. */
const claiming = async ({
  command: { customerId, employeeId },
  state,
  streams,
  now,
}: Question<poolCommands.ClaimCustomer, Customer>): Promise<{ entry: pooling.CustomerClaim | null }> => {
  const { poolId } = present(state, customerId);
  const owner = await ownerFacts(streams, employeeId);
  if (poolId === null) return { entry: null };
  const [facts, held] = await Promise.all([
    claimFacts(streams, poolId, employeeId, now),
    streams.load(portfolio, employeeId),
  ]);
  return { entry: { owner, ...facts, held: held.state.size } };
};

/** The named pool; else the first one of the owner's. */
const releasing = async ({ command, state, streams }: Question<poolCommands.ReleaseCustomer, Customer>) => {
  const { owner } = present(state, command.customerId);
  const [first] = owner ? await poolsOf(streams, 'customer', owner.employeeId) : [];
  const poolId = command.poolId ?? first?.poolId ?? commonPools.customer;
  const pool = await poolFacts(streams, poolId);
  if (!pool) throw new Missing('pool', poolId);
  return { pool, openTransferId: await openTransferOf(streams, command.customerId) };
};

const protecting = async ({ command, state, streams }: Question<poolCommands.ProtectCustomer, Customer>) => {
  const { owner } = present(state, command.customerId);
  const pools = owner ? await poolsOf(streams, 'customer', owner.employeeId) : [];
  return (pools.find(({ rules }) => rules.version > 0) ?? pools[0])?.rules.holding ?? NO_RULES.holding;
};

/** Read models are asked only when a time has come: whatever is asked for beside an import must not wait for them. */
const recycling = async (
  { command, state, streams }: Question<poolCommands.ReviewCustomerRecycling, Customer>,
  references: CustomerReferences,
): Promise<RecyclingFacts> => {
  const owner = state.status === 'unknown' ? null : state.owner;
  const recycles = (await poolsFacts(streams, 'customer')).some(({ rules }) => rules.recycling.length > 0);
  if (!owner || !recycles) return { pools: [], calendars: new Map(), isInTransfer: false, business: null };
  const all = await poolsOf(streams, 'customer', owner.employeeId);
  const pools = all.filter(({ rules }) => rules.recycling.length > 0);
  const calendars = await calendarsOf(streams, pools);
  const isNeeded = command.isDue && pools.length > 0;
  const isInTransfer = (await openTransferOf(streams, command.customerId)) !== null;
  return { pools, calendars, isInTransfer, business: isNeeded ? await references.business(command.customerId) : null };
};

async function calendarsOf(streams: StateReader, pools: readonly Pool[]): Promise<ReadonlyMap<string, Calendar>> {
  const named = pools.flatMap(({ rules }) => rules.recycling.flatMap(({ calendarId }) => calendarId ?? []));
  const found = await Promise.all(
    [...new Set(named)].map(async (id) => [id, await calendarFacts(streams, id)] as const),
  );
  return new Map(found.flatMap(([id, facts]) => (facts ? [[id, facts.calendar] as const] : [])));
}
/** How customers come to their tiers now. */
const segmenting = async ({ streams }: Question<unknown, Customer>) => ({ segments: await segmentsInForce(streams) });

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
    handle(commands.AssignCustomerOwner, customer, assignOwner, newOwner),
    handle(poolCommands.TransferCustomer, customer, transferCustomer, receiver),
    handle(commands.AssignCustomerAsDecided, customer, assignOwnerAsDecided, decidedOwner),
    handle(commands.TagCustomer, customer, rules.addTag),
    handle(commands.UntagCustomer, customer, rules.removeTag),
    handle(commands.LinkCustomerParent, customer, rules.linkParent, wantedParents),
    handle(commands.ReviewCustomerParent, customer, rules.reviewParent, parents),
    handle(commands.OverrideCustomerTier, customer, overrideTier),
    handle(commands.EvaluateCustomerTier, customer, evaluateTier, tiering),
    handle(commands.FollowCustomerTier, customer, followTier, tiering),
    handle(commands.FollowCustomerSegments, customer, followSegments, segmenting),
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
    handle(poolCommands.ClaimCustomer, customer, pooling.claim, claiming),
    handle(poolCommands.ReleaseCustomer, customer, pooling.release, releasing),
    handle(poolCommands.MovePooledCustomer, customer, pooling.movePooled),
    handle(poolCommands.LockCustomer, customer, pooling.lock),
    handle(poolCommands.UnlockCustomer, customer, pooling.unlock),
    handle(poolCommands.EndCustomerLock, customer, pooling.endLock),
    handle(poolCommands.ProtectCustomer, customer, pooling.protect, protecting),
    handle(poolCommands.EndCustomerProtection, customer, pooling.endProtection),
    handle(poolCommands.RecordProtectionEnd, customer, pooling.recordProtectionEnd),
    handle(poolCommands.PostponeRecycling, customer, pooling.postponeRecycling),
    handle(poolCommands.ReviewCustomerRecycling, customer, reviewRecycling, {
      facts: recycling,
      from: CustomerReferences,
    }),
    handle(mergeCommands.MergeCustomer, customer, merges.mergeCustomer, merging.mergingFacts),
    handle(mergeCommands.UnmergeCustomer, customer, merges.unmergeCustomer, merging.unmergingFacts),
    handle(mergeCommands.RevokeMerge, customer, merges.revokeMerge, merging.unmergingFacts),
    handle(mergeCommands.AbsorbCustomer, customer, absorbCustomer, merging.absorbingFacts),
    handle(mergeCommands.SeparateCustomer, customer, separateCustomer),
    handle(mergeCommands.MoveSubsidiaryByMerge, customer, merges.moveSubsidiaryByMerge, merging.followingFacts),
    ClaimCustomersHandler,
    GetCustomerHandler,
    ListCustomersHandler,
    ListContactsHandler,
    GetTimelineHandler,
    GetCustomerPortraitHandler,
    GetCustomerGroupHandler,
    RecyclingWhatIf,
    TryPoolRuleHandler,
    GetDuplicatesHandler,
    TierWhatIf,
    TryTierPolicyHandler,
  ],
})
export class CustomersModule {}
