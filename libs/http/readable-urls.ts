import type { FastifyInstance } from 'fastify';
import { Invalid } from '../errors.js';

/** Refuses query strings whose percent-encoding is not UTF-8; they would otherwise be taken literally. */
export function onlyReadableUrls(http: FastifyInstance): void {
  http.addHook('onRequest', ({ url }, _reply, done) => {
    try {
      if (url.includes('%')) decodeURIComponent(url);
    } catch {
      throw new Invalid('url-invalid', 'The URL is not UTF-8 in percent-encoding.');
    }
    done();
  });
}
