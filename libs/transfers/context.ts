import { transfers as transfersProcess } from '../../processes/transfers.js';
import { transferList } from '../../projections/transfer-list.js';
import { transferPolicyList } from '../../projections/transfer-policy-list.js';
import type { Context } from '../context.js';
import { readModel } from '../read-models/rollup.js';
import { openTransfers } from './open-transfers.js';
import { transferHold } from './hold.decider.js';
import { transfer, transferPolicy } from './transfer.decider.js';

export const transfers: Context = {
  name: 'transfers',
  module: async () => (await import('./transfers.module.js')).TransfersModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [transfer, transferPolicy, transferHold],
  subjects: {
    transfer: {
      says: 'Everything that happened to a transfer: its form, its approval, its items.',
      collection: 'transfers',
      stream: (id) => `transfer-${id}`,
    },
  },
  processes: [transfersProcess],
  belongings: [openTransfers],
  readModels: [readModel(transferList), readModel(transferPolicyList)],
};
