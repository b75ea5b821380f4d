import { decimal } from '../money.js';
import type { MoneySum } from '../money.js';
import type { Duration, IndexOfCurrency, Report, Row, ShareOfCurrency, Value } from './answer.js';
import { isNamed } from './names.js';
import { columnsOf } from './report.js';
import type { Definition, Kind } from './report.js';

export interface Column {
  readonly title: string;
  /** Figures stand to the right. */
  readonly number: boolean;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** How a report is written down, with what `docs/reports.md` says about it. */
export const styles = {
  people:
    'Names instead of ids, percentages, thousands kept apart, a dash where there is nothing. The line below the title names the ' +
    'definition. Amounts bear their currencies. A matrix of months shows shares, with a column for each month.',
  data:
    'Fields are called as in JSON; ids have their names beside them (`…Name`), decimals are plain, shares have six of them at most, nothing is an empty field. ' +
    'The last column, `definition`, is the same in every line. Amounts bear their currencies, as in `EUR 12.50; JPY 700`; asked ' +
    'by `currency` they are plain decimals. In a matrix of months every month is a line of its own: `monthsAfter` counts them ' +
    'from 0 and the other columns repeat what holds for the row.',
} as const;

export type Style = keyof typeof styles;

/**
 * A report as a table, for the screen and for CSV. Which columns it has depends on what was asked, never on what was found;
 * only a matrix of months is as wide as there are months. Pure.
 */
export function table(report: Report, definition: Pick<Definition, 'bases'>, style: Style = 'people'): Table {
  const { by, rows } = report;
  const figures = Object.entries(columnsOf(definition, report)).map(([field, { kind }]) => ({
    field,
    kind,
  }));
  const keys = by
    .filter((dimension) => figures.every(({ field }) => field !== dimension))
    .map((field) => ({ field, kind: 'text' as const }));
  const all = [...keys, ...figures];
  const pen = { ...pens[style], alone: by.includes('currency') };
  const parts = all.flatMap(({ field, kind }) => PARTS[kind](field, rows, pen));
  const series = all.filter(({ kind }) => kind === 'counts' || kind === 'shares').map(({ field }) => field);
  if (style === 'people') return laidOut(parts, rows.map(whole));
  const lines = series.length === 0 ? rows.map(whole) : rows.flatMap((row) => monthByMonth(row, series));
  return laidOut([...parts, { title: 'definition', number: false, of: () => report.definition }], lines);
}

/** A table as lines of text, its titles first. */
export const linesOf = ({ columns, rows }: Table): readonly (readonly string[])[] => [
  columns.map(({ title }) => title),
  ...rows,
];

/** What a line of a table is about: a row, or one month of it. */
interface Line {
  readonly row: Row;
  readonly month: number;
}

const whole = (row: Row): Line => ({ row, month: 0 });

const monthByMonth = (row: Row, series: readonly string[]): readonly Line[] =>
  Array.from({ length: Math.max(0, ...series.map((field) => seriesOf(row, field).length)) }, (_, month) => ({
    row,
    month,
  }));

const seriesOf = (row: Row, field: string) => (row[field] ?? []) as readonly (number | null)[];

const laidOut = (parts: readonly Part[], lines: readonly Line[]): Table => ({
  columns: parts.map(({ title, number }) => ({ title, number })),
  rows: lines.map((line) => parts.map(({ of }) => of(line))),
});

/** How values are written down. */
interface Pen {
  readonly style: Style;
  readonly nothing: string;
  /** Between figures of several currencies. */
  readonly between: string;
  /** Whether a row is about one currency, which has a column of its own. */
  readonly alone: boolean;
  readonly title: (field: string) => string;
  readonly count: (value: number) => string;
  readonly share: (value: number) => string;
  readonly index: (value: number) => string;
  readonly days: (value: number) => string;
  readonly flag: (value: boolean) => string;
  readonly amount: (value: MoneySum) => string;
}

const pens: Readonly<Record<Style, Omit<Pen, 'alone'>>> = {
  people: {
    style: 'people',
    nothing: '–',
    between: ' · ',
    title: (field) => field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
    count: (value) => thousands(String(value)),
    share: (value) => `${(value * 100).toFixed(1)}%`,
    index: (value) => value.toFixed(2),
    days: (value) => value.toFixed(value < 10 ? 1 : 0),
    flag: (value) => (value ? 'yes' : 'no'),
    amount: (value) => thousands(decimal(value)),
  },
  data: {
    style: 'data',
    nothing: '',
    between: '; ',
    title: (field) => field,
    count: String,
    share: (value) => String(Number(value.toFixed(6))),
    index: (value) => String(Number(value.toFixed(6))),
    days: String,
    flag: String,
    amount: decimal,
  },
};

const thousands = (text: string): string => text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');

interface Part extends Column {
  readonly of: (line: Line) => string;
}

/** The columns a field takes, by what it is. */
const PARTS: Readonly<Record<Kind, (field: string, rows: readonly Row[], pen: Pen) => readonly Part[]>> = {
  text: (field, _, pen) => {
    const at = (row: Row, place: string) => (row[place] as string | null | undefined) ?? pen.nothing;
    const id = { title: pen.title(field), number: false, of: ({ row }: Line) => at(row, field) };
    if (!isNamed(field)) return [id];
    const name = `${field}Name`;
    if (pen.style === 'data') return [id, { title: name, number: false, of: ({ row }) => at(row, name) }];
    return [{ ...id, of: ({ row }) => at(row, (row[name] ?? null) === null ? field : name) }];
  },
  count: (field, _, pen) => [figure(pen.title(field), field, pen, pen.count)],
  share: (field, _, pen) => [figure(pen.title(field), field, pen, pen.share)],
  index: (field, _, pen) => [figure(pen.title(field), field, pen, pen.index)],
  // Its currency has a column of its own beside it.
  money: (field, _, pen) => [figure(pen.title(field), field, pen, pen.amount)],
  amounts: (field, _, pen) => [currencies(field, pen, (sum: MoneySum) => pen.amount(sum))],
  indexes: (field, _, pen) => [
    currencies(field, pen, ({ index }: IndexOfCurrency) => (index === null ? pen.nothing : pen.index(index))),
  ],
  ratios: (field, _, pen) => [currencies(field, pen, ({ share }: ShareOfCurrency) => pen.share(share))],
  flag: (field, _, pen) => [{ ...figure(pen.title(field), field, pen, pen.flag), number: false }],
  duration: (field, _, pen) => {
    const days = (value: number | null) => (value === null ? pen.nothing : pen.days(value));
    const title = pen.title(field);
    return [
      figure(`${title} count`, field, pen, ({ count }: Duration) => pen.count(count)),
      figure(`${title} p50`, field, pen, ({ p50 }: Duration) => days(p50)),
      figure(`${title} p90`, field, pen, ({ p90 }: Duration) => days(p90)),
    ];
  },
  // On the screen a matrix holds shares; the counts as well stand in data.
  counts: (field, _, pen) =>
    pen.style === 'people'
      ? []
      : [
          { title: 'monthsAfter', number: true, of: ({ month }) => String(month) },
          { title: field, number: true, of: ({ row, month }) => inMonth(row, field, month, pen, pen.count) },
        ],
  shares: (field, rows, pen) =>
    pen.style === 'people'
      ? matrix(field, rows, pen)
      : [{ title: field, number: true, of: ({ row, month }) => inMonth(row, field, month, pen, pen.share) }],
};

function figure<Read extends Value>(title: string, field: string, pen: Pen, write: (value: Read) => string): Part {
  return {
    title,
    number: true,
    of: ({ row }) => {
      const value = row[field] ?? null;
      return value === null ? pen.nothing : write(value as Read);
    },
  };
}

/** Figures of several currencies in one field, each with its code unless the row is about one currency alone. */
function currencies<Each extends MoneySum | IndexOfCurrency | ShareOfCurrency>(
  field: string,
  pen: Pen,
  write: (each: Each) => string,
): Part {
  const written = (each: Each) => (pen.alone ? write(each) : `${each.currency} ${write(each)}`.trim());
  return {
    title: pen.title(field),
    number: true,
    of: ({ row }) => ((row[field] ?? []) as readonly Each[]).map(written).join(pen.between) || pen.nothing,
  };
}

/** A column for each month from the first purchase on; what lies in the future stays empty. */
function matrix(field: string, rows: readonly Row[], pen: Pen): readonly Part[] {
  const longest = rows.reduce((length, row) => Math.max(length, seriesOf(row, field).length), 0);
  return Array.from({ length: longest }, (_, month) => ({
    title: `+${month}`,
    number: true,
    of: ({ row }) => inMonth(row, field, month, pen, pen.share),
  }));
}

function inMonth(row: Row, field: string, month: number, pen: Pen, write: (value: number) => string): string {
  const value = seriesOf(row, field)[month];
  return value === undefined ? '' : value === null ? pen.nothing : write(value);
}
