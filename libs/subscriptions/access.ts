import { createHash, timingSafeEqual } from 'node:crypto';
import { Metadata, ServerCredentials, ServerInterceptingCall, status } from '@grpc/grpc-js';
import type { ServerInterceptor } from '@grpc/grpc-js';
import { accessDenied, CallRefused } from './refusals.js';

export interface Tls {
  /** PEM, with whatever lies between it and its root. */
  readonly certificate: Buffer;
  readonly key: Buffer;
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** @throws when these are no certificate and the key to it */
export const credentialsOf = (tls: Tls | undefined): ServerCredentials =>
  tls
    ? ServerCredentials.createSsl(null, [{ cert_chain: tls.certificate, private_key: tls.key }])
    : ServerCredentials.createInsecure();

/** Lets only those in who say the name and the password with every call, but for calls that clients make before they do. */
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

/** Lets each connection have so many calls at a time. */
export function atMost(most: number): ServerInterceptor {
  const open = new Map<string, number>();
  return (_, call) => {
    const peer = call.getPeer();
    const count = (open.get(peer) ?? 0) + 1;
    open.set(peer, count);
    // Told once, when the last byte of an answer is out, or the call is given up.
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

/** Who says nothing is denied; who says the wrong thing is not known. */
function refusalOf(metadata: Metadata, wanted: Buffer): CallRefused | undefined {
  const [given] = metadata.get('authorization');
  if (given === undefined) return accessDenied('Say who you are: esdb://user:password@…');
  const [, basic] = /^Basic +(\S+)$/i.exec(String(given)) ?? [];
  const said = basic === undefined ? '' : Buffer.from(basic, 'base64').toString();
  if (timingSafeEqual(digest(said), wanted)) return undefined;
  return new CallRefused(status.UNAUTHENTICATED, 'The user or the password is wrong.');
}

/** Of one length, so that comparing takes the same time whatever is compared. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
