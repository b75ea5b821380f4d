import { opportunityBoard } from '../../projections/opportunity-board.js';
import type { OpportunityCard } from '../../projections/opportunity-board.js';
import { belonging } from '../belonging.js';
import { AssignOpportunity } from './commands.js';
import type { OpportunityEvents } from './events.js';

/** Opportunities that an employee works on; those that ended stay with the one who won or lost them. */
export const ownedOpportunities = belonging<OpportunityCard, OpportunityEvents>({
  kind: 'opportunity',
  of: opportunityBoard,
  filter: (employeeId) => ({ ownerId: employeeId, status: 'open' }),
  by: 'opportunityId',
  named: ({ name }) => name,
  toEmployee: (id, { toOwnerId, ...given }) => new AssignOpportunity(id, { ownerId: toOwnerId, ...given }),
  moves: {
    OpportunityOwnerChanged: ({ opportunityId: id, from, to }) => ({
      id,
      from: from.employeeId,
      to: { kind: 'employee', id: to.employeeId },
    }),
  },
});
