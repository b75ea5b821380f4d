import { Invalid, Refusal } from '../errors.js';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { outlineOf } from './json-outline.js';
import { OneATurn } from './one-a-turn.js';

/** Maximum nesting of a body. Bodies of this API need four levels. */
const DEEPEST = 32;
/** Maximum number of fields of a body, over all its objects. Bodies of this API need a few hundred. */
export const MOST_FIELDS = 10_000;
/** Size in bytes from which bodies are parsed one per turn of the event loop. */
const LARGE = 16 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Accepts only JSON in UTF-8 as a body. Forms and plain text are refused with 415, since web pages of other origins may send
 * those without a CORS preflight.
 */
export function readOnlyJson(http: FastifyInstance): void {
  const large = new OneATurn();
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, given, done) => {
    checkEncoding(request);
    const bytes = given as Buffer;
    // Many clients send a content type without a body.
    if (bytes.length === 0) return done(null, undefined);
    const read = () => {
      let value: unknown;
      try {
        value = valueOf(bytes);
      } catch (error) {
        return done(error as Refusal);
      }
      done(null, value);
    };
    if (bytes.length < LARGE) read();
    else large.add(read);
  });
}

/**
 * Parses a body. Names such as `__proto__` are treated as ordinary fields, which no form has.
 * @throws Invalid `body-not-utf8` · `body-too-many-fields` · `body-not-json` · `body-too-deep`
 */
function valueOf(bytes: Buffer): unknown {
  const { fields, depth } = outlineOf(bytes, MOST_FIELDS);
  if (fields > MOST_FIELDS) {
    throw new Invalid('body-too-many-fields', `A body has at most ${MOST_FIELDS} fields in all its objects.`);
  }
  const value = parsed(textOf(bytes));
  if (depth > DEEPEST) {
    throw new Invalid('body-too-deep', `Lists and objects of a body nest at most ${DEEPEST} levels deep.`);
  }
  return value;
}

/** Parses JSON. The parser's message is left out of the answer, since it quotes the body. @throws Invalid `body-not-json` */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Invalid('body-not-json', 'The body is not the JSON it says to be.');
  }
}

/** @throws Refusal `content-encoding-unsupported` · `charset-unsupported` */
function checkEncoding({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new Refusal('content-encoding-unsupported', 'A body is read as it is, not compressed.', {}, 415);
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset)) {
    throw new Refusal('charset-unsupported', 'A body is JSON in UTF-8, in no other character set.', {}, 415);
  }
}

/** @throws Invalid `body-not-utf8` */
function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Invalid('body-not-utf8', 'The body is not text in UTF-8.');
  }
}
