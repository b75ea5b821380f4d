import { Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiNotFoundResponse, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import { id, list, oneOf } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Given } from '../http/asked.js';
import { Requires } from '../security/requires.js';
import { ClaimCustomers } from './claims.js';

const claims = {
  employeeId: id('employee').describe('Who claims, and answers for the customers from now on.'),
  customerIds: list(id('customer'), { least: 1, most: 200, unique: true }),
  mode: oneOf(['all', 'partial'])
    .default('all')
    .describe('Whether nothing is claimed where there is no room for all, or as many as there is room for.'),
};

@ApiTags('customers')
@Controller('claims')
export class ClaimsController {
  constructor(private readonly commands: CommandBus) {}

  /** Claims several customers, each out of its pool, and says of each what became of it. */
  @Post()
  @HttpCode(200)
  @ApiNotFoundResponse()
  @ApiUnprocessableEntityResponse()
  @Requires('customers.claim')
  claim(@Given('ClaimsBody', claims) { employeeId, customerIds, mode }: ValuesOf<typeof claims>) {
    return this.commands.execute(new ClaimCustomers(employeeId, customerIds, mode === 'partial'));
  }
}
