import type { ServerDuplexStream, ServerInterceptor, ServerWritableStream } from '@grpc/grpc-js';
import { ServerInterceptingCall } from '@grpc/grpc-js';
import type { Message } from 'google-protobuf';

/** Bytes that wait in this process for one caller to take them; the message that reaches the limit goes out whole. */
const MOST_WAITING = 256 * 1024;
/** What the protocol and the network add to a message. */
const OVERHEAD = 64;

/** Messages that are written in one go, each as its bytes. */
export class Batch {
  constructor(readonly frames: readonly Buffer[]) {}
}

export type Outgoing = ServerWritableStream<unknown, Batch> | ServerDuplexStream<unknown, Batch>;

/** A service whose reading is answered in batches; it has turned its messages into bytes by itself. */
export const inFrames = <Service extends { readonly read: object }>(service: Service) => ({
  ...service,
  read: { ...service.read, responseSerialize: (frame: Buffer) => frame },
});

export const frameOf = (message: Message): Buffer => Buffer.from(message.serializeBinary());

/** Takes batches apart where they leave the library: one write to the connection costs far less than one for each message. */
export const unpacking: ServerInterceptor = (_, call) =>
  new ServerInterceptingCall(call, {
    sendMessage: (message, next) => {
      if (!(message instanceof Batch)) return next(message);
      const last = message.frames.length - 1;
      for (const frame of message.frames.slice(0, last)) call.sendMessage(frame, () => undefined);
      next(message.frames[last]);
    },
  });

/** Writes to a caller, no more than it takes: what it has not taken is counted in bytes. */
export class ResponseStream {
  #waiting = 0;
  #drained: (() => void)[] = [];

  constructor(
    private readonly call: Outgoing,
    /** Aborts when the call is over. */
    readonly signal: AbortSignal,
  ) {}

  /** Whether the caller takes what it is sent. */
  get ready(): boolean {
    return this.#waiting < MOST_WAITING;
  }

  /** Sends at once, whether or not the caller is ready. */
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
   * Sends, in parts, and waits for the caller to take them.
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

  /** @throws the reason of the signal */
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

  /** Calls back each time the caller is ready again. */
  onDrained(then: () => void): void {
    const again = (): void => {
      this.#drained.push(again);
      then();
    };
    this.#drained.push(again);
  }
}
