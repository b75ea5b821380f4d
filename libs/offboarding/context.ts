import { handOverList } from '../../projections/hand-over-list.js';
import type { Context } from '../context.js';
import { readModel } from '../read-models/rollup.js';
import { offboarding as decider } from './offboarding.decider.js';

export const offboarding: Context = {
  name: 'offboarding',
  module: async () => (await import('./offboarding.module.js')).OffboardingModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [decider],
  subjects: {
    offboarding: {
      says: 'What became of the things of an employee who was going to leave.',
      collection: 'offboardings',
      stream: (id) => `${decider.category}-${id}`,
    },
  },
  readModels: [readModel(handOverList)],
};
