import { Invalid } from '../errors.js';
import { addMilliseconds, dayIn, isDay, isZone, shiftDay, startOfDay, utc } from '../time.js';
import type { When } from '../read-models/asking/reading.js';
import type { Report } from './answer.js';
import { periods } from './report.js';
import type { Definition, Question } from './report.js';

/** What can be asked of a report; all of it optional. */
export interface Parameters extends Omit<When, 'atRevision'> {
  /** Half-open window of local days, `YYYY-MM-DD`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Dimensions to group by; an empty list gives one total. Default: the dimensions of the report. */
  readonly by?: readonly string[] | undefined;
  /** One of the report's ways of counting. Default: the first one. */
  readonly basis?: string | undefined;
  /** Id of a pipeline, for reports that know pipelines. */
  readonly pipeline?: string | undefined;
  /** IANA name of the time zone of days. Default: the zone of the installation. */
  readonly zone?: string | undefined;
  /** By dimension, the values that count; null is "not known". */
  readonly where?: Readonly<Record<string, readonly (string | null)[]>> | undefined;
  /** Rows of a page; all rows when neither this nor `cursor` is given. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

/** What can be asked of any report, for `docs/reports.md`. */
export const asked: Readonly<Record<keyof Parameters, string>> = {
  from: 'First day of the window, as `YYYY-MM-DD`; without it, the window has no beginning.',
  to: 'The day after its last one; without it, the window has no end. What the window selects is said with each basis.',
  by: 'Dimensions to keep apart; empty to add everything up. Without it, those of the basis.',
  where:
    'By dimension, the values that count; an empty value is one that is not known. Over HTTP each dimension is a parameter of its own.',
  basis: 'Way of counting; without it, the first one of the report.',
  pipeline: 'Only this pipeline, in reports that have the dimension.',
  zone: 'IANA time zone whose days and months count; without it, that of the installation.',
  asOf: 'A past moment, or a day, which means its end in the zone. The report is what it was then; without it, what it is now.',
  axis: 'What `asOf` means: what had happened by then (`occurred`, the default), or what was known by then (`recorded`).',
  after: 'Position of the log that must have been looked at; over HTTP.',
  limit: 'Rows of a page, 1 to 500; over HTTP. Without `limit` and `cursor` all rows are sent.',
  cursor:
    '`next` of the page before; over HTTP. Pages are parts of the same rows. Those are kept for ten minutes; later, a cursor is refused ' +
    'as `cursor-outdated` once new events have come.',
};

/** What every report says about itself, for `docs/reports.md`. */
export const answered: Readonly<Record<keyof Report, string>> = {
  report: 'Its name.',
  definition:
    'Names and versions of all that decides what the figures mean: the read model, what is counted of it, the report, and the ' +
    'policies it follows. Figures of the same definition and position are the same.',
  position: 'Position of the log up to which everything has been looked at.',
  basis: 'Way of counting.',
  by: 'Dimensions that are kept apart.',
  window: '`from`, `to` and `asOf`, each null where it was not asked for.',
  axis: 'As it was asked for.',
  zone: 'Zone whose days count.',
  awaited:
    'What will answer instead, once it is built: another definition or another zone, and how far it is; null when nothing is to.',
  parked:
    'Documents that could not be computed: how many, and the first of them. Their figures are missing, or older than the others.',
  rows: 'One object for each row: its dimensions, then the figures of the basis. Ids have their names of today beside them (`…Name`).',
  next: 'Cursor of the next page; only where a page was asked for and there is another one. In CSV the header `x-report-next`.',
};

/** What `by` may name. */
const groupings = ({ dimensions, periods: dated }: Definition): readonly string[] => [
  ...Object.keys(dimensions),
  ...(dated === undefined ? [] : periods),
];

/** Refuses an unknown time zone. */
export function checkedZone({ zone }: Parameters): string | undefined {
  if (zone !== undefined && !isZone(zone)) {
    throw new Invalid('zone-unknown', `There is no time zone ${zone}.`, { field: 'zone' });
  }
  return zone;
}

/** The past moment that is asked for; a day means its end. */
export function momentOf({ asOf }: Parameters, zone: string): string | undefined {
  if (asOf === undefined) return undefined;
  if (isDay(asOf)) return addMilliseconds(startOfDay(zone, shiftDay(asOf, 1)), -1);
  const moment = utc(asOf);
  if (moment === undefined) {
    throw new Invalid('as-of-invalid', 'asOf must be a day or an ISO 8601 time with offset.', { field: 'asOf' });
  }
  return moment;
}

/**
 * Checks what is asked of a report.
 * @param at the moment it is about
 * @throws Invalid `window-invalid` · `dimension-unknown` · `basis-unknown`
 */
export function questionOf(source: Definition, parameters: Parameters, zone: string, at: string): Question {
  const bases = Object.keys(source.bases);
  const { from, to, pipeline, basis = bases[0]!, by, where = {} } = parameters;
  for (const [field, day] of Object.entries({ from, to })) {
    if (day !== undefined && !isDay(day)) {
      throw new Invalid('window-invalid', `${field} must be a day that exists, as YYYY-MM-DD.`, { field });
    }
  }
  if (from !== undefined && to !== undefined && to <= from) {
    throw new Invalid(
      'window-invalid',
      'The window must end after the day it begins on; its last day does not count.',
      {
        field: 'to',
      },
    );
  }
  if (!bases.includes(basis)) {
    throw new Invalid('basis-unknown', `The report ${source.name} has no basis ${basis}.`, {
      field: 'basis',
      valid: bases,
    });
  }
  const wanted = pipeline === undefined ? where : { ...where, pipeline: [pipeline] };
  known(source, 'by', by ?? [], groupings(source));
  known(source, 'where', Object.keys(wanted), Object.keys(source.dimensions));
  return {
    from,
    to,
    basis,
    where: wanted,
    today: dayIn(zone, at),
    by: [...new Set(by ?? source.bases[basis]!.by)],
  };
}

function known({ name }: Definition, field: string, asked: readonly string[], valid: readonly string[]): void {
  const unknown = asked.filter((dimension) => !valid.includes(dimension));
  if (unknown.length === 0) return;
  throw new Invalid('dimension-unknown', `The report ${name} has no dimension ${unknown.join(', ')} here.`, {
    field,
    unknown,
    valid,
  });
}
