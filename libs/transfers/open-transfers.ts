import { transferList } from '../../projections/transfer-list.js';
import type { TransferDocument } from '../../projections/transfer-list.js';
import { belonging } from '../belonging.js';
import type { TransferEvents } from './events.js';

/** Transfers from or to an employee that hold what they are about. They end by their approval, or are taken back by hand. */
export const openTransfers = belonging<TransferDocument, TransferEvents>({
  kind: 'transfer',
  of: transferList,
  filter: (employeeId) => ({
    status: { $in: ['submitted', 'approved', 'executing'] },
    $or: [{ fromOwnerId: employeeId }, { toOwnerId: employeeId }],
  }),
  by: 'transferId',
  named: ({ reason }) => reason,
});
