import { Metadata, status } from '@grpc/grpc-js';
import type { ExpectedRevision, WrongExpectedRevision } from '../event-store/event-store.js';

/**
 * An error of a call: a gRPC status, and in the trailer `exception` the protocol's name of the error. Some client libraries
 * recognise errors by their text, so messages are the same as those of EventStoreDB where it has one.
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
    // Trailers must be ASCII; stream names need not be.
    for (const [key, value] of Object.entries(trailers)) this.metadata.set(key, encodeURI(value));
  }
}

export const notUnderstood = (why: string): CallRefused => new CallRefused(status.INVALID_ARGUMENT, why);

/** Ids are unique within a stream. Not a wrong expected version: a caller that reads the stream again and retries never ends. */
export const idTaken = (stream: string): CallRefused =>
  notUnderstood(
    `Append failed: stream ${stream} has an event with one of these ids already, or two of them are the same.`,
  );

export const accessDenied = (why: string): CallRefused =>
  new CallRefused(status.PERMISSION_DENIED, why, 'access-denied');

export const missingProperties = (missing: readonly string[]): CallRefused =>
  new CallRefused(
    status.INVALID_ARGUMENT,
    `Required Metadata Property '${missing.join("', '")}' is missing`,
    'missing-required-metadata-property',
    { 'required-metadata-properties': missing.join(',') },
  );

/** Numbers by which the protocol writes expected revisions that are no numbers. */
const EXPECTED = { any: '-2', 'no-stream': '-1', 'stream-exists': '-4' } as const;

const numbered = (expected: ExpectedRevision): string =>
  typeof expected === 'number' ? String(expected) : EXPECTED[expected];

export const wrongRevisionText = (operation: 'Append' | 'Delete', error: WrongExpectedRevision): string =>
  `${operation} failed due to WrongExpectedVersion. Stream: ${error.stream}, Expected version: ${numbered(error.expected)}, Actual version: ${error.current}`;

/** Wrong expected revision of a delete or tombstone; for an append it is part of the answer. */
export const wrongRevision = (error: WrongExpectedRevision): CallRefused =>
  new CallRefused(status.FAILED_PRECONDITION, wrongRevisionText('Delete', error), 'wrong-expected-version', {
    'stream-name': error.stream,
    'expected-version': numbered(error.expected),
    'actual-version': String(error.current),
  });

export class AppendTooLarge extends CallRefused {
  constructor(readonly most: number) {
    super(status.INVALID_ARGUMENT, `Maximum Append Size of ${most} Exceeded.`, 'maximum-append-size-exceeded', {
      'maximum-append-size': String(most),
    });
  }
}

export class StreamDeleted extends CallRefused {
  constructor(stream: string) {
    super(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, 'stream-deleted', {
      'stream-name': stream,
    });
  }
}

/** The status tells clients that the call may succeed later, or on another server. */
export const stopping = (): CallRefused => new CallRefused(status.UNAVAILABLE, 'The server is shutting down.');
