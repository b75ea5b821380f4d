const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** What can be said of JSON without reading it. Of text that is no JSON it says nothing of use. */
export interface Outline {
  /** Fields of all objects together. One more than `mostFields` stands for any number above that. */
  readonly fields: number;
  /** How deep lists and objects lie in each other. */
  readonly depth: number;
}

/**
 * Looks at each byte once, and at none behind one field too many: parsing takes many times as long where an object has very
 * many fields.
 * @param json in UTF-8, whose longer characters have no byte that is one of JSON's own
 */
export function outlineOf(json: Uint8Array, mostFields: number): Outline {
  let [fields, depth, level] = [0, 0, 0];
  for (let at = 0; at < json.length && fields <= mostFields; at += 1) {
    switch (json[at]) {
      case QUOTE:
        at = endOfText(json, at);
        break;
      case COLON:
        fields += 1;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        level += 1;
        if (level > depth) depth = level;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        level -= 1;
        break;
    }
  }
  return { fields, depth };
}

/** Where the text ends that begins at a quotation mark. */
function endOfText(json: Uint8Array, begin: number): number {
  let at = begin + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
