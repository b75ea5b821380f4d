import { Metadata, status } from '@grpc/grpc-js';
import type { WrongExpectedRevision } from '../event-store/event-store.js';

/**
 * What a caller is refused with: a status, and in the trailer `exception` the name by which clients of the protocol know it.
 */
export class CallRefused extends Error {
  readonly details: string;
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    message: string,
    readonly exception?: string,
    trailers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'CallRefused';
    this.details = message;
    if (exception) this.metadata.set('exception', exception);
    // Trailers are ASCII, names of streams need not be.
    for (const [key, value] of Object.entries(trailers)) this.metadata.set(key, encodeURI(value));
  }
}

export const notUnderstood = (why: string): CallRefused => new CallRefused(status.INVALID_ARGUMENT, why);

export const accessDenied = (why: string): CallRefused =>
  new CallRefused(status.PERMISSION_DENIED, why, 'access-denied');

export const missingProperties = (missing: readonly string[]): CallRefused =>
  new CallRefused(
    status.INVALID_ARGUMENT,
    `An event says what it is; missing: ${missing.join(', ')}.`,
    'missing-required-metadata-property',
    { 'required-metadata-properties': missing.join(',') },
  );

/** How the protocol writes an expected revision that is no number. */
const EXPECTED = { any: '-2', 'no-stream': '-1', 'stream-exists': '-4' } as const;

export const wrongRevision = ({ message, stream, expected, current }: WrongExpectedRevision): CallRefused =>
  new CallRefused(status.FAILED_PRECONDITION, message, 'wrong-expected-version', {
    'stream-name': stream,
    'expected-version': typeof expected === 'number' ? String(expected) : EXPECTED[expected],
    ...(current >= 0 && { 'actual-version': String(current) }),
  });

export class AppendTooLarge extends CallRefused {
  constructor(readonly most: number) {
    super(status.INVALID_ARGUMENT, `An append has at most ${most} bytes.`, 'maximum-append-size-exceeded', {
      'maximum-append-size': String(most),
    });
  }
}

export class StreamDeleted extends CallRefused {
  constructor(stream: string) {
    super(status.FAILED_PRECONDITION, `${stream} is deleted for good.`, 'stream-deleted', { 'stream-name': stream });
  }
}

export const stopping = (): CallRefused => new CallRefused(status.CANCELLED, 'The server is shutting down.');
