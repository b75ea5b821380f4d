import { wordsOf } from '../text.js';
import type { Filter } from './read-models.js';

/** Every word of the text must be, or begin, a word of the document's list `words`. */
export const wordFilters = (text = ''): Filter[] =>
  wordsOf(text).map((word) => ({ words: { $has: { $prefix: word } } }));
