import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Rows between two copies: fewer than SQLite waits for, so that its own find nothing to do. */
const ROWS = 2_000;
/** Size of the thread's young generation of the heap, in MB: it keeps nothing. */
const YOUNG = 1;

/** The compiled file beside the compiled program; the source itself beside a program that runs from its sources. */
const program = new URL(`./wal-copier.thread${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

/**
 * Copies the write-ahead log into its file in a thread, beside the connection that writes. SQLite would do so within a commit, which then
 * takes many times as long and holds up the whole program. A commit that finds the log copied begins it anew; one that finds it too
 * long copies it as before. The thread is started when there is something to do for it.
 */
export class WalCopier {
  #thread: Worker | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #isBusy = false;
  #rows = 0;
  #isClosed = false;

  constructor(private readonly path: string) {}

  /** Has to be called after commits, with the number of rows that were written. */
  wrote(rows: number): void {
    this.#rows += rows;
    if (this.#isBusy || this.#isClosed || this.#rows < ROWS) return;
    this.#rows = 0;
    this.#isBusy = true;
    this.#thread ??= this.#start();
    this.#thread.postMessage(false);
  }

  /** Ends the thread. Has to be called before the connection that writes is closed, since the last one cleans up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#thread?.ref();
    this.#thread?.postMessage(true);
    await this.#ended;
  }

  #start(): Worker {
    const thread = new Worker(program, {
      workerData: this.path,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
    });
    this.#ended = once(thread, 'exit').catch(() => undefined);
    thread.on('message', () => (this.#isBusy = false));
    // Without the thread SQLite copies by itself, until the next one is started.
    thread.on('error', () => undefined);
    thread.on('exit', () => {
      this.#thread = undefined;
      this.#isBusy = false;
    });
    thread.unref();
    return thread;
  }
}
