import { decimal } from '../money.js';
import type { MoneySum } from '../money.js';
import { isNamed } from './names.js';
import type { Duration, IndexOfCurrency, Kind, Report, Row, ShareOfCurrency, Value } from './report.js';
import { sources } from './sources.js';

export interface Column {
  readonly title: string;
  /** Figures stand to the right. */
  readonly number: boolean;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * `people`: names instead of ids, percentages, thousands kept apart, a dash where there is nothing. `data`: fields are called
 * as in JSON, ids and names, plain decimals, empty where there is nothing.
 */
export type Style = 'people' | 'data';

/** A report as a table, for the screen and for CSV. Pure. */
export function table(report: Report, style: Style = 'people'): Table {
  const { by, rows } = report;
  const figures = sources[report.report].columns(report.basis);
  const keys = by
    .filter((dimension) => !Object.hasOwn(figures, dimension))
    .map((dimension) => [dimension, 'text'] as const);
  const parts = [...keys, ...Object.entries(figures)].flatMap(([field, kind]) => PARTS[kind](field, rows, pens[style]));
  return {
    columns: parts.map(({ title, number }) => ({ title, number })),
    rows: rows.map((row) => parts.map(({ of }) => of(row))),
  };
}

/** How values are written down. */
interface Pen {
  readonly style: Style;
  readonly nothing: string;
  readonly title: (field: string) => string;
  readonly count: (value: number) => string;
  readonly share: (value: number) => string;
  readonly index: (value: number) => string;
  readonly days: (value: number) => string;
  readonly flag: (value: boolean) => string;
  readonly amount: (value: MoneySum) => string;
}

const pens: Readonly<Record<Style, Pen>> = {
  people: {
    style: 'people',
    nothing: '–',
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
  readonly of: (row: Row) => string;
}

/** The columns a field takes, by what it is. */
const PARTS: Readonly<Record<Kind, (field: string, rows: readonly Row[], pen: Pen) => readonly Part[]>> = {
  text: (field, _, pen) => {
    const at = (place: string) => (row: Row) => (row[place] as string | null | undefined) ?? pen.nothing;
    const id = { title: pen.title(field), number: false, of: at(field) };
    if (!isNamed(field)) return [id];
    const name = at(`${field}Name`);
    if (pen.style === 'data') return [id, { title: `${field}Name`, number: false, of: name }];
    return [{ ...id, of: (row) => (row[`${field}Name`] === null ? id.of(row) : name(row)) }];
  },
  count: (field, _, pen) => [figure(pen.title(field), field, pen, pen.count)],
  share: (field, _, pen) => [figure(pen.title(field), field, pen, pen.share)],
  index: (field, _, pen) => [figure(pen.title(field), field, pen, pen.index)],
  // Its currency has a column of its own beside it.
  money: (field, _, pen) => [figure(pen.title(field), field, pen, pen.amount)],
  amounts: (field, rows, pen) => currencies(field, rows, pen, (sum: MoneySum) => pen.amount(sum)),
  indexes: (field, rows, pen) =>
    currencies(field, rows, pen, ({ index }: IndexOfCurrency) => (index === null ? pen.nothing : pen.index(index))),
  ratios: (field, rows, pen) => currencies(field, rows, pen, ({ share }: ShareOfCurrency) => pen.share(share)),
  flag: (field, _, pen) => [{ ...figure(pen.title(field), field, pen, pen.flag), number: false }],
  duration: (field, _, pen) => {
    const days = (value: number | null) => (value === null ? pen.nothing : pen.days(value));
    const title = pen.title(field);
    const ranks = [
      figure(`${title} p50`, field, pen, ({ p50 }: Duration) => days(p50)),
      figure(`${title} p90`, field, pen, ({ p90 }: Duration) => days(p90)),
    ];
    return pen.style === 'people'
      ? ranks
      : [figure(`${title} count`, field, pen, ({ count }: Duration) => String(count)), ...ranks];
  },
  // On the screen a matrix holds shares; who wants the counts as well reads data.
  counts: (field, rows, pen) => (pen.style === 'people' ? [] : months(field, rows, pen, pen.count)),
  shares: (field, rows, pen) => months(field, rows, pen, pen.share),
};

function figure<Read extends Value>(title: string, field: string, pen: Pen, write: (value: Read) => string): Part {
  return {
    title,
    number: true,
    of: (row) => {
      const value = row[field] ?? null;
      return value === null ? pen.nothing : write(value as Read);
    },
  };
}

/** A column for each currency that occurs in any row. */
function currencies<Each extends MoneySum | IndexOfCurrency | ShareOfCurrency>(
  field: string,
  rows: readonly Row[],
  pen: Pen,
  write: (each: Each) => string,
): readonly Part[] {
  return currenciesOf(rows, field).map((currency) => ({
    title: `${pen.title(field)} ${currency}`,
    number: true,
    of: (row) => {
      const found = ((row[field] ?? []) as readonly Each[]).find((each) => each.currency === currency);
      return found ? write(found) : pen.nothing;
    },
  }));
}

/** A column for each month from the first purchase on; what lies in the future stays empty. */
function months(field: string, rows: readonly Row[], pen: Pen, write: (value: number) => string): readonly Part[] {
  const of = (row: Row) => (row[field] ?? []) as readonly (number | null)[];
  const longest = rows.reduce((length, row) => (of(row).length > length ? of(row).length : length), 0);
  return Array.from({ length: longest }, (_, month) => ({
    title: pen.style === 'people' ? `+${month}` : `${field}+${month}`,
    number: true,
    of: (row) => {
      const value = of(row)[month];
      return value === undefined ? '' : value === null ? pen.nothing : write(value);
    },
  }));
}

const currenciesOf = (rows: readonly Row[], field: string): readonly string[] =>
  [
    ...new Set(
      rows.flatMap((row) => ((row[field] ?? []) as readonly { currency: string }[]).map((each) => each.currency)),
    ),
  ].sort();
