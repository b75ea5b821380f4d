import { customerList } from '../../projections/customer-list.js';
import { AssignCustomerByRule } from '../assignment/commands.js';
import { belonging } from '../belonging.js';
import type { CustomerLine } from '../../projections/customer-list.js';
import { AssignCustomerOwner } from './commands.js';
import { livingStatuses } from './events.js';
import type { CustomerEvents } from './events.js';
import { ReleaseCustomer } from './pool.commands.js';

/** Customers for whom an employee answers; those that were put away or merged are left where they are. */
export const ownedCustomers = belonging<CustomerLine, CustomerEvents>({
  kind: 'customer',
  of: customerList,
  filter: (employeeId) => ({ ownerId: employeeId, status: { $in: livingStatuses } }),
  by: 'customerId',
  named: ({ name }) => name,
  toEmployee: (id, { toOwnerId, ...given }) =>
    new AssignCustomerOwner(id, { ownerId: toOwnerId, basis: 'supervisor', ...given }),
  toPool: (id, { poolId, ...given }) => new ReleaseCustomer(id, { poolId, by: 'supervisor', ...given }),
  byRule: (id, given) => new AssignCustomerByRule(id, given),
  moves: {
    CustomerOwnerAssigned: ({ customerId: id, from, to }) =>
      from && { id, from: from.employeeId, to: { kind: 'employee', id: to.employeeId } },
    CustomerReleasedToPool: ({ customerId: id, from, poolId }) => ({
      id,
      from: from.employeeId,
      to: { kind: 'pool', id: poolId },
    }),
  },
});
