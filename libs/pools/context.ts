import { poolList } from '../../projections/pool-list.js';
import { lookup } from '../context.js';
import type { Context } from '../context.js';
import { readModel } from '../read-models/rollup.js';
import { poolsId } from './events.js';
import { claimQuota } from './claim-quota.decider.js';
import { pools as poolsDecider } from './pools.decider.js';

export const pools: Context = {
  name: 'pools',
  module: async () => (await import('./pools.module.js')).PoolsModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [poolsDecider, claimQuota],
  subjects: {
    pool: {
      says: 'Everything that happened to a pool: who may claim from it, and what goes back into it.',
      collection: 'pools',
      stream: () => `pools-${poolsId}`,
      field: 'poolId',
      found: lookup(poolList, 'nameKey', ({ poolId, name }) => ({ id: poolId, name })),
    },
  },
  readModels: [readModel(poolList)],
};
