import { Invalid } from '../errors.js';
import { addMilliseconds, dayIn, isDay, isZone, shiftDay, startOfDay, utc } from '../time.js';
import { periods } from './report.js';
import type { Parameters, Question, Source } from './report.js';

/** What `by` may name. */
const groupings = ({ dimensions, periods: dated }: Source): readonly string[] => [
  ...Object.keys(dimensions),
  ...(dated === undefined ? [] : periods),
];

/** A zone nobody knows is refused before anything is looked up in it. */
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
export function questionOf(source: Source, parameters: Parameters, zone: string, at: string): Question {
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

function known({ name }: Source, field: string, asked: readonly string[], valid: readonly string[]): void {
  const unknown = asked.filter((dimension) => !valid.includes(dimension));
  if (unknown.length === 0) return;
  throw new Invalid('dimension-unknown', `The report ${name} has no dimension ${unknown.join(', ')} here.`, {
    field,
    unknown,
    valid,
  });
}
