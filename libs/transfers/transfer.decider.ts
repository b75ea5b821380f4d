import { OrderedMap } from 'immutable';
import { decider } from '../event-store/decider.js';
import type { TransferEvents, TransferForm, TransferItem, TransferPolicyEvents, TransferStatus } from './events.js';
import { subjectHold } from './reservations.js';

/** An item on its way. `outcome` is null until it is moved, or the code of a rule keeps it where it is. */
export interface Moving extends TransferItem {
  readonly outcome: 'moved' | { readonly code: string } | null;
}

export interface KnownTransfer {
  readonly status: TransferStatus;
  readonly form: TransferForm;
  readonly reverts: string | null;
  /** The latest approval that was asked for, and how often. */
  readonly approvalId: string | null;
  readonly rounds: number;
  /** By kind and id. */
  readonly items: OrderedMap<string, Moving>;
  readonly completedAt: string | null;
  /** The transfer that gave back what it could. */
  readonly revertedBy: string | null;
}

export type Transfer = { readonly status: 'unknown' } | KnownTransfer;

export const keyOf = ({ kind, id }: Pick<TransferItem, 'kind' | 'id'>): string => `${kind} ${id}`;

/** While it is open, nothing else may happen to what it is about. */
const OPEN: ReadonlySet<TransferStatus> = new Set(['submitted', 'returned', 'approved', 'executing']);

export const transfer = decider<Transfer, TransferEvents>({
  category: 'transfer',
  initial: { status: 'unknown' },
  reserves: (state, transferId) =>
    state.status !== 'unknown' && OPEN.has(state.status)
      ? state.form.subjects.map(({ id }) => subjectHold(id, transferId))
      : [],
  evolve: {
    TransferDrafted: (_, { transferId: __, reverts, ...form }) => ({
      status: 'draft',
      form,
      reverts,
      approvalId: null,
      rounds: 0,
      items: OrderedMap(),
      completedAt: null,
      revertedBy: null,
    }),
    TransferAmended: (state, { transferId: _, ...form }) => known(state, () => ({ form })),
    TransferSubmitted: (state, { approvalId }) =>
      known(state, ({ rounds }) => ({ status: 'submitted', approvalId, rounds: rounds + 1 })),
    TransferReturned: (state) => known(state, () => ({ status: 'returned' })),
    TransferApproved: (state) => known(state, () => ({ status: 'approved' })),
    TransferRejected: (state) => known(state, () => ({ status: 'rejected' })),
    TransferWithdrawn: (state) => known(state, () => ({ status: 'withdrawn' })),
    TransferExpired: (state) => known(state, () => ({ status: 'expired' })),
    TransferExecutionStarted: (state, { items }) =>
      known(state, () => ({
        status: 'executing',
        items: OrderedMap(items.map((item) => [keyOf(item), { ...item, outcome: null }])),
      })),
    TransferItemMoved: (state, { item }) => settled(state, item, 'moved'),
    TransferItemSkipped: (state, { item, code }) => settled(state, item, { code }),
    TransferCompleted: (state, { outcome }, at) => known(state, () => ({ status: outcome, completedAt: at })),
    TransferReverted: (state, { by }) => known(state, () => ({ revertedBy: by })),
  },
});

function known(state: Transfer, change: (state: KnownTransfer) => Partial<KnownTransfer>): Transfer {
  return state.status === 'unknown' ? state : { ...state, ...change(state) };
}

function settled(state: Transfer, item: Pick<TransferItem, 'kind' | 'id'>, outcome: Moving['outcome']): Transfer {
  return known(state, ({ items }) => {
    const moving = items.get(keyOf(item));
    return moving ? { items: items.set(keyOf(item), { ...moving, outcome }) } : {};
  });
}

/** How transfers are approved; nothing before a policy is published. */
export interface TransferPolicy {
  readonly version: number;
  readonly flowId: string;
  readonly revertDays: number;
}

export const transferPolicy = decider<TransferPolicy | undefined, TransferPolicyEvents>({
  category: 'transferpolicy',
  initial: undefined,
  evolve: { TransferPolicyPublished: (_, policy) => policy },
});
