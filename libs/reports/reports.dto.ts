import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsString, MaxLength } from 'class-validator';
import { CommaSeparated, InLowerCase, IsDay, IsText, MayBeLeftOut } from '../http/validation.js';
import { WhenQuery } from '../http/when.dto.js';
import type { Parameters } from './report.js';

const asList = (value: unknown): unknown => (value === undefined || Array.isArray(value) ? value : [value]);

/** One value, or several by saying it again; an empty one means "not known". */
const Values = (): PropertyDecorator =>
  applyDecorators(
    MayBeLeftOut(),
    Transform(({ value }: { value: unknown }) => asList(value)),
    InLowerCase(),
    IsArray(),
    ArrayMaxSize(100),
    IsString({ each: true }),
    MaxLength(255, { each: true }),
  );

/** What is asked of a report. Which bases and dimensions it has is said where it refuses one. */
export class ReportQuery extends WhenQuery {
  /** First local day of the window. */
  @MayBeLeftOut()
  @IsDay()
  from?: string;

  /** The day after the last one of the window. */
  @MayBeLeftOut()
  @IsDay()
  to?: string;

  /** Dimensions to keep apart, with commas between them; empty to add everything up. Reports of what happened on days also know `month` and `day`. */
  @MayBeLeftOut()
  @CommaSeparated(10, 50)
  by?: string[];

  /** Which of the report's ways of counting. */
  @MayBeLeftOut()
  @IsText(50)
  basis?: string;

  /** Id of a pipeline. */
  @MayBeLeftOut()
  @InLowerCase()
  @IsText(100)
  pipeline?: string;

  /** IANA name of the zone whose days count, such as Europe/Berlin. */
  @MayBeLeftOut()
  @IsText(64)
  zone?: string;

  /** CSV can also be asked for with `Accept: text/csv`. */
  @MayBeLeftOut()
  @IsIn(['json', 'csv'])
  format?: 'json' | 'csv';

  @Values() employee?: string[];
  @Values() owner?: string[];
  @Values() manager?: string[];
  @Values() orgUnit?: string[];
  @Values() customer?: string[];
  @Values() product?: string[];
  @Values() source?: string[];
  @Values() tier?: string[];
  @Values() sector?: string[];
  @Values() region?: string[];
  @Values() status?: string[];
  @Values() assignment?: string[];
  @Values() currency?: string[];
}

/** The filters are whatever is no parameter of another kind. */
export function parametersOf(query: ReportQuery): Parameters {
  const { from, to, by, basis, pipeline, zone, after, asOf, axis, format: _, ...filters } = query;
  const wanted = Object.entries(filters as Record<string, string[] | undefined>).filter(
    (entry) => entry[1] !== undefined,
  );
  const where = Object.fromEntries(
    wanted.map(([dimension, values]) => [dimension, values!.map((value) => value || null)]),
  );
  return { from, to, by, basis, pipeline, zone, after, asOf, axis, where };
}
