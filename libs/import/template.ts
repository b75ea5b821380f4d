import type { Row } from './csv.js';

/** `{column}`, `{column?}`, and `{{` `}}` for the braces themselves. */
const PARTS = /\{\{|\}\}|\{([^{}]+?)(\??)\}|[{}]/g;

/**
 * A text with columns in braces. Empty when one of them is, unless it has a question mark.
 * @throws Error when a brace is left open
 */
export function template(
  text: string,
  column: (name: string) => (row: Row) => string | null,
): (row: Row) => string | null {
  const parts: ((row: Row) => string | null)[] = [];
  let from = 0;
  let columns = 0;
  const constant = (literal: string): void => {
    if (literal !== '') parts.push(() => literal);
  };
  for (const match of text.matchAll(PARTS)) {
    constant(text.slice(from, match.index));
    const [found, name, optional] = match;
    if (found === '{{' || found === '}}') constant(found[0]!);
    else if (name === undefined) throw new Error(`has a brace that is not closed: "${text}"`);
    else {
      const cell = column(name.trim());
      columns += 1;
      parts.push(optional === '?' ? (row) => cell(row) ?? '' : cell);
    }
    from = match.index + found.length;
  }
  constant(text.slice(from));
  if (parts.length === 1) return parts[0]!;
  if (columns === 0) return () => text.replaceAll('{{', '{').replaceAll('}}', '}') || null;
  return (row) => {
    let joined = '';
    for (const part of parts) {
      const value = part(row);
      if (value === null) return null;
      joined += value;
    }
    return joined.trim() || null;
  };
}
