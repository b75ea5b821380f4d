import { Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { TransferHoldEvents } from './events.js';

/** The open transfer that holds something, and since when. */
export interface TransferHold {
  readonly transferId: string | null;
  readonly since: string;
}

export const transferHold = decider<TransferHold, TransferHoldEvents>({
  category: 'transferhold',
  initial: { transferId: null, since: '' },
  evolve: {
    TransferSubjectHeld: (_, { transferId }, at) => ({ transferId, since: at }),
    TransferSubjectFreed: (_, __, at) => ({ transferId: null, since: at }),
  },
});

type Event = EventOf<TransferHoldEvents>;
type Held = TransferHoldEvents['TransferSubjectHeld'];

/** @param stale whether the transfer that holds it does not: a reservation that a crash left behind */
export function holdSubject({ transferId: holder }: TransferHold, held: Held, stale: boolean): Event[] {
  if (holder === held.transferId) return [];
  if (holder === null) return [{ type: 'TransferSubjectHeld', data: held }];
  if (!stale) {
    throw new Refusal(
      'transfer-pending',
      'Another transfer is open for it.',
      {
        subjectId: held.subjectId,
        transferId: holder,
      },
      409,
    );
  }
  const before = { ...held, transferId: holder };
  return [
    { type: 'TransferSubjectFreed', data: before },
    { type: 'TransferSubjectHeld', data: held },
  ];
}

export const freeSubject = ({ transferId }: TransferHold, held: Held): Event[] =>
  transferId === held.transferId ? [{ type: 'TransferSubjectFreed', data: held }] : [];
