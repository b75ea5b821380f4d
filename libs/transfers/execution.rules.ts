import { Missing } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import type { RecordTransferDecision, RecordTransferItem, RecordTransferReverted } from './commands.js';
import type { TransferEvents, TransferItem } from './events.js';
import { keyOf } from './transfer.decider.js';
import type { KnownTransfer, Moving, Transfer } from './transfer.decider.js';

type Event = EventOf<TransferEvents>;

export interface DecisionFacts {
  /** Subjects and what goes along with them, at this moment; read for one that is agreed to. */
  readonly items: readonly TransferItem[];
}

/** Of an approval that is not the one asked for last, nothing follows. */
export function recordDecision(
  state: Transfer,
  { transferId, approvalId, outcome, code }: RecordTransferDecision,
  _now: string,
  { items }: DecisionFacts,
): Event[] {
  if (state.status === 'unknown') throw new Missing('transfer', transferId);
  if (state.status !== 'submitted' || state.approvalId !== approvalId) return [];
  const { fromOwnerId, toOwnerId } = state.form;
  switch (outcome) {
    case 'granted':
      return [
        { type: 'TransferApproved', data: { transferId, approvalId } },
        { type: 'TransferExecutionStarted', data: { transferId, fromOwnerId, toOwnerId, items } },
        ...(items.length === 0 ? [completed(transferId, [], state.reverts)] : []),
      ];
    case 'returned':
      return [{ type: 'TransferReturned', data: { transferId, approvalId } }];
    case 'expired':
      return [{ type: 'TransferExpired', data: { transferId, approvalId } }];
    case 'withdrawn':
      return [{ type: 'TransferWithdrawn', data: { transferId, reason: null } }];
    case 'rejected':
    case 'refused':
      return [{ type: 'TransferRejected', data: { transferId, approvalId, code } }];
  }
}

/**
 * What became of an item. What goes along with a customer that stays is skipped with it. What was moved after all, since a program
 * ended in between, is told as moved.
 */
export function recordItem(state: Transfer, { transferId, item, code }: RecordTransferItem): Event[] {
  if (state.status === 'unknown') throw new Missing('transfer', transferId);
  const moving = state.items.get(keyOf(item));
  if (!moving || moving.outcome === 'moved' || (code !== null && moving.outcome !== null)) return [];
  const along = [...state.items.values()].filter(
    ({ withCustomerId, outcome }) => withCustomerId === item.id && outcome === null,
  );
  const next = along.map(({ outcome: _, ...each }): TransferItem => each);
  const { kind, id } = item;
  const events: Event[] =
    code === null
      ? [{ type: 'TransferItemMoved', data: { transferId, item: { kind, id }, toOwnerId: state.form.toOwnerId, next } }]
      : [
          skipped(transferId, { kind, id }, code),
          ...next.map((each) => skipped(transferId, each, 'customer-not-moved')),
        ];
  const outcomes = outcomesAfter(state, events);
  const isOver = state.status === 'executing' && outcomes.every((outcome) => outcome !== null);
  return isOver ? [...events, completed(transferId, outcomes, state.reverts)] : events;
}

const skipped = (transferId: string, { kind, id }: Pick<TransferItem, 'kind' | 'id'>, code: string): Event => ({
  type: 'TransferItemSkipped',
  data: { transferId, item: { kind, id }, code },
});

function outcomesAfter({ items }: KnownTransfer, events: readonly Event[]): readonly Moving['outcome'][] {
  const told = new Map(
    events.map((event) => {
      const { item } = event.data as { readonly item: Pick<TransferItem, 'kind' | 'id'> };
      return [keyOf(item), event.type === 'TransferItemMoved' ? ('moved' as const) : { code: '' }];
    }),
  );
  return [...items].map(([key, { outcome }]) => told.get(key) ?? outcome);
}

function completed(transferId: string, outcomes: readonly Moving['outcome'][], reverts: string | null): Event {
  const moved = outcomes.filter((outcome) => outcome === 'moved').length;
  const left = outcomes.length - moved;
  const outcome = left === 0 ? 'completed' : moved === 0 ? 'failed' : 'partially-completed';
  return { type: 'TransferCompleted', data: { transferId, outcome, moved, skipped: left, reverts } };
}

/** The first one counts. */
export function recordReverted(state: Transfer, command: RecordTransferReverted): Event[] {
  const { transferId, revertedBy: by, givenBack, kept } = command;
  if (state.status === 'unknown') throw new Missing('transfer', transferId);
  if (state.revertedBy !== null || givenBack === 0) return [];
  return [{ type: 'TransferReverted', data: { transferId, by, givenBack, kept } }];
}
