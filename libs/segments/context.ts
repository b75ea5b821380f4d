import { segmentList } from '../../projections/segment-list.js';
import { segmentStays } from '../../projections/segment-stays.js';
import { segmentMovement } from '../../reports/segment-movement.js';
import { lookup } from '../context.js';
import type { Context } from '../context.js';
import { readModel } from '../read-models/rollup.js';
import { segmentsId } from './events.js';
import { segments as segmentsDecider } from './segments.decider.js';

export const segments: Context = {
  name: 'segments',
  module: async () => (await import('./segments.module.js')).SegmentsModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [segmentsDecider],
  subjects: {
    segment: {
      says: 'How a segment was defined, and defined anew.',
      collection: 'segments',
      stream: () => `segments-${segmentsId}`,
      field: 'segmentId',
      found: lookup(segmentList, 'nameKey', ({ segmentId, name }) => ({ id: segmentId, name })),
    },
  },
  readModels: [readModel(segmentList), readModel(segmentStays)],
  reports: [segmentMovement],
};
