import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, documentWhen, when } from '../http/asked.js';
import { Requires } from '../security/requires.js';
import { GetLead, GetLeadCandidates, GetLeadPolicy, leadFilters, ListLeadPolicies, ListLeads } from './queries.js';

@ApiTags('leads')
@Controller('leads')
export class LeadsController {
  constructor(private readonly queries: QueryBus) {}

  /** Leads by filter, in pages; the latest first. */
  @Get()
  @Requires('leads.read')
  list(@Asked(leadFilters) filters: ValuesOf<typeof leadFilters>) {
    return this.queries.execute(new ListLeads(filters));
  }

  /** A lead, now or at a moment. */
  @Get(':leadId')
  @Requires('leads.read')
  lead(@Param('leadId', IdPipe) leadId: string, @Asked(documentWhen) when: ValuesOf<typeof documentWhen>) {
    return this.queries.execute(new GetLead(leadId, when));
  }

  /** Customers and leads that might be the same, by name, domain, telephone number and e-mail address. */
  @Get(':leadId/candidates')
  @Requires('leads.read')
  candidates(@Param('leadId', IdPipe) leadId: string) {
    return this.queries.execute(new GetLeadCandidates(leadId));
  }
}

@ApiTags('leads')
@Controller('lead-policies')
export class LeadPoliciesController {
  constructor(private readonly queries: QueryBus) {}

  /** How leads are judged, now or at a moment, with all versions until then: one policy, or none yet. */
  @Get()
  @Requires('leads.read')
  policies(@Asked(when) asked: ValuesOf<typeof when>) {
    return this.queries.execute(new ListLeadPolicies(asked));
  }

  /** The policy, now or at a moment, with all versions until then. */
  @Get(':policyId')
  @Requires('leads.read')
  policy(@Param('policyId', IdPipe) policyId: string, @Asked(documentWhen) asked: ValuesOf<typeof documentWhen>) {
    return this.queries.execute(new GetLeadPolicy(policyId, asked));
  }
}
