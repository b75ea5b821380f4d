import { Module } from '@nestjs/common';
import { approvalFlowFacts } from '../approvals/facts.js';
import { customerFacts, heldFacts } from '../customers/facts.js';
import { Refusal } from '../errors.js';
import type { StateReader } from '../event-store/decider.js';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import { idFrom } from '../ids.js';
import { leadFacts } from '../leads/facts.js';
import { opportunityFacts } from '../opportunities/facts.js';
import { employeeFacts, superiorsOf } from '../organisation/facts.js';
import { tiers } from '../tiering.js';
import { Belongings } from './belongings.js';
import * as commands from './commands.js';
import { transferPolicyId } from './events.js';
import type { TransferForm, TransferItem, TransferSubject } from './events.js';
import * as execution from './execution.rules.js';
import { GetTransferHandler, ListTransferPoliciesHandler, ListTransfersHandler } from './queries.js';
import * as rules from './transfer.rules.js';
import { transfer, transferPolicy } from './transfer.decider.js';
import type { Transfer } from './transfer.decider.js';

/** Who has it; undefined where it is not there, null where nobody has it. */
async function ownerOf(streams: StateReader, { kind, id }: TransferSubject): Promise<string | null | undefined> {
  switch (kind) {
    case 'customer': {
      const facts = await customerFacts(streams, id);
      return facts && facts.status !== 'archived' && facts.status !== 'merged' ? facts.ownerId : undefined;
    }
    case 'opportunity':
      return (await opportunityFacts(streams, id))?.ownerId;
    case 'lead':
      return (await leadFacts(streams, id))?.ownerId;
  }
}

async function knownOf(
  streams: StateReader,
  subjects: readonly TransferSubject[],
): Promise<readonly rules.KnownSubject[]> {
  const owners = await Promise.all(subjects.map((subject) => ownerOf(streams, subject)));
  return subjects.flatMap((subject, index) => {
    const ownerId = owners[index];
    return ownerId === undefined ? [] : [{ ...subject, ownerId }];
  });
}

/** The acting employee: who is named, or the caller. */
async function acting({ streams, envelope }: Question<unknown, unknown>, by: string | null): Promise<string | null> {
  const employeeId = by ?? envelope.actor.id;
  return (await employeeFacts(streams, employeeId)) ? employeeId : null;
}

/** Why an employee can be given nothing; null where nothing speaks against it. */
async function against(streams: StateReader, employeeId: string): Promise<Refusal | null> {
  const facts = await employeeFacts(streams, employeeId);
  if (!facts) {
    return new Refusal('employee-unknown', `There is no employee ${employeeId}.`, { field: 'toOwnerId' }, 404);
  }
  const { status, name } = facts;
  if (status === 'active' || status === 'absent') return null;
  return new Refusal('owner-inactive', `${name} is ${status} and cannot be made responsible.`, { field: 'toOwnerId' });
}

const filling = async (
  asked: Question<commands.DraftTransfer | commands.AmendTransfer, Transfer>,
  belongings: Belongings,
): Promise<rules.FormFacts> => {
  const { command, streams, now } = asked;
  const { by, subjects, toOwnerId, include } = command.form;
  const known = await knownOf(streams, subjects);
  const fromOwnerId = known[0]?.ownerId ?? null;
  const customerIds = subjects.flatMap(({ kind, id }) => (kind === 'customer' ? [id] : []));
  return {
    requesterId: await acting(asked, by),
    superiorIds: fromOwnerId === null ? [] : await superiorsOf(streams, fromOwnerId, now),
    known,
    receiver: { refusal: await against(streams, toOwnerId) },
    held: await heldFacts(streams, toOwnerId),
    cap: (await employeeFacts(streams, toOwnerId))?.customerCap?.max ?? null,
    strangers: await belongings.strangers(include.opportunityIds, customerIds),
  };
};

/** For the approval of the next round. */
const nextApproval = (transferId: string, state: Transfer): string =>
  idFrom('approval of transfer', transferId, String(state.status === 'unknown' ? 0 : state.rounds));

