const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Size of JSON, measured without parsing it. For other text the figures mean nothing. */
export interface Outline {
  /** Number of fields of all objects. `mostFields + 1` stands for any larger number. */
  readonly fields: number;
  /** Nesting of lists and objects. */
  readonly depth: number;
}

/**
 * Scans each byte once, and stops at one field too many, since parsing objects with very many fields takes many times as long.
 * @param json UTF-8, whose multi-byte characters contain no ASCII bytes
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

/** End of the string that begins at a quotation mark. */
function endOfText(json: Uint8Array, begin: number): number {
  let at = begin + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
