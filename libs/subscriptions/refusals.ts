import { Metadata, status } from '@grpc/grpc-js';

/**
 * What a caller is refused with: a status, and in the trailer `exception` the name by which clients of the protocol know it.
 */
export class CallRefused extends Error {
  readonly details: string;
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    message: string,
    exception?: string,
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

export const accessDenied = (): CallRefused =>
  new CallRefused(
    status.PERMISSION_DENIED,
    'Facts are recorded by commands; this endpoint is for reading.',
    'access-denied',
  );

export const stopping = (): CallRefused => new CallRefused(status.CANCELLED, 'The server is shutting down.');
