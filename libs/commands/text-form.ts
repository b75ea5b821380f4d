/* Which texts are taken, in words that JSON Schema has too. */

const BLANKS = String.raw`\t\n\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000`;
/** Characters that take no place, by their numbers: regular expressions of other languages do not know `\p`. */
const INVISIBLE = String.raw`\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb`;
/** Other than tab and line ends. */
const CONTROLS = String.raw`\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f`;
/** Something that can be seen, and no control characters. */
export const TEXT = new RegExp(`^[${BLANKS}${INVISIBLE}]*[^${BLANKS}${INVISIBLE}${CONTROLS}][^${CONTROLS}]*$`, 'u');
/** A character of an e-mail address. */
const C = `[^@${BLANKS}${INVISIBLE}${CONTROLS}]`;
export const EMAIL = new RegExp(`^${C}{1,64}@${C}+\\.${C}+$`, 'u');

export const isText = (value: string, max: number): boolean =>
  isAtMost(value, max) && value.isWellFormed() && TEXT.test(value);

/** Characters are counted as JSON Schema counts them: one outside the basic plane is one. */
const isAtMost = (text: string, max: number): boolean =>
  text.length <= max || (text.length <= 2 * max && [...text].length <= max);
