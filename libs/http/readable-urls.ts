import type { FastifyInstance } from 'fastify';
import { Invalid } from '../errors.js';

/** Refuses a query that is not UTF-8 in percent-encoding: what stands there would be taken for the value itself. */
export function onlyReadableUrls(http: FastifyInstance): void {
  http.addHook('onRequest', ({ url }, _reply, done) => {
    try {
      decodeURIComponent(url);
    } catch {
      throw new Invalid('url-invalid', 'The URL is not UTF-8 in percent-encoding.');
    }
    done();
  });
}
