import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, documentWhen, when } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { GetTierPolicy, ListTierPolicies } from './queries.js';

@ApiTags('tiers')
@Controller('tier-policies')
export class TierPoliciesController {
  constructor(private readonly queries: QueryBus) {}

  /** How customers come to their tiers, now or at a moment, with all versions until then: one policy, or none yet. */
  @Get()
  @Requires('tiers.read')
  policies(@Asked(when) asked: ValuesOf<typeof when>) {
    return this.queries.execute(new ListTierPolicies(asked));
  }

  /** The policy, now or at a moment, with all versions until then and who serves which tier. */
  @Get(':policyId')
  @Requires('tiers.read')
  policy(@Param('policyId', IdPipe) policyId: string, @Asked(documentWhen) asked: ValuesOf<typeof documentWhen>) {
    return this.queries.execute(new GetTierPolicy(policyId, asked));
  }
}
