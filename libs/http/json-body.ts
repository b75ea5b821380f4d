import { Invalid, Refusal } from '../errors.js';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { outlineOf } from './json-outline.js';
import { OneATurn } from './one-a-turn.js';

/** How deep lists and objects of a body may lie in each other. Bodies of this API need four levels. */
const DEEPEST = 32;
/** How many fields a body may have in all its objects together. Bodies of this API need some hundred. */
export const MOST_FIELDS = 10_000;
/** Bodies from this size on are read one in a turn of the event loop, in bytes. */
const LARGE = 16 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Makes JSON in UTF-8 the only body that is read. Forms and plain text are refused with 415: a page of another origin may
 * send those without being asked first.
 */
export function readOnlyJson(http: FastifyInstance): void {
  const large = new OneATurn();
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, given, done) => {
    checkEncoding(request);
    const bytes = given as Buffer;
    // As without the content type: many clients send it with every request.
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
 * Names such as `__proto__` are fields like all others here: a form has no such field.
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

/** What the parser says stays out of the answer, since it quotes the body. @throws Invalid `body-not-json` */
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
