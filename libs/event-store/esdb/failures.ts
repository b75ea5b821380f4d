import eventstore from '@eventstore/db-client';

const { ErrorType } = eventstore;

/** How a call can fail. */
export type EsdbFailure =
  /** The stream is not at the expected revision; `current` is its last revision, -1 when there is none. */
  | 'wrong-revision'
  | 'stream-missing'
  /** The user has no permission. */
  | 'denied'
  | 'not-logged-in'
  | 'too-large'
  | 'stream-deleted'
  /** The server did not answer in time; the call may have taken effect. */
  | 'silent'
  | 'not-understood';

export class EsdbError extends Error {
  constructor(
    readonly failure: EsdbFailure,
    message: string,
    readonly current?: number,
  ) {
    super(message);
    this.name = 'EsdbError';
  }
}

const FAILURES: Readonly<Record<string, EsdbFailure>> = {
  [ErrorType.WRONG_EXPECTED_VERSION]: 'wrong-revision',
  [ErrorType.STREAM_NOT_FOUND]: 'stream-missing',
  [ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED]: 'too-large',
  [ErrorType.STREAM_DELETED]: 'stream-deleted',
  [ErrorType.ACCESS_DENIED]: 'denied',
  [ErrorType.INVALID_ARGUMENT]: 'not-understood',
};
/** gRPC statuses that are more precise than the errors of the client. */
const STATUSES: Readonly<Record<number, EsdbFailure>> = {
  3: 'not-understood',
  8: 'too-large',
  12: 'not-understood',
  16: 'not-logged-in',
};

/** How the client says that the server has answered an append with an error that the client does not know. */
const ANSWERED = /^Could not recognize /;

/** The failure of a call, from an error of the client. */
export function failureOf(error: unknown): EsdbError {
  if (error instanceof EsdbError) return error;
  const {
    type = '',
    code,
    message,
    actualVersion,
  } = error as Error & {
    readonly type?: string;
    readonly code?: number;
    readonly actualVersion?: bigint | 'no_stream';
  };
  const unknown = ANSWERED.test(message) ? 'not-understood' : 'silent';
  const failure = STATUSES[code ?? -1] ?? FAILURES[type] ?? unknown;
  if (failure !== 'wrong-revision') return new EsdbError(failure, message);
  return new EsdbError(failure, message, typeof actualVersion === 'bigint' ? Number(actualVersion) : -1);
}
