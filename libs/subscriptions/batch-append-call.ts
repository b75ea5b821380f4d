import type shared from '@eventstore/db-client/generated/shared_pb.js';
import type statuses from '@eventstore/db-client/generated/status_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { batchAnswer, batchSuccess, statusOf, timeoutStatus } from './append-messages.js';
import { proposalOf } from './append-call.js';
import type { Proposal } from './append-call.js';
import { idOf, nameOf } from './event-messages.js';
import type { ForeignStreams } from './foreign-streams.js';
import { notUnderstood } from './refusals.js';
import type { CallRefused } from './refusals.js';

type Call = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;

/** Maximum number of incomplete appends per call; further ones are refused. */
const MOST_BEGUN = 64;
/** Maximum number of appends per call that are being written; meanwhile the call is paused. */
const MOST_WRITING = 128;
/** Longest delay of a timer, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** One append of a call; it is answered exactly once. */
interface Batch {
  readonly id: shared.UUID;
  readonly stream: string;
  /** Absent once the append is answered. */
  proposal?: Proposal | undefined;
  timer?: NodeJS.Timeout;
  answered?: true;
}

/**
 * Handles many appends over one call. Each may come in several messages, and is answered under its correlation id. They are
 * written in the order in which they become complete, as EventStoreDB does, without waiting for each other's answer.
 */
export class BatchAppendCall {
  readonly #begun = new Map<string, Batch>();
  #writing = 0;
  /** Resolves when the latest append has reached the store. */
  #reached: Promise<void> = Promise.resolve();
  #ended = false;
  #unheard = false;
  #finish: () => void = () => undefined;

  constructor(
    private readonly call: Call,
    private readonly into: ForeignStreams,
    private readonly most: number,
    private readonly refused: (error: unknown) => CallRefused,
  ) {}

  /** Resolves when the caller has ended the call, or the signal aborts, and all running writes are answered. */
  answered(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#finish = () => {
        this.#ended = true;
        for (const { timer } of this.#begun.values()) clearTimeout(timer);
        this.#begun.clear();
        resolve();
      };
      const over = () => {
        this.#ended = true;
        this.call.removeAllListeners('data');
        if (this.#writing === 0) this.#finish();
      };
      this.call.on('data', (request: streams.BatchAppendReq) => void this.#take(request));
      this.call.on('end', () => {
        this.#ended = true;
        if (this.#writing === 0) this.#finish();
      });
      this.call.on('drain', () => {
        this.#unheard = false;
        this.#listen();
      });
      if (signal.aborted) over();
      else signal.addEventListener('abort', over, { once: true });
    });
  }

  async #take(request: streams.BatchAppendReq): Promise<void> {
    const id = request.hasCorrelationId() ? idOf(request.getCorrelationId()!) : '';
    const batch = this.#begun.get(id) ?? this.#begin(id, request);
    try {
      for (const message of request.getProposedMessagesList()) batch.proposal?.add(message);
      if (!request.getIsFinal()) return;
      this.#begun.delete(id);
      if (batch.proposal) await this.#write(batch, batch.proposal);
    } catch (error) {
      this.#fail(batch, statusOf(error, batch.stream, this.refused));
    }
  }

  /** An invalid append is answered at once; its remaining messages are discarded. */
  #begin(id: string, request: streams.BatchAppendReq): Batch {
    const options = request.getOptions();
    const batch: Batch = { id: request.getCorrelationId()!, stream: nameOf(options?.getStreamIdentifier()) };
    try {
      if (!options) throw notUnderstood('It does not say where to append.');
      if (this.#begun.size >= MOST_BEGUN) throw notUnderstood(`At most ${MOST_BEGUN} appends are begun at a time.`);
      this.#begun.set(id, batch);
      const revision = options.hasStreamPosition() ? options.getStreamPosition() : undefined;
      batch.proposal = proposalOf(options, revision, this.most);
      this.#expire(batch, options.getDeadline()?.toDate());
    } catch (error) {
      this.#fail(batch, statusOf(error, batch.stream, this.refused));
    }
    return batch;
  }

  /**
   * Cancels an append whose deadline passes before its write begins. During the write, the caller is only told of a timeout.
   */
  #expire(batch: Batch, deadline: Date | undefined): void {
    const left = deadline ? deadline.getTime() - Date.now() : Infinity;
    const late = () => this.#fail(batch, timeoutStatus());
    if (left <= 0) late();
    else if (left <= LONGEST_TIMER) batch.timer = setTimeout(late, left).unref();
  }

  async #write(batch: Batch, proposal: Proposal): Promise<void> {
    this.#writing += 1;
    if (this.#writing === MOST_WRITING) this.call.pause();
    const before = this.#reached;
    const { promise, resolve: pass } = Promise.withResolvers<void>();
    this.#reached = promise;
    try {
      const success = batchSuccess(await proposal.writtenTo(this.into, { before, pass }));
      this.#answer(batch, (answer) => answer.setSuccess(success));
    } catch (error) {
      this.#fail(batch, statusOf(error, batch.stream, this.refused));
    } finally {
      pass();
      this.#writing -= 1;
      if (this.#ended && this.#writing === 0) this.#finish();
      else this.#listen();
    }
  }

  #listen(): void {
    if (!this.#unheard && this.#writing < MOST_WRITING) this.call.resume();
  }

  #fail(batch: Batch, why: statuses.Status): void {
    this.#answer(batch, (answer) => answer.setError(why));
  }

  #answer(batch: Batch, say: (answer: streams.BatchAppendResp) => unknown): void {
    if (batch.answered) return;
    batch.answered = true;
    batch.proposal = undefined;
    clearTimeout(batch.timer);
    const answer = batchAnswer(batch.id, batch.stream);
    say(answer);
    if (!this.call.writable || this.call.write(answer)) return;
    // Backpressure: reads no more requests until the caller has taken its answers.
    this.#unheard = true;
    this.call.pause();
  }
}