async function submission(
  { streams, state }: Question<unknown, Transfer>,
  transferId: string,
  form: Pick<TransferForm, 'subjects' | 'fromOwnerId' | 'toOwnerId'> | undefined,
): Promise<rules.SubmissionFacts> {
  const { subjects = [], fromOwnerId = '', toOwnerId = '' } = form ?? {};
  const known = await knownOf(streams, subjects);
  const people = await Promise.all([fromOwnerId, toOwnerId].map((id) => employeeFacts(streams, id)));
  const customers = subjects.filter(({ kind }) => kind === 'customer');
  const standing = await Promise.all(customers.map(({ id }) => customerFacts(streams, id)));
  return {
    policy: (await streams.load(transferPolicy, transferPolicyId)).state,
    changed: known.filter(({ ownerId }) => ownerId !== fromOwnerId).map(({ id }) => id),
    approvalId: nextApproval(transferId, state),
    orgUnitIds: [...new Set(people.flatMap((person) => person?.orgUnitId ?? []))],
    tier: tiers.findLast((tier) => standing.some((customer) => customer?.tier === tier)) ?? null,
  };
}

const submitting = (asked: Question<commands.SubmitTransfer, Transfer>) =>
  submission(asked, asked.command.transferId, asked.state.status === 'unknown' ? undefined : asked.state.form);

const reverting = async (asked: Question<commands.RevertTransfer, Transfer>): Promise<rules.RevertFacts> => {
  const { command, streams, now } = asked;
  const { state: reverted } = await streams.load(transfer, command.reverts);
  const people = reverted.status === 'unknown' ? [] : [reverted.form.fromOwnerId, reverted.form.toOwnerId];
  const above = await Promise.all(people.map((employeeId) => superiorsOf(streams, employeeId, now)));
  return {
    ...(await submission(asked, command.transferId, reverted.status === 'unknown' ? undefined : reverted.form)),
    reverted,
    requesterId: await acting(asked, command.by),
    superiorIds: above.flat(),
  };
};

/** What is moved is found when it is agreed to: subjects, and what goes along with customers by then. */
const deciding = async (
  { command, state, streams }: Question<commands.RecordTransferDecision, Transfer>,
  belongings: Belongings,
): Promise<execution.DecisionFacts> => {
  if (command.outcome !== 'granted' || state.status !== 'submitted') return { items: [] };
  const { form, reverts } = state;
  return { items: reverts === null ? await itemsOf(form, belongings) : await givenBack(streams, reverts, form) };
};

async function itemsOf(form: TransferForm, belongings: Belongings): Promise<TransferItem[]> {
  const items: TransferItem[] = [];
  for (const { kind, id } of form.subjects) {
    items.push({ kind, id, fromOwnerId: form.fromOwnerId, withCustomerId: null });
    if (kind === 'customer') items.push(...(await belongings.of(id, form)));
  }
  // What is a subject itself does not go along with another one.
  return items.filter(
    ({ withCustomerId, id }) => withCustomerId === null || !form.subjects.some((subject) => subject.id === id),
  );
}

/** Everything that the other transfer has moved, to whoever had it. */
async function givenBack(streams: StateReader, reverts: string, form: TransferForm): Promise<TransferItem[]> {
  const { state } = await streams.load(transfer, reverts);
  if (state.status === 'unknown') return [];
  return [...state.items.values()].flatMap(({ outcome, ...item }) =>
    outcome === 'moved' ? [{ ...item, fromOwnerId: form.fromOwnerId }] : [],
  );
}

const flow = async ({ command, streams }: Question<commands.PublishTransferPolicy, unknown>) => ({
  usable: (await approvalFlowFacts(streams, command.flowId))?.usable === true,
});

const withBelongings = { from: Belongings } as const;

@Module({
  providers: [
    Belongings,
    handle(commands.DraftTransfer, transfer, rules.draftTransfer, { facts: filling, ...withBelongings }),
    handle(commands.AmendTransfer, transfer, rules.amendTransfer, { facts: filling, ...withBelongings }),
    handle(commands.SubmitTransfer, transfer, rules.submitTransfer, submitting),
    handle(commands.WithdrawTransfer, transfer, rules.withdrawTransfer),
    handle(commands.RevertTransfer, transfer, rules.revertTransfer, reverting),
    handle(commands.RecordTransferDecision, transfer, execution.recordDecision, { facts: deciding, ...withBelongings }),
    handle(commands.RecordTransferItem, transfer, execution.recordItem),
    handle(commands.RecordTransferReverted, transfer, execution.recordReverted),
    handle(commands.PublishTransferPolicy, transferPolicy, rules.publishTransferPolicy, flow),
    GetTransferHandler,
    ListTransfersHandler,
    ListTransferPoliciesHandler,
  ],
})
export class TransfersModule {}
