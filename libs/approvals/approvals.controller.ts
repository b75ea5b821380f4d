import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, documentWhen } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import {
  approvalFilters,
  approvalFlowFilters,
  GetApproval,
  GetApprovalFlow,
  GetApprovalInbox,
  inboxFilters,
  ListApprovalFlows,
  ListApprovals,
} from './queries.js';

@ApiTags('approvals')
@Controller('approvals')
export class ApprovalsController {
  constructor(private readonly queries: QueryBus) {}

  /** Requests for approval by filter, in pages; the latest first. */
  @Get()
  @Requires('approvals.read')
  list(@Asked(approvalFilters) filters: ValuesOf<typeof approvalFilters>) {
    return this.queries.execute(new ListApprovals(filters));
  }

  /** Requests that wait for a person, also in the stead of a person who is away, in pages; the oldest first. */
  @Get('inbox')
  @Requires('approvals.read')
  inbox(@Asked(inboxFilters) filters: ValuesOf<typeof inboxFilters>) {
    return this.queries.execute(new GetApprovalInbox(filters));
  }

  /** A request for approval, now or at a moment: who is asked in which step, and why. */
  @Get(':approvalId')
  @Requires('approvals.read')
  approval(@Param('approvalId', IdPipe) approvalId: string, @Asked(documentWhen) when: ValuesOf<typeof documentWhen>) {
    return this.queries.execute(new GetApproval(approvalId, when));
  }
}

@ApiTags('approvals')
@Controller('approval-flows')
export class ApprovalFlowsController {
  constructor(private readonly queries: QueryBus) {}

  /** Flows of approval, in pages, by their names. */
  @Get()
  @Requires('approvals.read')
  flows(@Asked(approvalFlowFilters) filters: ValuesOf<typeof approvalFlowFilters>) {
    return this.queries.execute(new ListApprovalFlows(filters));
  }

  /** A flow, now or at a moment, with all versions until then. */
  @Get(':flowId')
  @Requires('approvals.read')
  flow(@Param('flowId', IdPipe) flowId: string, @Asked(documentWhen) when: ValuesOf<typeof documentWhen>) {
    return this.queries.execute(new GetApprovalFlow(flowId, when));
  }
}
