import Table from 'cli-table3';
import type { Colors } from 'picocolors/types.js';
import { cut, oneLine, widthOf } from './text-width.js';

export interface Column {
  readonly title: string;
  /** Numbers stand right, under each other; they are shown whole or not at all. */
  readonly number?: boolean;
}

export interface Grid {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

const GAP = 2;
/** Text is cut to no less than this many columns before whole columns are left out. */
const SHORTEST = 10;
const NOTHING = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`].map((part) => [part, ''])),
);

/**
 * Widths that fit: text columns give way first, the widest first; then columns are left out from the right, which an
 * ellipsis tells.
 * @returns one width per column that is shown
 */
export function fit(natural: readonly number[], flexible: readonly boolean[], width: number): number[] {
  for (let shown = natural.length; shown > 1; shown -= 1) {
    const ellipsis = shown < natural.length ? GAP + 1 : 0;
    const room = width - ellipsis - GAP * (shown - 1);
    const widths = shrunk(natural.slice(0, shown), flexible, room);
    if (sum(widths) <= room) return widths;
  }
  return natural.slice(0, 1).map((first) => Math.max(1, Math.min(first, width - (natural.length > 1 ? GAP + 1 : 0))));
}

/** Brings the widest text columns down to the same width, as little as it takes. */
function shrunk(natural: readonly number[], flexible: readonly boolean[], room: number): number[] {
  const capped = (cap: number) => natural.map((each, index) => (flexible[index] ? Math.min(each, cap) : each));
  let [low, high] = [SHORTEST, Math.max(SHORTEST, ...natural)];
  if (sum(capped(high)) <= room) return [...natural];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sum(capped(middle)) <= room) low = middle;
    else high = middle - 1;
  }
  const widths = capped(low);
  let spare = room - sum(widths);
  return widths.map((each, index) => {
    const more = spare > 0 && each < natural[index]! ? 1 : 0;
    spare -= more;
    return each + more;
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** A table without lines, as wide as it needs to be and no wider than `width`. No end of line at the end. */
export function render({ columns, rows }: Grid, width: number, colours: Colors): string {
  const cells = rows.map((row) => columns.map((_, index) => oneLine(row[index] ?? '')));
  const natural = columns.map(({ title }, index) => Math.max(widthOf(title), ...cells.map((row) => widthOf(row[index]!))));
  const widths = fit(natural, columns.map(({ number }) => !number), width);
  const left = widths.length < columns.length;
  const line = (texts: readonly string[], paint: (text: string) => string = String) => [
    ...widths.map((each, index) => paint(cut(texts[index]!, each))),
    ...(left ? [paint('…')] : []),
  ];
  const table = new Table({
    chars: { ...NOTHING, middle: ' '.repeat(GAP) },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: [...widths.map((_, index): 'left' | 'right' => (columns[index]!.number ? 'right' : 'left')), 'left'],
    colWidths: [...widths, ...(left ? [1] : [])],
  });
  table.push(line(columns.map(({ title }) => title), colours.dim), ...cells.map((row) => line(row)));
  return table.toString().replace(/ +$/gm, '');
}
