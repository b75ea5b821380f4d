import { Module } from '@nestjs/common';
import { handle } from '../event-store/handle.js';
import * as commands from './commands.js';
import { unknownIn } from './facts.js';
import { GetSegmentHandler, ListSegmentsHandler, ListSegmentStaysHandler } from './queries.js';
import * as rules from './segment.rules.js';
import { SegmentWhatIf, TrySegmentHandler } from './segment-what-if.js';
import { segments } from './segments.decider.js';

@Module({
  providers: [
    handle(commands.DefineSegment, segments, rules.defineSegment, ({ command, streams }) =>
      unknownIn(command, streams),
    ),
    handle(commands.RedefineSegment, segments, rules.redefineSegment, ({ command, streams }) =>
      unknownIn(command, streams),
    ),
    handle(commands.RetireSegment, segments, rules.retireSegment),
    GetSegmentHandler,
    ListSegmentsHandler,
    ListSegmentStaysHandler,
    SegmentWhatIf,
    TrySegmentHandler,
  ],
})
export class SegmentsModule {}
