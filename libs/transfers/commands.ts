import { command } from '../commands/command.js';
import { flag, fromProgram, id, list, oneOf, orNull, part, text, whole } from '../commands/fields.js';
import { approvalOutcomes, opportunityModes, taskModes, transferPolicyId, transferSubjects } from './events.js';
import type { TransferInclude, TransferItem, TransferSubject } from './events.js';

const transfer = { about: 'transferId' } as const;

/** The acting person is the caller, where the caller is an employee. */
const by = orNull(id('employee')).describe('Employee who does it, where the caller is no employee.');

const form = {
  by,
  toOwnerId: id('employee').describe('Who is to have them.'),
  subjects: list<TransferSubject>(part({ kind: oneOf(transferSubjects), id: id() }), {
    least: 1,
    most: 300,
  }).describe('All of one owner, each once.'),
  include: part({
    opportunities: oneOf(opportunityModes).default('none').describe('Which of the customers’ go along.'),
    opportunityIds: list(id('opportunity'), { most: 300, unique: true }).default([]).describe('Where they are listed.'),
    tasks: oneOf(taskModes).default('none').describe('Whether open tasks go along.'),
    ofOthers: flag().default(false).describe('Whether what belongs to others than the owner goes along as well.'),
  })
    .default({ opportunities: 'none', opportunityIds: [], tasks: 'none', ofOthers: false })
    .describe('What goes along with customers.'),
  reason: text(1_000),
};

export type GivenForm = {
  readonly by: string | null;
  readonly toOwnerId: string;
  readonly subjects: readonly TransferSubject[];
  readonly include: TransferInclude;
  readonly reason: string;
};

export class DraftTransfer extends command({
  ...transfer,
  says: 'Fills in the form by which customers, opportunities or leads are handed over.',
  post: 'transfers',
  requires: 'transfers.request',
  creates: { transferId: 'transfer' },
  in: 'form',
  fields: form,
}) {}

export class AmendTransfer extends command({
  ...transfer,
  says: 'Changes the form before it is handed in, or after it came back.',
  post: 'transfers/:transferId/form',
  requires: 'transfers.request',
  in: 'form',
  fields: form,
}) {}

export class SubmitTransfer extends command({
  ...transfer,
  says: 'Hands the form in: its subjects are held, and an approval is asked for by the policy in force.',
  post: 'transfers/:transferId/submit',
  requires: 'transfers.request',
  fields: {},
}) {}

export class WithdrawTransfer extends command({
  ...transfer,
  says: 'Takes the form back; what it held is free.',
  post: 'transfers/:transferId/withdraw',
  requires: 'transfers.request',
  fields: { reason: orNull(text(1_000)) },
}) {}

export class RevertTransfer extends command({
  ...transfer,
  says: 'Fills in and hands in the form by which a transfer that is over gives back what it moved.',
  post: 'transfers/:reverts/revert',
  requires: 'transfers.request',
  creates: { transferId: 'transfer' },
  fields: { reverts: id('transfer'), by, reason: text(1_000) },
}) {}

/** Sent by processes, as are the next ones. */
export class RecordTransferDecision extends command({
  ...transfer,
  says: 'Records how the approval of the transfer ended, and begins to carry out one that was agreed to.',
  fields: { approvalId: id('approval'), outcome: oneOf(approvalOutcomes), code: orNull(text(100)) },
}) {}

export class RecordTransferItem extends command({
  ...transfer,
  says: 'Records what became of one item.',
  fields: {
    item: fromProgram<Pick<TransferItem, 'kind' | 'id'>>(),
    code: orNull(text(100)).describe('With which it was refused; null when it was moved.'),
  },
}) {}

export class RecordTransferReverted extends command({
  ...transfer,
  says: 'Records that another transfer gave back what it could.',
  fields: { revertedBy: id('transfer'), givenBack: whole(0, 1_000_000), kept: whole(0, 1_000_000) },
}) {}

export class PublishTransferPolicy extends command({
  says: 'Says how transfers are approved from now on, and how long they can be given back.',
  about: 'policyId',
  stream: transferPolicyId,
  creates: { policyId: () => transferPolicyId },
  post: 'transfer-policies',
  requires: 'transfers.policy',
  fields: {
    flowId: id('approval-flow').describe('The flow that approves them.'),
    revertDays: whole(0, 3_650)
      .default(30)
      .describe('Days after its completion within which a transfer is given back.'),
  },
}) {}
