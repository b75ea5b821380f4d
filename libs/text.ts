/*
 * The one place that says when two names are the same, in what order they stand, and by what words they are found.
 */

/** Characters that take no place: zero-width and format characters, fillers, controls that are no blanks. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]|[^\P{Cc}\t\n\v\f\r\x85]/gu;
/** `\s` and what else is drawn as a blank. */
const BLANKS = /[\s\x85\u2800]+/gu;
/** Typographic, modifier and free-standing accents that are typed for an apostrophe. */
const APOSTROPHES = /[\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u2032\u00b4\u0060\u1fbd\u1fbf\ua78c]/gu;
const HYPHENS = /[\p{Pd}\u2212\u2043\u02d7]/gu;

/**
 * The form in which names are compared: NFKC, no invisible characters, one kind of blank, apostrophe and hyphen, and no
 * difference of case as Unicode folds it (`ß` is `ss`, `ς` is `σ`). The four letters i of Turkish are one letter, since the
 * capital of one language is the small letter of another.
 */
export function normalForm(text: string): string {
  // Nothing else is to be done with what most texts are made of: ASCII that can be seen, but for the accent among it.
  if (/^[ -_a-~]*$/.test(text)) return text.toLowerCase().replace(/ +/g, ' ').trim();
  // The second time, letters are folded that the first time has made.
  return folded(folded(text)).replace(BLANKS, ' ').trim();
}

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(INVISIBLE, '')
    .replace(APOSTROPHES, "'")
    .replace(HYPHENS, '-')
    .normalize('NFKC')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .replaceAll('i\u0307', 'i')
    .normalize('NFKC');

/** Scripts whose marks a reader may leave out. In others, marks are vowels. */
const MARKS = /(?<=[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Hebrew}\p{sc=Arabic}])\p{Mn}+/gu;
/** Letters with a mark that Unicode does not take apart. */
const MARKED: Readonly<Record<string, string>> = { ø: 'o', ł: 'l', đ: 'd', ħ: 'h', ŧ: 't', æ: 'ae', œ: 'oe' };

/** The normal form without marks: `Ärzte` is `arzte`. */
export const baseForm = (text: string): string => unmarked(normalForm(text));

const unmarked = (normal: string): string =>
  normal
    .normalize('NFD')
    .replace(MARKS, '')
    .replace(/[øłđħŧæœ]/gu, (letter) => MARKED[letter]!)
    .normalize('NFC');

/**
 * The key that lists sort names by, and by which namesakes are found: equal for names of one normal form only. Names that
 * differ in marks stand side by side, the one without marks first. Engines compare keys by code points.
 */
export function nameKey(name: string): string {
  const normal = normalForm(name);
  const base = unmarked(normal);
  // The separator sorts before whatever a longer name goes on with.
  return base === normal ? base : `${base}\u0001${normal}`;
}

/** Scripts that are written without blanks between words; words are found inside a run of them. */
const RUN =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]+/u;
const PARTS = new RegExp(`(${RUN.source})`, 'u');
/** Characters of a run that are kept together. */
const WINDOW = 4;

/** Words of letters and digits, and runs of scripts without blanks. */
const parts = (text: string): string[] =>
  baseForm(text)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .flatMap((word) => word.split(PARTS))
    .filter((part) => /[\p{L}\p{N}]/u.test(part));

/** What a text is found by: its words; of a run without blanks, the next four characters from each one on. */
export const wordsOf = (text: string): string[] => [
  ...new Set(
    parts(text).flatMap((part) => {
      const letters = [...part];
      return RUN.test(part) ? letters.map((_, at) => letters.slice(at, at + WINDOW).join('')) : [part];
    }),
  ),
];

/**
 * What a text must be found by that is searched for: each of these is, or begins, one of `wordsOf`. A run of more than four
 * characters is taken in overlapping pieces of four.
 */
export const askedWords = (text: string): string[] => [
  ...new Set(
    parts(text).flatMap((part) => {
      const letters = [...part];
      if (!RUN.test(part) || letters.length <= WINDOW) return [part];
      return letters.slice(WINDOW - 1).map((_, at) => letters.slice(at, at + WINDOW).join(''));
    }),
  ),
];
