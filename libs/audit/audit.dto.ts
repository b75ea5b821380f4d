import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, Max, Min } from 'class-validator';
import { IsText, IsTime, MayBeLeftOut } from '../http/validation.js';
import { WhenQuery } from '../http/when.dto.js';

/** Which part of a history, filtered by kind, person and time. */
export class HistoryQuery extends WhenQuery {
  /** Entries after this position: `next` of the page before. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  from?: number;

  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit?: number;

  /** Event types, with commas between them. */
  @MayBeLeftOut()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @IsArray()
  @ArrayMaxSize(100)
  @IsText(100, { each: true })
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
