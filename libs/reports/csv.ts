import type { Table } from './table.js';

const NUMBER = /^-?\d+(\.\d+)?$/;
/** What a spreadsheet begins to calculate at, in the wide forms of East Asian keyboards too. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * A table as CSV by RFC 4180: commas, CRLF, quotes where needed, UTF-8. Text that a spreadsheet would take for a formula
 * gets an apostrophe in front; numbers stay numbers.
 */
export function csv({ columns, rows }: Table): string {
  const lines = [columns.map(({ title }) => title), ...rows];
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

function field(cell: string): string {
  if (NUMBER.test(cell)) return cell;
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
