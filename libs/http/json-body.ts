import { Invalid, Refusal } from '../errors.js';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** How deep lists and objects of a body may lie in each other. Bodies of this API need four levels. */
const DEEPEST = 32;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Makes JSON in UTF-8 the only body that is read. Forms and plain text are refused with 415: a page of another origin may
 * send those without being asked first.
 */
export function readOnlyJson(http: FastifyInstance): void {
  const parse = http.getDefaultJsonParser('error', 'error');
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    checkEncoding(request);
    // As without the content type: many clients send it with every request.
    if (bytes.length === 0) return done(null, undefined);
    parse(request, textOf(bytes as Buffer), (error, body: unknown) => {
      if (error) return done(new Invalid('body-not-json', `The body is not the JSON it says to be: ${error.message}.`));
      if (isDeeper(body, DEEPEST)) {
        return done(new Invalid('body-too-deep', `Lists and objects of a body nest at most ${DEEPEST} levels deep.`));
      }
      return done(null, body);
    });
  });
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

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, levels - 1));
  for (const name in value) if (isDeeper((value as Record<string, unknown>)[name], levels - 1)) return true;
  return false;
}
