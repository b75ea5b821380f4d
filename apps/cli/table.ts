import type { Colors } from 'picocolors/types.js';
import { cut, oneLine, widthOf } from './text-width.js';

export interface Column {
  readonly title: string;
  /** Numbers stand right, under each other; they are shown whole or not at all. */
  readonly number?: boolean;
  /** Text is cut to no less than this; others give way first. */
  readonly least?: number;
}

export interface Grid {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** What a column takes, and what it can do with when there is little room. */
export interface Extent {
  readonly natural: number;
  readonly least: number;
}

/** Text is cut to no less than this many columns, unless it says otherwise, before whole columns are left out. */
const LEAST = 10;
/**
 * Widths that fit: text gives way first, the longest first; then columns are left out from the right, which an ellipsis
 * tells.
 * @returns one width per column that is shown
 */
export function fit(extents: readonly Extent[], width: number, gap: number): number[] {
  for (let shown = extents.length; shown > 1; shown -= 1) {
    const ellipsis = shown < extents.length ? gap + 1 : 0;
    const room = width - ellipsis - gap * (shown - 1);
    const widths = shrunk(extents.slice(0, shown), room);
    if (sum(widths) <= room) return widths;
  }
  const alone = width - (extents.length > 1 ? gap + 1 : 0);
  return extents.slice(0, 1).map(({ natural }) => Math.max(1, Math.min(natural, alone)));
}

/** Brings the widest columns down to the same width, as little as it takes. */
function shrunk(extents: readonly Extent[], room: number): number[] {
  const natural = extents.map((extent) => extent.natural);
  if (sum(natural) <= room) return natural;
  const capped = (cap: number) => extents.map((extent) => Math.min(extent.natural, Math.max(cap, extent.least)));
  let [low, high] = [0, Math.max(...natural)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sum(capped(middle)) <= room) low = middle;
    else high = middle - 1;
  }
  let spare = room - sum(capped(low));
  return capped(low).map((each, index) => {
    const more = spare > 0 && each < natural[index]! ? 1 : 0;
    spare -= more;
    return each + more;
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** A table as text, and the titles of the columns for which there was no room. */
export interface Rendered {
  readonly text: string;
  readonly left: readonly string[];
}

/**
 * A table without lines, as wide as it needs to be and no wider than `width`. No end of line at the end. Takes time in
 * proportion to the number of cells.
 */
export function render({ columns, rows }: Grid, width: number, colours: Colors): Rendered {
  const cells = rows.map((row) => columns.map((_, index) => oneLine(row[index] ?? '')));
  const longest = columns.map((_, index) => cells.reduce((most, row) => Math.max(most, widthOf(row[index]!)), 0));
  const [gap, extents] = spaced(columns, longest, width);
  const widths = fit(extents, width, gap);
  const left = columns.slice(widths.length).map(({ title }) => title);
  const line = (texts: readonly string[], paint: (text: string) => string = String) =>
    [
      ...widths.map((each, index) => padded(cut(texts[index] ?? '', each), each, columns[index]!, paint)),
      ...(left.length > 0 ? [paint('…')] : []),
    ]
      .join(' '.repeat(gap))
      .replace(/ +$/, '');
  const head = headLines(columns.slice(0, widths.length), widths);
  return {
    text: [...head.map((each) => line(each, colours.dim)), ...cells.map((each) => line(each))].join('\n'),
    left,
  };
}

function padded(text: string, width: number, { number }: Column, paint: (text: string) => string): string {
  const blank = ' '.repeat(width - widthOf(text));
  const shown = text === '' ? '' : paint(text);
  return number ? `${blank}${shown}` : `${shown}${blank}`;
}

/** Titles in as many lines as the longest of them takes; the others stand at the bottom. */
function headLines(columns: readonly Column[], widths: readonly number[]): string[][] {
  const titles = columns.map(({ title }, index) => lines(title, widths[index]!));
  const height = titles.reduce((most, { length }) => Math.max(most, length), 1);
  return Array.from({ length: height }, (_, line) => titles.map((title) => title[line - height + title.length] ?? ''));
}

/** With titles in one line where there is room for that, else with words under each other, else closer together. */
function spaced(
  columns: readonly Column[],
  longest: readonly number[],
  width: number,
): [gap: number, extents: Extent[]] {
  const extents = (ofTitle: (title: string) => number) =>
    columns.map(({ title, number, least = LEAST }, index): Extent => {
      const natural = Math.max(longest[index]!, ofTitle(title));
      return { natural, least: number ? natural : Math.min(natural, least) };
    });
  const wide = extents(widthOf);
  const narrow = extents((title) => Math.max(...title.split(' ').map(widthOf)));
  const fits = (those: readonly Extent[], gap: number) =>
    sum(those.map(({ natural }) => natural)) + gap * (columns.length - 1) <= width;
  if (fits(wide, 2)) return [2, wide];
  return [fits(narrow, 2) ? 2 : 1, narrow];
}

/** The words of a text in as few lines as there is room for. */
export function lines(title: string, width: number): string[] {
  const [first = '', ...words] = title.split(' ');
  const broken = [first];
  for (const word of words) {
    const longer = `${broken.at(-1)} ${word}`;
    if (widthOf(longer) <= width) broken[broken.length - 1] = longer;
    else broken.push(word);
  }
  return broken.map((each) => cut(each, width));
}
