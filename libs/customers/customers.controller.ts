import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { createdId } from '../http/new-id.js';
import { DocumentWhenQuery, PageQuery } from '../http/when.dto.js';
import { Requires } from '../security/requires.js';
import {
  AddTag,
  ArchiveCustomer,
  AssignOwner,
  ChangeDetails,
  CorrectDetails,
  LinkParent,
  MarkDormant,
  MarkLost,
  OverrideTier,
  Reactivate,
  RegisterCustomer,
  RemoveTag,
} from './commands.js';
import {
  ChangeDetailsBody,
  CustomerListQuery,
  LossBody,
  OwnerBody,
  ParentBody,
  ReasonBody,
  RegisterCustomerBody,
  TagBody,
  TierBody,
} from './customers.dto.js';
import { GetCustomer, GetTimeline, ListCustomers } from './queries.js';

@ApiTags('customers')
@Controller('customers')
export class CustomersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Registers a customer. */
  @Post()
  @Requires('customers.register')
  register(
    @Body() { kind, tier, tags, parentCustomerId, ownerId, acceptDuplicates, ...details }: RegisterCustomerBody,
  ) {
    const registration = { kind, details, tier, tags, parentCustomerId, ownerId, acceptDuplicates };
    return this.commands.execute(new RegisterCustomer(createdId('customer'), registration));
  }

  /** Customers by filter, sorted, in pages. */
  @Get()
  @Requires('customers.read')
  list(@Query() query: CustomerListQuery) {
    return this.queries.execute(new ListCustomers(query));
  }

  /** A customer with its contacts, now or at a moment. */
  @Get(':customerId')
  @Requires('customers.read')
  profile(@Param('customerId', IdPipe) customerId: string, @Query() when: DocumentWhenQuery) {
    return this.queries.execute(new GetCustomer(customerId, when));
  }

  /** What happened with the customer, latest first. */
  @Get(':customerId/timeline')
  @Requires('customers.read')
  timeline(@Param('customerId', IdPipe) customerId: string, @Query() page: PageQuery) {
    return this.queries.execute(new GetTimeline(customerId, page));
  }

  /** Writes down what changed at the customer. */
  @Post(':customerId/details')
  @HttpCode(200)
  @Requires('customers.change')
  changeDetails(@Param('customerId', IdPipe) customerId: string, @Body() body: ChangeDetailsBody) {
    return this.commands.execute(new ChangeDetails(customerId, body));
  }

  /** Corrects what was wrong from the start. */
  @Post(':customerId/corrections')
  @HttpCode(200)
  @Requires('customers.change')
  correctDetails(@Param('customerId', IdPipe) customerId: string, @Body() body: ChangeDetailsBody) {
    return this.commands.execute(new CorrectDetails(customerId, body));
  }

  /** Puts a tag on the customer. */
  @Post(':customerId/tags')
  @HttpCode(200)
  @Requires('customers.change')
  addTag(@Param('customerId', IdPipe) customerId: string, @Body() { tag }: TagBody) {
    return this.commands.execute(new AddTag(customerId, tag));
  }

  /** Takes a tag off the customer. */
  @Post(':customerId/tags/remove')
  @HttpCode(200)
  @Requires('customers.change')
  removeTag(@Param('customerId', IdPipe) customerId: string, @Body() { tag }: TagBody) {
    return this.commands.execute(new RemoveTag(customerId, tag));
  }

  /** Says which customer this one belongs to. */
  @Post(':customerId/parent')
  @HttpCode(200)
  @Requires('customers.change')
  linkParent(@Param('customerId', IdPipe) customerId: string, @Body() { parentCustomerId }: ParentBody) {
    return this.commands.execute(new LinkParent(customerId, parentCustomerId));
  }

  /** Makes an employee answer for the customer. */
  @Post(':customerId/owner')
  @HttpCode(200)
  @Requires('customers.assign')
  assignOwner(@Param('customerId', IdPipe) customerId: string, @Body() { ownerId, basis }: OwnerBody) {
    return this.commands.execute(new AssignOwner(customerId, ownerId, basis ?? 'supervisor'));
  }

  /** Moves the customer to another tier by hand. */
  @Post(':customerId/tier')
  @HttpCode(200)
  @Requires('customers.tier.change')
  overrideTier(@Param('customerId', IdPipe) customerId: string, @Body() { tier, reason }: TierBody) {
    return this.commands.execute(new OverrideTier(customerId, tier, reason));
  }

  /** Says that nothing was heard of the customer for long. */
  @Post(':customerId/dormant')
  @HttpCode(200)
  @Requires('customers.change')
  markDormant(@Param('customerId', IdPipe) customerId: string, @Body() { reason }: ReasonBody) {
    return this.commands.execute(new MarkDormant(customerId, reason));
  }

  /** Says that a dormant or lost customer is back. */
  @Post(':customerId/reactivate')
  @HttpCode(200)
  @Requires('customers.change')
  reactivate(@Param('customerId', IdPipe) customerId: string, @Body() { reason }: ReasonBody) {
    return this.commands.execute(new Reactivate(customerId, reason));
  }

  /** Says that the customer left. */
  @Post(':customerId/lost')
  @HttpCode(200)
  @Requires('customers.change')
  markLost(@Param('customerId', IdPipe) customerId: string, @Body() { reason, note }: LossBody) {
    return this.commands.execute(new MarkLost(customerId, reason, note ?? null));
  }

  /** Puts away a customer that was registered by mistake. */
  @Post(':customerId/archive')
  @HttpCode(200)
  @Requires('customers.archive')
  archive(@Param('customerId', IdPipe) customerId: string, @Body() { reason }: ReasonBody) {
    return this.commands.execute(new ArchiveCustomer(customerId, reason));
  }
}
