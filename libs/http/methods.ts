import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../errors.js';

/** Methods by path. The router itself only knows that a method and a path have no route together. */
export class Methods {
  readonly #routes = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>();

  /** Collects every route that is added from here on. */
  constructor(http: FastifyInstance) {
    http.addHook('onRoute', ({ url, method }) => {
      const known = this.#routes.get(url) ?? { path: patternOf(url), methods: new Set(['OPTIONS']) };
      for (const each of [method].flat()) known.methods.add(each);
      this.#routes.set(url, known);
    });
  }

  /** The methods of a URL for the header `Allow`; `undefined` for an unknown path. */
  at(url: string): string | undefined {
    const path = url.split('?', 1)[0]!;
    const found = [...this.#routes.values()].filter((route) => path === '*' || route.path.test(path));
    const methods = new Set(found.flatMap((route) => [...route.methods]));
    return found.length === 0 ? undefined : [...methods].sort().join(', ');
  }

  /** Answers unsupported methods before the body is read. */
  answerFirst(http: FastifyInstance): void {
    http.addHook('onRequest', (request, reply, done) => {
      if (!request.is404 || !this.answer(request, reply)) done();
    });
  }

  /**
   * Answers a request with an unsupported method of a known path.
   * @returns false for an unknown path
   * @throws Refusal `method-not-allowed`
   */
  answer(request: FastifyRequest, reply: FastifyReply): boolean {
    const allowed = this.at(request.url);
    if (allowed === undefined) return false;
    void reply.header('allow', allowed);
    if (request.method !== 'OPTIONS') throw notAllowed(request.method, allowed);
    void reply.status(204).send();
    return true;
  }
}

export const notAllowed = (method: string, allowed: string): Refusal =>
  new Refusal(
    'method-not-allowed',
    `There is no ${method} here, only ${allowed}.`,
    { allow: allowed.split(', ') },
    405,
  );

const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .split('/')
      .map((part) =>
        part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*'),
      )
      .join('/')}/?$`,
  );
