import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Invalid } from '../errors.js';
import type { Actor } from '../event-store/event-store.js';

/** A request with its actor. */
export type Answerable = FastifyRequest & { principal?: Actor };

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} .,'@_:-]{0,99}$/u;

/**
 * Takes the actor of each request from the headers `x-principal` (an id) and `x-principal-name`, without authentication. For the local
 * machine only; a program that listens on other addresses refuses to start with it.
 */
export function unauthenticated(http: FastifyInstance): void {
  http.decorateRequest('principal', undefined);
  http.addHook('preHandler', (request: Answerable, _reply, done) => {
    const id = textOf(request, 'x-principal') ?? 'developer';
    request.principal = { id, name: textOf(request, 'x-principal-name') ?? id };
    done();
  });
}

/** @throws Invalid `principal-invalid` */
function textOf(request: FastifyRequest, header: string): string | undefined {
  const value = request.headers[header];
  if (value === undefined) return undefined;
  const text = Buffer.from(String(value), 'latin1').toString('utf8');
  if (!NAME.test(text)) throw new Invalid('principal-invalid', `The header ${header} is no name.`, { field: header });
  return text;
}
