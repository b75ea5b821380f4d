import { targetList } from '../../projections/target-list.js';
import type { Context } from '../context.js';
import { readModel } from '../read-models/rollup.js';
import { target } from './target.decider.js';
export const targets: Context = {
  name: 'targets',
  module: async () => (await import('./targets.module.js')).TargetsModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [target],
  subjects: {
    target: { says: 'Everything that happened to a target.', collection: 'targets', stream: (id) => `target-${id}` },
  },
  readModels: [readModel(targetList)],
};
