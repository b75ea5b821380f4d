import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';
import type { TransferEvents, TransferForm, TransferItem, TransferStatus } from '../libs/transfers/events.js';

/** An item of a transfer, and what became of it: null as long as it waits. */
export interface TransferItemView extends TransferItem {
  readonly outcome: 'moved' | 'skipped' | null;
  /** The code by which it stayed. */
  readonly code: string | null;
}

/** A transfer as one story: the form, its approval, its items, what gave it back. */
export interface TransferView extends TransferForm {
  readonly transferId: string;
  readonly status: TransferStatus;
  /** The transfer that it gives back, and the one that gave this one back. */
  readonly reverts: string | null;
  readonly revertedBy: string | null;
  /** Of how much the other one gave back, and kept. */
  readonly reverted: { readonly givenBack: number; readonly kept: number } | null;
  readonly policyVersion: number | null;
  readonly flowId: string | null;
  /** The latest approval, which says who decided. */
  readonly approvalId: string | null;
  /** Why it could not be asked for; null otherwise. */
  readonly refusal: string | null;
  readonly items: readonly TransferItemView[];
  readonly moved: number;
  readonly skipped: number;
  readonly draftedAt: string;
  readonly submittedAt: string | null;
  readonly decidedAt: string | null;
  readonly completedAt: string | null;
  readonly revision: number;
}

/** What the list of transfers is filtered by, besides. */
export interface TransferDocument extends TransferView {
  readonly subjectIds: readonly string[];
}

export const transferView = ({ subjectIds: _, ...transfer }: TransferDocument): TransferView => transfer;

function drafted({ data, occurredAt, revision }: Recorded<TransferEvents, 'TransferDrafted'>): TransferDocument {
  const { subjects } = data;
  return {
    ...data,
    status: 'draft',
    revertedBy: null,
    reverted: null,
    policyVersion: null,
    flowId: null,
    approvalId: null,
    refusal: null,
    items: [],
    moved: 0,
    skipped: 0,
    draftedAt: occurredAt,
    submittedAt: null,
    decidedAt: null,
    completedAt: null,
    revision,
    subjectIds: subjects.map(({ id }) => id),
  };
}

const ended =
  (status: TransferStatus) =>
  (
    transfer: TransferDocument,
    { occurredAt, revision }: { occurredAt: string; revision: number },
  ): TransferDocument => ({
    ...transfer,
    status,
    decidedAt: occurredAt,
    revision,
  });

function settled(
  transfer: TransferDocument,
  { kind, id }: Pick<TransferItem, 'kind' | 'id'>,
  outcome: Pick<TransferItemView, 'outcome' | 'code'>,
  revision: number,
): TransferDocument {
  const items = transfer.items.map((item) => (item.kind === kind && item.id === id ? { ...item, ...outcome } : item));
  const count = (wanted: 'moved' | 'skipped') => items.filter((item) => item.outcome === wanted).length;
  return { ...transfer, items, moved: count('moved'), skipped: count('skipped'), revision };
}

export const transferList = projection<TransferDocument, TransferEvents>({
  name: 'transfer-list',
  version: 1,
  id: ({ data }) => data.transferId,
  stream: (transferId) => `transfer-${transferId}`,
  indexes: [['draftedAt']],
  filters: ['status', 'fromOwnerId', 'toOwnerId', 'requesterId'],
  lists: ['subjectIds'],
  starts: { TransferDrafted: drafted },
  on: {
    TransferAmended: (transfer, { data: { transferId: _, ...form }, revision }) => ({
      ...transfer,
      ...form,
      subjectIds: form.subjects.map(({ id }) => id),
      revision,
    }),
    TransferSubmitted: (transfer, { data: { policyVersion, flowId, approvalId }, occurredAt, revision }) => ({
      ...transfer,
      status: 'submitted',
      policyVersion,
      flowId,
      approvalId,
      submittedAt: occurredAt,
      revision,
    }),
    TransferReturned: ended('returned'),
    TransferApproved: ended('approved'),
    TransferRejected: (transfer, event) => ({ ...ended('rejected')(transfer, event), refusal: event.data.code }),
    TransferWithdrawn: ended('withdrawn'),
    TransferExpired: ended('expired'),
    TransferExecutionStarted: (transfer, { data: { items }, revision }) => ({
      ...transfer,
      status: 'executing',
      items: items.map((item) => ({ ...item, outcome: null, code: null })),
      revision,
    }),
    TransferItemMoved: (transfer, { data: { item }, revision }) =>
      settled(transfer, item, { outcome: 'moved', code: null }, revision),
    TransferItemSkipped: (transfer, { data: { item, code }, revision }) =>
      settled(transfer, item, { outcome: 'skipped', code }, revision),
    TransferCompleted: (transfer, { data: { outcome }, occurredAt, revision }) => ({
      ...transfer,
      status: outcome,
      completedAt: occurredAt,
      revision,
    }),
    TransferReverted: (transfer, { data: { by, givenBack, kept }, revision }) => ({
      ...transfer,
      revertedBy: by,
      reverted: { givenBack, kept },
      revision,
    }),
  },
});
