import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, when } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { GetCustomerGroup } from './group.js';
import { GetCustomerPortrait } from './portrait.js';

@ApiTags('customers')
@Controller('customers/:customerId')
export class PortraitsController {
  constructor(private readonly queries: QueryBus) {}

  /** What the customer does, now or at a moment: what and how often it buys, how it is spoken with, its tiers. */
  @Get('portrait')
  @Requires('customers.read')
  portrait(@Param('customerId', IdPipe) customerId: string, @Asked(when) asked: ValuesOf<typeof when>) {
    return this.queries.execute(new GetCustomerPortrait(customerId, asked));
  }

  /** The companies that the customer belongs together with, now or at a moment, with what they come to together. */
  @Get('group')
  @Requires('customers.read')
  group(@Param('customerId', IdPipe) customerId: string, @Asked(when) asked: ValuesOf<typeof when>) {
    return this.queries.execute(new GetCustomerGroup(customerId, asked));
  }
}
