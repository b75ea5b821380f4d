import type { AddressInfo } from 'node:net';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Invalid, Refusal } from '../errors.js';
import { isLoopback } from '../loopback.js';

const ADDRESS = /^(\[[0-9a-f:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i;
const HTTP_PORT = 80;

/** What a route says of itself to the server. */
interface RouteSettings {
  /** Whether pages of other origins may send requests. */
  readonly otherOrigins?: true;
  /** Largest body in bytes. */
  readonly bodyLimit?: number;
}

/** Marks a route that pages of other origins may use. It checks by itself which of them. */
export const FromOtherOrigins = (settings: Pick<RouteSettings, 'bodyLimit'> = {}) =>
  RouteConfig({ ...settings, otherOrigins: true } satisfies RouteSettings);

/**
 * Refuses requests of web pages of other origins, and requests whose host is not a name of this machine. Callers are not
 * authenticated, so any web page in a local browser could otherwise send requests, and read the answers by DNS rebinding.
 */
export function onlyOwnAddress(http: FastifyInstance): void {
  // Injected requests have no port.
  let port: number | undefined;
  http.server.on('listening', () => ({ port } = http.server.address() as AddressInfo));
  http.addHook('onRoute', (route) => {
    const { bodyLimit } = (route.config ?? {}) as RouteSettings;
    if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  });
  http.addHook('onRequest', (request, _reply, done) => {
    const { host, origin } = request.headers;
    // Node keeps the first of several; a proxy in between may have routed by another one.
    if (isTwice('host', request.raw.rawHeaders)) {
      throw new Invalid('header-invalid', 'The header host is there more than once.', { field: 'host' });
    }
    if (host === undefined) throw new Invalid('header-invalid', 'The header host is missing.', { field: 'host' });
    if (!isOwn(host, port)) {
      throw new Refusal('host-foreign', 'This server answers under the loopback names of its machine only.', {}, 421);
    }
    const { otherOrigins } = request.routeOptions.config as RouteSettings;
    if (otherOrigins) return done();
    if (origin !== undefined && !isOwn(/^http:\/\/(.+)$/.exec(origin)?.[1] ?? '', port)) {
      throw new Refusal('origin-foreign', 'Pages of other origins are not answered.', {}, 403);
    }
    done();
  });
}

/** @param rawHeaders names and values in turn */
const isTwice = (header: string, rawHeaders: readonly string[]): boolean =>
  rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === header).length > 1;

function isOwn(address: string, port: number | undefined): boolean {
  const [, name = '', named = HTTP_PORT] = ADDRESS.exec(address) ?? [];
  return isLoopback(name.replace(/^\[|\]$/g, '').toLowerCase()) && (port === undefined || Number(named) === port);
}
