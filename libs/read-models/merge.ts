import type { Projection } from './projection.js';
import { cursorOf } from './filter.js';
import type { Find, Found } from './read-models.js';

/** Sort value of a document, as an engine stores it. */
export type SortValue = string | number | null;

/** A document of a list with its sort values, the id last. */
export interface Placed<Document> {
  readonly keys: readonly SortValue[];
  readonly document: () => Document;
}

/**
 * Merges sorted pages of several partitions into one. Each input has one document more than the page, if there are more.
 */
export function pageOf<Document>(
  projection: Projection<Document>,
  partitions: readonly (readonly Placed<Document>[])[],
  find: Find,
): Found<Document> {
  const { sort = [], limit = 50 } = find;
  const placed =
    partitions.length === 1 ? partitions[0]! : partitions.flat().sort((a, b) => order(a.keys, b.keys, sort));
  const items = placed.slice(0, limit).map(({ document }) => document());
  return placed.length > limit ? { items, next: cursorOf(projection, find, placed[limit - 1]!.keys) } : { items };
}

/**
 * Sort order of the engines: missing values, then numbers, then texts. The id breaks ties, in the direction of the first
 * key.
 */
function order(a: readonly SortValue[], b: readonly SortValue[], sort: readonly string[]): number {
  for (let at = 0; at < a.length; at += 1) {
    const found = compare(a[at]!, b[at]!);
    if (found !== 0) return (sort[at] ?? sort[0])?.startsWith('-') ? -found : found;
  }
  return 0;
}

const rankOf = (value: SortValue): number => (value === null ? 0 : typeof value === 'number' ? 1 : 2);

function compare(a: SortValue, b: SortValue): number {
  if (typeof a === 'string' && typeof b === 'string') return byCodePoints(a, b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return rankOf(a) - rankOf(b);
}

/** Compares by code points. JavaScript compares UTF-16 units, which sorts characters beyond the first plane wrongly. */
function byCodePoints(a: string, b: string): number {
  for (let at = 0; at < a.length && at < b.length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return lifted(left) - lifted(right);
  }
  return a.length - b.length;
}

const lifted = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
