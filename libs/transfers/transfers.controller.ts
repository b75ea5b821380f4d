import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, documentWhen, when } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { GetTransfer, ListTransferPolicies, ListTransfers, transferFilters } from './queries.js';

@ApiTags('transfers')
@Controller('transfers')
export class TransfersController {
  constructor(private readonly queries: QueryBus) {}

  /** Transfers by filter, in pages, the latest first. */
  @Get()
  @Requires('transfers.read')
  list(@Asked(transferFilters) filters: ValuesOf<typeof transferFilters>) {
    return this.queries.execute(new ListTransfers(filters));
  }

  /** A transfer as one story, now or at a moment: its form, its items with what became of each, what gave it back. */
  @Get(':transferId')
  @Requires('transfers.read')
  transfer(@Param('transferId', IdPipe) transferId: string, @Asked(documentWhen) asked: ValuesOf<typeof documentWhen>) {
    return this.queries.execute(new GetTransfer(transferId, asked));
  }
}

@ApiTags('transfers')
@Controller('transfer-policies')
export class TransferPoliciesController {
  constructor(private readonly queries: QueryBus) {}

  /** How transfers are approved, now or at a moment, with all versions until then: one policy, or none yet. */
  @Get()
  @Requires('transfers.read')
  policies(@Asked(when) asked: ValuesOf<typeof when>) {
    return this.queries.execute(new ListTransferPolicies(asked));
  }
}
