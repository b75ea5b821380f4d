import { tierPolicyList } from '../../projections/tier-policy-list.js';
import type { Context } from '../context.js';
import { readModel } from '../read-models/rollup.js';
import { tierPolicy } from './tier-policy.decider.js';

export const tiers: Context = {
  name: 'tiers',
  module: async () => (await import('./tiers.module.js')).TiersModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [tierPolicy],
  subjects: {
    'tier-policy': {
      says: 'How customers came to their tiers.',
      collection: 'tier-policies',
      stream: (id) => `tierpolicy-${id}`,
    },
  },
  readModels: [readModel(tierPolicyList)],
};
