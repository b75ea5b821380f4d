import { leadList } from '../../projections/lead-list.js';
import type { LeadLine } from '../../projections/lead-list.js';
import { AssignLeadByRule } from '../assignment/commands.js';
import { belonging } from '../belonging.js';
import { AssignLead, ReturnLeadToPool } from './commands.js';
import { openStatuses } from './events.js';
import type { LeadEvents } from './events.js';

/** Leads that an employee works on. */
export const ownedLeads = belonging<LeadLine, LeadEvents>({
  kind: 'lead',
  of: leadList,
  filter: (employeeId) => ({ ownerId: employeeId, status: { $in: openStatuses } }),
  by: 'leadId',
  named: ({ details: { companyName, personName } }) => companyName ?? personName ?? '',
  toEmployee: (id, { toOwnerId, ...given }) => new AssignLead(id, { ownerId: toOwnerId, ...given }),
  toPool: (id, given) => new ReturnLeadToPool(id, given),
  byRule: (id, given) => new AssignLeadByRule(id, given),
  moves: {
    LeadAssigned: ({ leadId: id, from, to }) =>
      from === null ? null : { id, from, to: to === null ? null : { kind: 'employee', id: to } },
    LeadReturnedToPool: ({ leadId: id, from, poolId }) => ({ id, from, to: { kind: 'pool', id: poolId } }),
  },
});
