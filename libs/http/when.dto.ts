import { IsIn } from 'class-validator';
import type { When } from '../read-models/asking/reading.js';
import { IsDayOrTime, IsText, IsWhole, MayBeLeftOut } from './validation.js';

/** The moment a question is about. */
export class WhenQuery implements When {
  /** Position a command answered with: wait until the answer shows it. */
  @MayBeLeftOut()
  @IsWhole(0, Number.MAX_SAFE_INTEGER)
  after?: number;

  /** A past moment, or a day, which means its end in the zone of a report or else in that of the installation. */
  @MayBeLeftOut()
  @IsDayOrTime()
  asOf?: string;

  /** Whether `asOf` means what had happened by then or what was known by then. */
  @MayBeLeftOut()
  @IsIn(['occurred', 'recorded'])
  axis?: 'occurred' | 'recorded';
}

/** The moment a question about one document is about. */
export class DocumentWhenQuery extends WhenQuery {
  /** Revision of the document's own stream. */
  @MayBeLeftOut()
  @IsWhole(0, Number.MAX_SAFE_INTEGER)
  atRevision?: number;
}

/** A page of a list. */
export class PageQuery extends WhenQuery {
  /** How many. */
  @MayBeLeftOut()
  @IsWhole(1, 500)
  limit?: number;

  /** `next` of the page before. */
  @MayBeLeftOut()
  @IsText(2_000)
  cursor?: string;
}
