import { Controller, HttpCode, Post } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiNotFoundResponse, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import { day, whole } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Given } from '../http/asked.js';
import { Requires } from '../security/requires.js';
import { PublishTierPolicy } from '../tiers/commands.js';
import { TryPoolRule, triedFields } from './recycling-what-if.js';
import { TryTierPolicy } from './tier-what-if.js';

/** What of the log is replayed, and how much is told. */
const window = {
  from: day()
    .optional()
    .describe('Day, in UTC, from which on it is taken to be in force; from the beginning without it.'),
  to: day().optional().describe('The day after the last one.'),
  limit: whole(0, 500).optional().describe('How many customers are told of, 50 without it; the totals are about all.'),
};
/** The fields of a policy, of rules of recycling. */
const policyAsked = { ...PublishTierPolicy.definition.fields, ...window };
const rulesAsked = { ...triedFields, ...window };

@ApiTags('tiers')
@Controller('what-if')
export class WhatIfController {
  constructor(private readonly queries: QueryBus) {}

  /** Who would have come to another tier under a policy, when and by what. Nothing is recorded. */
  @Post('tier-policy')
  @HttpCode(200)
  @ApiUnprocessableEntityResponse()
  @Requires('tiers.read')
  tierPolicy(@Given('TryTierPolicyBody', policyAsked) { from, to, limit, ...rules }: ValuesOf<typeof policyAsked>) {
    return this.queries.execute(new TryTierPolicy(rules, { from, to, limit }));
  }

  /** Of whom rules of recycling would have warned, whom they would have put back, when and on what. Nothing is recorded. */
  @Post('pool-rule')
  @HttpCode(200)
  @ApiNotFoundResponse()
  @ApiUnprocessableEntityResponse()
  @Requires('pools.read')
  poolRule(@Given('TryPoolRuleBody', rulesAsked) { from, to, limit, ...rules }: ValuesOf<typeof rulesAsked>) {
    return this.queries.execute(new TryPoolRule(rules, { from, to, limit }));
  }
}
