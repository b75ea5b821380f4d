import { Controller, HttpCode, Post } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import { day, whole } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Given } from '../http/asked.js';
import { Requires } from '../security/requires.js';
import { PublishTierPolicy } from '../tiers/commands.js';
import { TryTierPolicy } from './tier-what-if.js';

/** The fields of a policy, and what of the log is replayed. */
const asked = {
  ...PublishTierPolicy.definition.fields,
  from: day()
    .optional()
    .describe('Day, in UTC, from which on the policy is taken to be in force; from the beginning without it.'),
  to: day().optional().describe('The day after the last one.'),
  limit: whole(0, 500).optional().describe('How many customers are told of, 50 without it; the totals are about all.'),
};

@ApiTags('tiers')
@Controller('what-if')
export class WhatIfController {
  constructor(private readonly queries: QueryBus) {}

  /** Who would have come to another tier under a policy, when and by what. Nothing is recorded. */
  @Post('tier-policy')
  @HttpCode(200)
  @ApiUnprocessableEntityResponse()
  @Requires('tiers.read')
  tierPolicy(@Given('TryTierPolicyBody', asked) { from, to, limit, ...rules }: ValuesOf<typeof asked>) {
    return this.queries.execute(new TryTierPolicy(rules, { from, to, limit }));
  }
}
