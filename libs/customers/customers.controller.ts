import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { GetDuplicates } from './duplicates.js';
import { Asked, documentWhen, page, when } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { customerFilters, GetCustomer, GetTimeline, ListCustomers } from './queries.js';

/** How far the answer must be; the past is not asked about. */
const shown = { after: when.after };

@ApiTags('customers')
@Controller('customers')
export class CustomersController {
  constructor(private readonly queries: QueryBus) {}

  /** Customers by filter, sorted, in pages. */
  @Get()
  @Requires('customers.read')
  list(@Asked(customerFilters) filters: ValuesOf<typeof customerFilters>) {
    return this.queries.execute(new ListCustomers(filters));
  }

  /** A customer with its contacts, now or at a moment. */
  @Get(':customerId')
  @Requires('customers.read')
  profile(@Param('customerId', IdPipe) customerId: string, @Asked(documentWhen) when: ValuesOf<typeof documentWhen>) {
    return this.queries.execute(new GetCustomer(customerId, when));
  }

  /** Customers that might be the same: by name and region, tax number, domain, telephone numbers and e-mail addresses. */
  @Get(':customerId/duplicates')
  @Requires('customers.read')
  duplicates(@Param('customerId', IdPipe) customerId: string, @Asked(shown) asked: ValuesOf<typeof shown>) {
    return this.queries.execute(new GetDuplicates(customerId, asked));
  }

  /** What happened with the customer, latest first. */
  @Get(':customerId/timeline')
  @Requires('customers.read')
  timeline(@Param('customerId', IdPipe) customerId: string, @Asked(page) asked: ValuesOf<typeof page>) {
    return this.queries.execute(new GetTimeline(customerId, asked));
  }
}
