import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsText, IsTime } from '../http/validation.js';
import { WhenQuery } from '../http/when.dto.js';

/** Which part of a history, filtered by kind, person and time. */
export class HistoryQuery extends WhenQuery {
  /** Entries after this position: `next` of the page before. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  from?: number;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit?: number;

  /** Event types, with commas between them. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @IsArray()
  @ArrayMaxSize(100)
  @IsText(100, { each: true })
  types?: string[];

  /** Id or name of who did it. */
  @IsOptional()
  @IsText(255)
  actor?: string;

  /** Happened at this time or later. */
  @IsOptional()
  @IsTime()
  since?: string;

  /** Happened before this time. */
  @IsOptional()
  @IsTime()
  before?: string;
}
