import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../../../libs/commands/fields.js';
import { Asked } from '../../../libs/http/asked.js';
import { Requires } from '../../../libs/security/requires.js';
import { complaintFilters, ListComplaints } from './queries.js';

@ApiTags('complaints')
@Controller('complaints')
export class ComplaintsController {
  constructor(private readonly queries: QueryBus) {}

  /** Complaints by filter, in the order in which they were received, in pages. */
  @Get()
  @Requires('complaints.read')
  list(@Asked(complaintFilters) filters: ValuesOf<typeof complaintFilters>) {
    return this.queries.execute(new ListComplaints(filters));
  }
}
