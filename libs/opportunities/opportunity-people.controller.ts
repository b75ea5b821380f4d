import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { createdId } from '../http/new-id.js';
import { Requires } from '../security/requires.js';
import {
  AddTeamMember,
  AssignOpportunity,
  CheckInVisit,
  LinkContact,
  LinkCustomer,
  PlanVisit,
  RemoveTeamMember,
  ReportVisit,
  UnlinkContact,
} from './commands.js';
import {
  AssignOpportunityBody,
  CheckInVisitBody,
  LinkContactBody,
  LinkCustomerBody,
  PlanVisitBody,
  ReportVisitBody,
  TeamMemberBody,
} from './opportunity-people.dto.js';

/** Who an opportunity is about, who works on it, and who goes to see whom. */
@ApiTags('opportunities')
@Controller('opportunities/:opportunityId')
export class OpportunityPeopleController {
  constructor(private readonly commands: CommandBus) {}

  /** Makes an employee answer for it. */
  @Post('owner')
  @HttpCode(200)
  @Requires('opportunities.assign')
  assign(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: AssignOpportunityBody) {
    return this.commands.execute(new AssignOpportunity(opportunityId, body));
  }

  /** Says which customer it is about; this is said once. */
  @Post('customer')
  @HttpCode(200)
  @Requires('opportunities.change')
  linkCustomer(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: LinkCustomerBody) {
    return this.commands.execute(new LinkCustomer(opportunityId, body));
  }

  /** Gives a contact of the customer a role in the deal. */
  @Post('contacts')
  @HttpCode(200)
  @Requires('opportunities.change')
  linkContact(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: LinkContactBody) {
    return this.commands.execute(new LinkContact(opportunityId, body));
  }

  /** Takes a contact out of the deal. */
  @Post('contacts/:contactId/remove')
  @HttpCode(200)
  @Requires('opportunities.change')
  unlinkContact(@Param('opportunityId', IdPipe) opportunityId: string, @Param('contactId', IdPipe) contactId: string) {
    return this.commands.execute(new UnlinkContact(opportunityId, { contactId }));
  }

  /** Has an employee work on it beside the owner. */
  @Post('team')
  @HttpCode(200)
  @Requires('opportunities.change')
  addTeamMember(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: TeamMemberBody) {
    return this.commands.execute(new AddTeamMember(opportunityId, body));
  }

  /** Takes an employee off it. */
  @Post('team/:employeeId/remove')
  @HttpCode(200)
  @Requires('opportunities.change')
  removeTeamMember(
    @Param('opportunityId', IdPipe) opportunityId: string,
    @Param('employeeId', IdPipe) employeeId: string,
  ) {
    return this.commands.execute(new RemoveTeamMember(opportunityId, { employeeId }));
  }

  /** Plans a visit to the customer. The answer names it: `visitId`. */
  @Post('visits')
  @Requires('opportunities.visit')
  async planVisit(@Param('opportunityId', IdPipe) opportunityId: string, @Body() body: PlanVisitBody) {
    const visitId = createdId('visit');
    return { ...(await this.commands.execute(new PlanVisit(opportunityId, { visitId, ...body }))), visitId };
  }

  /** Says that the visitor arrived, and where. */
  @Post('visits/:visitId/check-in')
  @HttpCode(200)
  @Requires('opportunities.visit')
  checkIn(
    @Param('opportunityId', IdPipe) opportunityId: string,
    @Param('visitId', IdPipe) visitId: string,
    @Body() body: CheckInVisitBody,
  ) {
    return this.commands.execute(new CheckInVisit(opportunityId, { visitId, ...body }));
  }

  /** Says what the visit came to. */
  @Post('visits/:visitId/report')
  @HttpCode(200)
  @Requires('opportunities.visit')
  report(
    @Param('opportunityId', IdPipe) opportunityId: string,
    @Param('visitId', IdPipe) visitId: string,
    @Body() body: ReportVisitBody,
  ) {
    return this.commands.execute(new ReportVisit(opportunityId, { visitId, ...body }));
  }
}
