import { Invalid } from '../../errors.js';
import { askedWords } from '../../text.js';
import type { Filter } from '../read-models.js';

/**
 * Every word of the text must be, or begin, a word of the document's list `words`.
 * @throws Invalid `text-unsearchable` for a text without a letter or digit: it would be found everywhere
 */
export function wordFilters(text?: string): Filter[] {
  if (text === undefined) return [];
  const words = askedWords(text);
  if (words.length > 0) return words.map((word) => ({ words: { $has: { $prefix: word } } }));
  throw new Invalid('text-unsearchable', 'A text to search for needs a letter or a digit.', { field: 'text' });
}
