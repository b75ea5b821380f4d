import { customerList } from '../../projections/customer-list.js';
import { lookup } from '../context.js';
import type { Context } from '../context.js';
import { customer } from './customer.decider.js';
import { CustomersModule } from './customers.module.js';
import { identifier } from './identifier.decider.js';
import { portfolio } from './portfolio.decider.js';

export const customers: Context = {
  name: 'customers',
  module: CustomersModule,
  deciders: [customer, identifier, portfolio],
  subjects: {
    customer: {
      says: 'Everything that happened to a customer and to its opportunities and tasks, in log order.',
      collection: 'customers',
      stream: (id) => `customer-${id}`,
      related: true,
      found: lookup(customerList, 'nameKey', ({ customerId, name, status }) => ({
        id: customerId,
        name,
        archived: status === 'archived',
      })),
    },
  },
};
