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
