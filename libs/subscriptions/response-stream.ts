import type { ServerDuplexStream, ServerInterceptor, ServerWritableStream } from '@grpc/grpc-js';
import { ServerInterceptingCall } from '@grpc/grpc-js';
import type { Message } from 'google-protobuf';

/** Limit of unsent bytes per call; the message that reaches the limit is still sent. */
const MOST_WAITING = 256 * 1024;
/** Estimated overhead of a message in bytes: protocol frames and network headers. */
const OVERHEAD = 64;

/** Serialised messages that are written together. */
export class Batch {
  constructor(readonly frames: readonly Buffer[]) {}
}

export type Outgoing = ServerWritableStream<unknown, Batch> | ServerDuplexStream<unknown, Batch>;

/** Service definition whose `read` call takes messages that are already serialised. */
export const inFrames = <Service extends { readonly read: object }>(service: Service) => ({
  ...service,
  read: { ...service.read, responseSerialize: (frame: Buffer) => frame },
});

export const frameOf = (message: Message): Buffer => Buffer.from(message.serializeBinary());

/** Interceptor that splits batches into messages as late as possible: one write for many messages costs far less. */
export const unpacking: ServerInterceptor = (_, call) =>
  new ServerInterceptingCall(call, {
    sendMessage: (message, next) => {
      if (!(message instanceof Batch)) return next(message);
      const last = message.frames.length - 1;
      for (const frame of message.frames.slice(0, last)) call.sendMessage(frame, () => undefined);
      next(message.frames[last]);
    },
  });

/** Sends messages to a caller with flow control by unsent bytes. */
export class ResponseStream {
  #waiting = 0;
  #drained: (() => void)[] = [];

  constructor(
    private readonly call: Outgoing,
    /** Aborts when the call is over. */
    readonly signal: AbortSignal,
  ) {}

  /** Whether fewer bytes than the limit are unsent. */
  get ready(): boolean {
    return this.#waiting < MOST_WAITING;
  }

  /** Sends without waiting, also above the limit. */
  send(frames: readonly Buffer[]): void {
    if (frames.length === 0 || this.signal.aborted) return;
    const bytes = frames.reduce((sum, frame) => sum + frame.length + OVERHEAD, 0);
    this.#waiting += bytes;
    this.call.write(new Batch(frames), () => {
      const before = this.ready;
      this.#waiting -= bytes;
      if (before || !this.ready) return;
      for (const resolve of this.#drained.splice(0)) resolve();
    });
  }

  /**
   * Sends in batches and waits after each until the unsent bytes are below the limit.
   * @throws the reason of the signal
   */
  async sent(frames: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<void> {
    let part: Buffer[] = [];
    let bytes = 0;
    for await (const frame of frames) {
      part.push(frame);
      bytes += frame.length + OVERHEAD;
      if (bytes < MOST_WAITING) continue;
      this.send(part);
      await this.drained();
      part = [];
      bytes = 0;
    }
    this.send(part);
    await this.drained();
  }

  /** Waits until the unsent bytes are below the limit. @throws the reason of the signal */
  async drained(): Promise<void> {
    this.signal.throwIfAborted();
    if (this.ready) return;
    await new Promise<void>((resolve, reject) => {
      const over = () => reject(this.signal.reason as Error);
      this.signal.addEventListener('abort', over, { once: true });
      this.#drained.push(() => {
        this.signal.removeEventListener('abort', over);
        resolve();
      });
    });
  }

  /** Registers a callback for each time the unsent bytes fall below the limit. */
  onDrained(then: () => void): void {
    const again = (): void => {
      this.#drained.push(again);
      then();
    };
    this.#drained.push(again);
  }
}
