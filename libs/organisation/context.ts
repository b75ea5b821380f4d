import { employeeList } from '../../projections/employee-list.js';
import { structureChart } from '../../projections/structure-chart.js';
import { lookup } from '../context.js';
import type { Context } from '../context.js';
import { organisationTargets } from '../import/steps/organisation.js';
import { readModel } from '../read-models/rollup.js';
import { organisationId } from './events.js';
import { organisation as decider } from './organisation.decider.js';
/** Units, positions and people lie on one stream. */
const stream = () => `${decider.category}-${organisationId}`;

export const organisation: Context = {
  name: 'organisation',
  module: async () => (await import('./organisation.module.js')).OrganisationModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [decider],
  subjects: {
    employee: {
      says: "Everything that happened to an employee's place in the structure.",
      collection: 'employees',
      stream,
      field: 'employeeId',
      found: lookup(employeeList, 'nameKey', ({ employeeId, name }) => ({ id: employeeId, name })),
    },
    position: {
      says: 'Everything that happened to a position.',
      collection: 'positions',
      stream,
      field: 'positionId',
      found: lookup(structureChart, undefined, (entry) =>
        entry.entry === 'position' ? { id: entry.positionId, name: entry.title } : null,
      ),
    },
    'org-unit': {
      says: 'Everything that happened to a unit of the structure.',
      collection: 'org-units',
      stream,
      field: 'orgUnitId',
      found: lookup(structureChart, undefined, (entry) =>
        entry.entry === 'unit' ? { id: entry.orgUnitId, name: entry.name } : null,
      ),
    },
  },
  steps: organisationTargets,
  readModels: [readModel(structureChart), readModel(employeeList)],
};
