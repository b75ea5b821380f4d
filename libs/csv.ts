import { stringify } from 'csv-stringify/sync';

const NUMBER = /^-?\d+(\.\d+)?$/;
/** Text that a spreadsheet takes for a formula; also with the full-width characters of East Asian keyboards. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * Lines of CSV by RFC 4180: commas, CRLF, quotes where needed. Text that a spreadsheet would take for a formula gets an
 * apostrophe in front; numbers stay numbers. The option of csv-stringify for that is not used, as it takes negative numbers
 * for formulas, too.
 */
export const csv = (lines: readonly (readonly string[])[]): string =>
  stringify(
    lines.map((line) => line.map(harmless)),
    { record_delimiter: 'windows', quoted_match: /^\s|\s$|[\r\n]/ },
  );

const harmless = (cell: string): string => (FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell);
