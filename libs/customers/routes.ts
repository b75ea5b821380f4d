import type { Type } from '@nestjs/common';
import { routesOf } from '../http/routes.js';
import { ClaimsController } from './claims.controller.js';
import { ContactsController } from './contacts.controller.js';
import { CustomersController } from './customers.controller.js';
import { PortraitsController } from './portraits.controller.js';
import { WhatIfController } from './what-if.controller.js';
import * as commands from './commands.js';
import * as contactCommands from './contact.commands.js';
import * as mergeCommands from './merge.commands.js';
import * as poolCommands from './pool.commands.js';

/** Controllers of the context: a route for each command, and those of the queries. */
export const routes: readonly Type[] = [
  routesOf('customers', commands),
  routesOf('customers', poolCommands),
  routesOf('customers', mergeCommands),
  routesOf('contacts', contactCommands),
  CustomersController,
  ClaimsController,
  ContactsController,
  PortraitsController,
  WhatIfController,
];
