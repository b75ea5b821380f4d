import { status } from '@grpc/grpc-js';
import type { handleUnaryCall, sendUnaryData, ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import { Unavailable } from '../errors.js';
import { WrongExpectedRevision } from '../event-store/event-store.js';
import { ResponseStream } from './response-stream.js';
import type { Outgoing } from './response-stream.js';
import { CallRefused, stopping, wrongRevision } from './refusals.js';

/** Makes calls that ask one thing. @param refused the error as the caller may see it */
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

/** Told what the log of the program should know about. */
export type Report = (what: string, details: object) => void;

type Streaming = Outgoing | ServerDuplexStream<unknown, unknown>;

/** The calls that are being answered, so that they can be ended in good order. */
export class OpenCalls {
  readonly #stop = new AbortController();
  /** What ends each call in good order, and what gives it up when that takes too long. */
  readonly #open = new Set<{ readonly over: AbortController; readonly giveUp: () => void }>();

  constructor(private readonly report: Report) {}

  /** Answers a call in batches, at the pace at which the caller takes them. */
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

  /** Ends every call that is open, and every one that comes, as unavailable. */
  stop(): void {
    this.#stop.abort();
    for (const { over } of this.#open) over.abort(stopping());
  }

  /** Answers what has not come to an end since the stop, whatever becomes of it. */
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

  /** The error as the caller may see it; what is nobody's fault but ours is reported. */
  refusal(error: unknown): CallRefused {
    if (error instanceof CallRefused) return error;
    if (error instanceof WrongExpectedRevision) return wrongRevision(error);
    if (error instanceof Unavailable) return new CallRefused(status.UNAVAILABLE, error.message);
    this.report('a caller could not be answered', { error });
    return new CallRefused(status.INTERNAL, 'The server failed; its log says how.');
  }
}
