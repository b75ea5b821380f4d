import { Metadata, status } from '@grpc/grpc-js';
import type { ExpectedRevision, WrongExpectedRevision } from '../event-store/event-store.js';

/**
 * What a caller is refused with: a status, and in the trailer `exception` the name by which clients of the protocol know it.
 * Some client libraries sort errors by the English of the server: where EventStoreDB has a sentence for an error, this one
 * says the same.
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
    `Required Metadata Property '${missing.join("', '")}' is missing`,
    'missing-required-metadata-property',
    { 'required-metadata-properties': missing.join(',') },
  );

/** How the protocol writes an expected revision that is no number. */
const EXPECTED = { any: '-2', 'no-stream': '-1', 'stream-exists': '-4' } as const;

const numbered = (expected: ExpectedRevision): string =>
  typeof expected === 'number' ? String(expected) : EXPECTED[expected];

export const wrongRevisionText = (operation: 'Append' | 'Delete', error: WrongExpectedRevision): string =>
  `${operation} failed due to WrongExpectedVersion. Stream: ${error.stream}, Expected version: ${numbered(error.expected)}, Actual version: ${error.current}`;

/** Refuses to delete or tombstone; an append is told of it in its answer. */
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

/** Clients know by this status that the call may succeed elsewhere, or later. */
export const stopping = (): CallRefused => new CallRefused(status.UNAVAILABLE, 'The server is shutting down.');
