import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { createdId } from '../http/new-id.js';
import { Requires } from '../security/requires.js';
import {
  AddContact,
  BounceChannel,
  ChangeContact,
  DisableContact,
  RecordConsent,
  SetPrimaryContact,
  WithdrawConsent,
} from './commands.js';
import {
  AddContactBody,
  ChangeContactBody,
  ChannelBody,
  ConsentBody,
  ConsentWithdrawalBody,
  ContactListQuery,
  DisableContactBody,
} from './contacts.dto.js';
import { ListContacts } from './queries.js';

@ApiTags('contacts')
@Controller()
export class ContactsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Contacts of all customers, by name, in pages. */
  @Get('contacts')
  @Requires('contacts.read')
  list(@Query() query: ContactListQuery) {
    return this.queries.execute(new ListContacts(query));
  }

  /** Adds a person at the customer; the first one is the primary contact. */
  @Post('customers/:customerId/contacts')
  @Requires('contacts.change')
  add(
    @Param('customerId', IdPipe) customerId: string,
    @Body() { name, title = null, role = 'other', channels, birthday = null }: AddContactBody,
  ) {
    const details = { name, title, role, channels, birthday };
    return this.commands.execute(new AddContact(customerId, createdId('contact'), details));
  }

  /** Changes what is known of a contact. */
  @Post('customers/:customerId/contacts/:contactId/details')
  @HttpCode(200)
  @Requires('contacts.change')
  change(
    @Param('customerId', IdPipe) customerId: string,
    @Param('contactId', IdPipe) contactId: string,
    @Body() body: ChangeContactBody,
  ) {
    return this.commands.execute(new ChangeContact(customerId, contactId, body));
  }

  /** Makes a contact the first one to talk to. */
  @Post('customers/:customerId/contacts/:contactId/primary')
  @HttpCode(200)
  @Requires('contacts.change')
  setPrimary(@Param('customerId', IdPipe) customerId: string, @Param('contactId', IdPipe) contactId: string) {
    return this.commands.execute(new SetPrimaryContact(customerId, contactId));
  }

  /** Writes down that a contact agreed to be addressed. */
  @Post('customers/:customerId/contacts/:contactId/consents')
  @HttpCode(200)
  @Requires('contacts.consent')
  giveConsent(
    @Param('customerId', IdPipe) customerId: string,
    @Param('contactId', IdPipe) contactId: string,
    @Body() { channel, purpose, proof, givenAt }: ConsentBody,
  ) {
    return this.commands.execute(new RecordConsent(customerId, contactId, channel, purpose, proof, givenAt));
  }

  /** Writes down that a contact no longer agrees. */
  @Post('customers/:customerId/contacts/:contactId/consents/withdraw')
  @HttpCode(200)
  @Requires('contacts.consent')
  withdrawConsent(
    @Param('customerId', IdPipe) customerId: string,
    @Param('contactId', IdPipe) contactId: string,
    @Body() { channel, purpose }: ConsentWithdrawalBody,
  ) {
    return this.commands.execute(new WithdrawConsent(customerId, contactId, channel, purpose));
  }

  /** Writes down that messages to an address come back. */
  @Post('customers/:customerId/contacts/:contactId/bounces')
  @HttpCode(200)
  @Requires('contacts.change')
  bounce(
    @Param('customerId', IdPipe) customerId: string,
    @Param('contactId', IdPipe) contactId: string,
    @Body() { kind, value }: ChannelBody,
  ) {
    return this.commands.execute(new BounceChannel(customerId, contactId, kind, value));
  }

  /** Stops addressing a contact. */
  @Post('customers/:customerId/contacts/:contactId/disable')
  @HttpCode(200)
  @Requires('contacts.change')
  disable(
    @Param('customerId', IdPipe) customerId: string,
    @Param('contactId', IdPipe) contactId: string,
    @Body() { reason, nextPrimaryId }: DisableContactBody,
  ) {
    return this.commands.execute(new DisableContact(customerId, contactId, reason, nextPrimaryId ?? null));
  }
}
