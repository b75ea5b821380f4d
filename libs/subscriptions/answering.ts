import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import { Unavailable } from '../errors.js';
import { CallRefused, stopping } from './refusals.js';

type Outgoing<Answer> = ServerWritableStream<unknown, Answer> | ServerDuplexStream<unknown, Answer>;

/** Told what the log of the program should know about. */
export type Report = (what: string, details: object) => void;

/** The calls that are being answered, so that they can be ended in good order. */
export class Calls {
  readonly #stop = new AbortController();
  readonly #open = new Set<AbortController>();

  constructor(private readonly report: Report) {}

  /** Answers a call with what the generator gives, at the pace at which the caller takes it. */
  answer<Answer>(call: Outgoing<Answer>, answers: (signal: AbortSignal) => AsyncIterable<Answer>): Promise<void> {
    return this.serve(call, async (signal) => {
      for await (const answer of answers(signal)) {
        if (signal.aborted) break;
        if (!call.write(answer)) await once(call, 'drain', { signal });
      }
    });
  }

  /** Ends a call in good order when the work for it is done, when it fails, or when the server stops. */
  async serve(call: Outgoing<unknown>, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const over = new AbortController();
    this.#open.add(over);
    call.on('cancelled', () => over.abort());
    call.on('error', () => over.abort());
    try {
      this.#stop.signal.throwIfAborted();
      await work(over.signal);
      if (over.signal.aborted) throw over.signal.reason;
      call.end();
    } catch (error) {
      this.#fail(call, error);
    } finally {
      this.#open.delete(over);
    }
  }

  /** Ends every call that is open, and every one that comes, as cancelled. */
  stop(): void {
    this.#stop.abort();
    for (const over of this.#open) over.abort();
  }

  #fail(call: Outgoing<unknown>, error: unknown): void {
    if (call.cancelled) return;
    if (this.#stop.signal.aborted) call.emit('error', stopping());
    else call.emit('error', this.refusal(error));
  }

  /** The error as the caller may see it; what is nobody's fault but ours is reported. */
  refusal(error: unknown): CallRefused {
    if (error instanceof CallRefused) return error;
    if (error instanceof Unavailable) return new CallRefused(status.UNAVAILABLE, error.message);
    this.report('a caller could not be answered', { error });
    return new CallRefused(status.INTERNAL, 'The server failed; its log says how.');
  }
}
