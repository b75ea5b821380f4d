import { calendarList } from '../../projections/calendar-list.js';
import { lookup } from '../context.js';
import type { Context } from '../context.js';
import { readModel } from '../read-models/rollup.js';
import { calendar } from './calendar.decider.js';

export const calendars: Context = {
  name: 'calendars',
  module: async () => (await import('./calendars.module.js')).CalendarsModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [calendar],
  subjects: {
    calendar: {
      says: 'Everything that happened to a calendar of working time.',
      collection: 'calendars',
      stream: (id) => `calendar-${id}`,
      found: lookup(calendarList, 'nameKey', ({ calendarId, name }) => ({ id: calendarId, name })),
    },
  },
  readModels: [readModel(calendarList)],
};
