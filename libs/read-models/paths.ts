import type { Projection } from './projection.js';

const PATH = /^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)*$/;

/** A path into a document, safe to stand in a statement of any engine. */
export function safePath(path: string): string {
  if (!PATH.test(path)) throw new Error(`not a document path: ${path}`);
  return path;
}

/** Paths that are indexed. */
export const indexedPaths = ({ indexes, filters }: Projection): string[] => [
  ...new Set([...indexes.flat(), ...filters]),
];

export function valueAt(document: unknown, path: string): unknown {
  if (!path.includes('.')) return (document as Record<string, unknown> | null)?.[path];
  return path
    .split('.')
    .reduce((value, step) => (value as Record<string, unknown> | null | undefined)?.[step], document);
}

/** The texts of a list that is searched with `$has`. */
export function listAt(document: unknown, path: string): ReadonlySet<string> {
  const value = valueAt(document, path);
  return new Set(Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);
}
