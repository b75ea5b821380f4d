import { commaSeparated, repeated, wordOrNone } from '../commands/query-fields.js';
import { day, oneOf, text, textual } from '../commands/fields.js';
import type { Field, Fields, ValuesOf } from '../commands/fields.js';
import { page, when } from '../http/asked.js';
import { inLowerCase } from '../ids.js';
import type { Parameters } from './question.js';
import type { Reports } from './reports.js';

const LONGEST_VALUE = 255;

/** A value of a dimension; an empty one means "not known". Ids may be written in upper case. */
const value = (): Field<string> =>
  textual(
    `must be text of at most ${LONGEST_VALUE} characters`,
    (given) => given.length <= LONGEST_VALUE,
    { maxLength: LONGEST_VALUE },
    { written: inLowerCase },
  );

/** What every report is asked by. Which bases and dimensions it has is said where it refuses one. */
const common = {
  from: day().optional().describe('First local day of the window.'),
  to: day().optional().describe('The day after the last one of the window.'),
  by: commaSeparated(wordOrNone(50), 10, 0)
    .optional()
    .describe(
      'Dimensions to keep apart, with commas between them; empty to add everything up. Reports of what happened on days also know `month` and `day`.',
    ),
  basis: text(50).optional().describe("Which of the report's ways of counting."),
  pipeline: text(100).transform(inLowerCase).optional().describe('Id of a pipeline.'),
  zone: text(64).optional().describe('IANA name of the zone whose days count, such as Europe/Berlin.'),
  limit: page.limit,
  cursor: page.cursor,
  format: oneOf(['json', 'csv']).optional().describe('CSV can also be asked for with `Accept: text/csv`.'),
};

/** The parameters of a query: the common ones, and the dimensions of all reports to filter by. */
export function fieldsOf({ dimensions }: Reports): Fields {
  const others = dimensions.filter((dimension) => !(dimension in common) && !(dimension in when));
  const filters = others.map((dimension) => [dimension, repeated(value(), 100).optional()] as const);
  return { ...common, ...Object.fromEntries(filters), ...when };
}

/** The filters are all that is no parameter of another kind. */
export function parametersOf(query: ValuesOf<typeof common & typeof when>): Parameters {
  const { from, to, by, basis, pipeline, zone, after, asOf, axis, limit, cursor, format: _, ...filters } = query;
  const wanted = Object.entries(filters as Record<string, readonly string[] | undefined>);
  const where = Object.fromEntries(
    wanted.flatMap(([dimension, values]) => (values ? [[dimension, values.map((each) => each || null)]] : [])),
  );
  const apart = by?.filter((dimension) => dimension !== '');
  return { from, to, by: apart, basis, pipeline, zone, after, asOf, axis, where, limit, cursor };
}
