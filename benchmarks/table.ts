import type { Grid } from '../apps/cli/table.js';
import { isMet, ratiosOf, spreadOf } from './measure.js';
import type { Figure, Spread } from './measure.js';

const columns = [
  { title: 'figure' },
  ...['median', 'min – max', 'ceiling', 'ratio', 'min – max'].map((title) => ({ title, number: true })),
  ...['target', '', 'event', 'durability', 'note'].map((title) => ({ title })),
];

/** The figures for people; programs get them as they are. */
export const tableOf = (figures: readonly Figure[]): Grid => ({ columns, rows: figures.map(rowOf) });

/** The same for a page of the documentation. */
export function markdownOf(figures: readonly Figure[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = columns.map((column) => ('number' in column ? '--:' : '---'));
  return [line(columns.map(({ title }) => title)), line(rule), ...figures.map((figure) => line(rowOf(figure)))].join(
    '\n',
  );
}

function rowOf(figure: Figure): string[] {
  const { name, unit, values, ceiling, eventBytes, durability, note } = figure;
  const spread = spreadOf(values);
  const ratios = ratiosOf(figure);
  const met = isMet(figure);
  return [
    name,
    `${number(spread.median)} ${unit}`,
    values.length > 1 ? range(spread) : '',
    ceiling ? `${number(spreadOf(ceiling.values).median)} ${ceiling.name}` : '',
    ratios ? number(ratios.median) : '',
    ratios && values.length > 1 ? range(ratios) : '',
    targetOf(figure),
    met === undefined ? '' : met ? 'met' : 'missed',
    eventBytes === undefined ? '' : `${eventBytes} B`,
    durability ?? '',
    note ?? '',
  ];
}

function targetOf({ target, unit }: Figure): string {
  if (!target) return '';
  const what = target.of === 'value' ? ` ${unit}` : '';
  return target.atLeast === undefined ? `≤ ${target.atMost}${what}` : `≥ ${target.atLeast}${what}`;
}

const range = ({ min, max }: Spread): string => `${number(min)} – ${number(max)}`;

/** Three digits that count; whole numbers from a hundred on. */
function number(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
