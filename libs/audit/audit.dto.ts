import { CommaSeparated, IsText, IsTime, IsWhole, MayBeLeftOut } from '../http/validation.js';
import { WhenQuery } from '../http/when.dto.js';

/** Which part of a history, filtered by kind, person and time. */
export class HistoryQuery extends WhenQuery {
  /** Entries after this position: `next` of the page before. */
  @MayBeLeftOut()
  @IsWhole(0, Number.MAX_SAFE_INTEGER)
  from?: number;

  @MayBeLeftOut()
  @IsWhole(1, 1_000)
  limit?: number;

  /** Event types, with commas between them. */
  @MayBeLeftOut()
  @CommaSeparated(100, 100)
  types?: string[];

  /** Id or name of who did it. */
  @MayBeLeftOut()
  @IsText(255)
  actor?: string;

  /** Happened at this time or later. */
  @MayBeLeftOut()
  @IsTime()
  since?: string;

  /** Happened before this time. */
  @MayBeLeftOut()
  @IsTime()
  before?: string;
}
