import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import { whole } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, Given, when } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { anyOf } from './commands.js';
import { GetSegment, ListSegments, ListSegmentStays, segmentFilters, stayFilters } from './queries.js';

import { TrySegment } from './segment-what-if.js';

/** Conditions that are tried, and of when. */
const tried = {
  anyOf: anyOf(),
  ...when,
  after: whole(0, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Position a command answered with: wait until the answer shows it.'),
  limit: whole(0, 500).optional().describe('How many customers are told of, 50 without it; the totals are about all.'),
};

@ApiTags('segments')
@Controller()
export class SegmentsController {
  constructor(private readonly queries: QueryBus) {}

  /** Segments by name, in pages. The customers of one are listed by `GET /customers?segment=`. */
  @Get('segments')
  @Requires('segments.read')
  list(@Asked(segmentFilters) filters: ValuesOf<typeof segmentFilters>) {
    return this.queries.execute(new ListSegments(filters));
  }

  /** Who belongs or belonged to which segment, since when, until when, and why; what changed last comes first. */
  @Get('segment-stays')
  @Requires('segments.read')
  stays(@Asked(stayFilters) filters: ValuesOf<typeof stayFilters>) {
    return this.queries.execute(new ListSegmentStays(filters));
  }

  /** A segment with its conditions, now or at a moment, and the versions before. */
  @Get('segments/:segmentId')
  @Requires('segments.read')
  segment(@Param('segmentId', IdPipe) segmentId: string, @Asked(when) asked: ValuesOf<typeof when>) {
    return this.queries.execute(new GetSegment(segmentId, asked));
  }

  /** Which customers would belong to a segment, now or at a moment, and why. Nothing is recorded. */
  @Post('what-if/segment')
  @HttpCode(200)
  @ApiUnprocessableEntityResponse()
  @Requires('segments.read')
  segmentWhatIf(@Given('TrySegmentBody', tried) { anyOf: groups, limit, ...asked }: ValuesOf<typeof tried>) {
    return this.queries.execute(new TrySegment({ anyOf: groups }, asked, limit));
  }
}
