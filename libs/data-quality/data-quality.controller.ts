import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, documentWhen, when } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { GetKeyFieldPolicy, ListKeyFieldPolicies } from './queries.js';

@ApiTags('data-quality')
@Controller('key-field-policies')
export class KeyFieldPoliciesController {
  constructor(private readonly queries: QueryBus) {}

  /** Which fields of customers must be known, now or at a moment, with all versions until then: one policy, or none yet. */
  @Get()
  @Requires('data-quality.read')
  policies(@Asked(when) asked: ValuesOf<typeof when>) {
    return this.queries.execute(new ListKeyFieldPolicies(asked));
  }

  /** The policy, now or at a moment, with all versions until then. */
  @Get(':policyId')
  @Requires('data-quality.read')
  policy(@Param('policyId', IdPipe) policyId: string, @Asked(documentWhen) asked: ValuesOf<typeof documentWhen>) {
    return this.queries.execute(new GetKeyFieldPolicy(policyId, asked));
  }
}
