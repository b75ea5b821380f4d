import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked } from '../http/asked.js';
import { Requires } from '../security/requires.js';
import { contactFilters, ListContacts } from './queries.js';

@ApiTags('contacts')
@Controller('contacts')
export class ContactsController {
  constructor(private readonly queries: QueryBus) {}

  /** Contacts of all customers, by name, in pages. */
  @Get()
  @Requires('contacts.read')
  list(@Asked(contactFilters) filters: ValuesOf<typeof contactFilters>) {
    return this.queries.execute(new ListContacts(filters));
  }
}
