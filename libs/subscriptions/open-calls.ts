import { status } from '@grpc/grpc-js';
import type { handleUnaryCall, sendUnaryData, ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import { Unavailable } from '../errors.js';
import { WrongExpectedRevision } from '../event-store/event-store.js';
import { ResponseStream } from './response-stream.js';
import type { Outgoing } from './response-stream.js';
import { CallRefused, stopping, wrongRevision } from './refusals.js';

/** Makes handlers of unary calls. @param refused turns any error into the one that callers may see */
export const unaryCalls =
  (refused: (error: unknown) => CallRefused) =>
  <Request, Answer>(work: (request: Request) => Answer | Promise<Answer>): handleUnaryCall<Request, Answer> =>
  async ({ request }, callback) => {
    try {
      callback(null, await work(request));
    } catch (error) {
      callback(refused(error));
    }
  };

/** Writes an entry to the program's log. */
export type Report = (what: string, details: object) => void;

type Streaming = Outgoing | ServerDuplexStream<unknown, unknown>;

/** Tracks all open streaming calls, so that a stop of the server can end them in good order. */
export class OpenCalls {
  readonly #stop = new AbortController();
  /** Per call: `over` ends it in good order, `giveUp` answers it at once when that takes too long. */
  readonly #open = new Set<{ readonly over: AbortController; readonly giveUp: () => void }>();

  constructor(private readonly report: Report) {}

  /** Answers a call in batches, with backpressure. */
  answer(call: Outgoing, work: (responses: ResponseStream) => Promise<void>): Promise<void> {
    return this.serve(call, (signal) => work(new ResponseStream(call, signal)));
  }

  /** Ends a call in good order when the work for it is done, when it fails, or when the server stops. */
  async serve(call: Streaming, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await this.#during(call, async (signal) => {
        await work(signal);
        signal.throwIfAborted();
      });
      call.end();
    } catch (error) {
      this.#fail(call, error);
    }
  }

  /** Answers a client-streaming call with one message; the signal aborts when the client is gone and when the server stops. */
  async answerOnce<Request, Answer>(
    call: ServerReadableStream<Request, Answer>,
    done: sendUnaryData<Answer>,
    work: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<void> {
    try {
      done(null, await this.#during(call, work));
    } catch (error) {
      done(this.refusal(error));
    }
  }

  /** Ends all open calls, and all later ones, as unavailable. */
  stop(): void {
    this.#stop.abort();
    for (const { over } of this.#open) over.abort(stopping());
  }

  /** Answers all calls that are still open after the stop; their work goes on without a caller. */
  giveUp(): void {
    for (const { giveUp } of this.#open) giveUp();
  }

  async #during<Result>(
    call: Streaming | ServerReadableStream<unknown, unknown>,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const over = new AbortController();
    const { promise: givenUp, reject } = Promise.withResolvers<never>();
    const entry = { over, giveUp: () => reject(stopping()) };
    this.#open.add(entry);
    call.on('cancelled', () => over.abort());
    call.on('error', () => over.abort());
    if (this.#stop.signal.aborted) over.abort(stopping());
    return Promise.race([work(over.signal), givenUp]).finally(() => this.#open.delete(entry));
  }

  #fail(call: Streaming, error: unknown): void {
    if (call.cancelled) return;
    if (this.#stop.signal.aborted) call.emit('error', stopping());
    else call.emit('error', this.refusal(error));
  }

  /** Turns an error into the one that the caller may see; logs unexpected errors. */
  refusal(error: unknown): CallRefused {
    if (error instanceof CallRefused) return error;
    if (error instanceof WrongExpectedRevision) return wrongRevision(error);
    if (error instanceof Unavailable) return new CallRefused(status.UNAVAILABLE, error.message);
    this.report('a caller could not be answered', { error });
    return new CallRefused(status.INTERNAL, 'The server failed; its log says how.');
  }
}
