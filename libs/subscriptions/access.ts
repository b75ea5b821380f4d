import { createHash, timingSafeEqual } from 'node:crypto';
import { Metadata, ServerCredentials, ServerInterceptingCall, status } from '@grpc/grpc-js';
import type { ServerInterceptor } from '@grpc/grpc-js';
import { accessDenied, CallRefused } from './refusals.js';

export interface Tls {
  /** PEM: the certificate and its intermediate certificates. */
  readonly certificate: Buffer;
  readonly key: Buffer;
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** @throws when the certificate and the key are invalid or do not belong together */
export const credentialsOf = (tls: Tls | undefined): ServerCredentials =>
  tls
    ? ServerCredentials.createSsl(null, [{ cert_chain: tls.certificate, private_key: tls.key }])
    : ServerCredentials.createInsecure();

/**
 * Interceptor that checks user and password on every call.
 * @param open paths of calls that need no login, because clients make them before they log in
 */
export function onlyFor({ user, password }: Login, open: readonly string[]): ServerInterceptor {
  const wanted = digest(`${user}:${password}`);
  return ({ path }, call) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            const refusal = open.includes(path) ? undefined : refusalOf(metadata, wanted);
            if (refusal) call.sendStatus(refusal);
            else proceed(metadata);
          },
        }),
    });
}

/** Interceptor that limits the number of concurrent calls of a connection. */
export function atMost(most: number): ServerInterceptor {
  const open = new Map<string, number>();
  return (_, call) => {
    const peer = call.getPeer();
    const count = (open.get(peer) ?? 0) + 1;
    open.set(peer, count);
    // Called once, when the answer has been sent completely or the call was cancelled.
    const over = () => {
      const left = open.get(peer)! - 1;
      if (left > 0) open.set(peer, left);
      else open.delete(peer);
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            if (count <= most) proceed(metadata);
            else call.sendStatus(tooMany(most));
          },
          onCancel: over,
        }),
    });
  };
}

const tooMany = (most: number): CallRefused =>
  new CallRefused(status.RESOURCE_EXHAUSTED, `A connection has at most ${most} calls at a time.`);

/** A call without a login is answered `PERMISSION_DENIED`, one with a wrong login `UNAUTHENTICATED`. */
function refusalOf(metadata: Metadata, wanted: Buffer): CallRefused | undefined {
  const [given] = metadata.get('authorization');
  if (given === undefined) return accessDenied('Say who you are: esdb://user:password@…');
  const [, basic] = /^Basic +(\S+)$/i.exec(String(given)) ?? [];
  const said = basic === undefined ? '' : Buffer.from(basic, 'base64').toString();
  if (timingSafeEqual(digest(said), wanted)) return undefined;
  return new CallRefused(status.UNAUTHENTICATED, 'The user or the password is wrong.');
}

/** Hashes to a fixed length, so that a comparison always takes the same time. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
