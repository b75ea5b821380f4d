import type { FastifyInstance } from 'fastify';
import { Invalid } from '../errors.js';
import { under } from '../event-store/envelope.js';
import type { Envelope } from '../event-store/envelope.js';
import { newId } from '../ids.js';
import type { Answerable } from '../security/principals.js';

/** Syntax of an idempotency key, and of `If-Match`. */
export const KEY = /^[\x21-\x7e]{1,200}$/;
export const TAGS = /^(?:\*|(?:W\/)?"[\x21\x23-\x7e]*"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e]*")*)$/;
const STRONG_TAG = /(?<!W\/)"(\d{1,15})"/g;

/** Makes the envelope of a request's commands from its headers, and sends the revision of the answer as `ETag`. */
export function envelopes(http: FastifyInstance): void {
  http.addHook('preHandler', (request, reply, done) => {
    const envelope = envelopeOf(request);
    void reply.header('x-correlation-id', envelope.correlationId);
    under(envelope, done);
  });
  http.addHook('preSerialization', (_request, reply, answer: unknown, done) => {
    const { revision } = answer as { readonly revision?: unknown };
    if (typeof revision === 'number' && reply.statusCode < 300) void reply.header('etag', `"${revision}"`);
    done(null, answer);
  });
}

function envelopeOf(request: Answerable): Envelope {
  const commandId = headerOf(request, 'idempotency-key', KEY);
  const match = headerOf(request, 'if-match', TAGS);
  return {
    actor: request.principal ?? { id: 'anonymous', name: 'anonymous' },
    source: 'api',
    correlationId: headerOf(request, 'x-correlation-id', KEY) ?? newId(),
    ...(commandId !== undefined && { commandId }),
    ...(match !== undefined && { expectedRevision: revisionsOf(match) }),
  };
}

/** RFC 9110, section 13.1.1: `*` matches any existing stream, a list matches by each of its strong tags. */
const revisionsOf = (match: string): readonly number[] | 'any' =>
  match === '*' ? 'any' : [...match.matchAll(STRONG_TAG)].map(([, revision]) => Number(revision));

function headerOf(request: Answerable, name: string, form: RegExp): string | undefined {
  const value = request.headers[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !form.test(value)) {
    throw new Invalid('header-invalid', `The header ${name} is not understood.`, { field: name });
  }
  return value;
}
