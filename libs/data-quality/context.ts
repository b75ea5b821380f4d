import { keyFieldPolicyList } from '../../projections/key-field-policy-list.js';
import { dataQuality as dataQualityReport } from '../../reports/data-quality.js';
import type { Context } from '../context.js';
import { readModel } from '../read-models/rollup.js';
import { keyFieldPolicy } from './key-field-policy.decider.js';

export const dataQuality: Context = {
  name: 'data-quality',
  module: async () => (await import('./data-quality.module.js')).DataQualityModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [keyFieldPolicy],
  subjects: {
    'key-field-policy': {
      says: 'Which fields of customers had to be known.',
      collection: 'key-field-policies',
      stream: (id) => `keyfieldpolicy-${id}`,
    },
  },
  readModels: [readModel(keyFieldPolicyList)],
  reports: [dataQualityReport],
};
