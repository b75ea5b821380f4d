import { Worker } from 'node:worker_threads';

/** Runs the projector inside a program that also answers requests. */
export abstract class BackgroundProjector {
  abstract start(): void;
  abstract stop(): Promise<void>;
  /** Reason why read models make no progress; nothing while they do. */
  abstract readonly fault: string | undefined;
}

/** Message of the thread: the reason why it makes no progress, or nothing on recovery. */
export interface Stands {
  readonly fault: string | undefined;
}

/** Delay before a thread that died is started again, in milliseconds; doubled while threads die soon after their start. */
const REST = 1_000;
const LONGEST_REST = 60_000;
/** Time for a thread to finish its work during a stop, in milliseconds. */
const GRACE = 10_000;
/**
 * Size of the thread's young generation of the heap, in MB. Folding allocates much and keeps little: with more memory the
 * garbage collector runs later, uses a hundred megabytes more, and measurements show no gain.
 */
const YOUNG = 24;

/**
 * Runs the projector in a thread, so that folding never blocks requests. All its state is in the files: a thread that dies
 * is started again and continues from its checkpoint.
 */
export class ProjectorThread extends BackgroundProjector {
  fault: string | undefined;
  #thread: Worker | undefined;
  #stopping = false;
  #rest = REST;

  /** @param program the compiled entry of the worker */
  constructor(
    private readonly program: URL,
    private readonly settings: Readonly<Record<string, string | number>>,
    private readonly report: (what: string, details: Readonly<Record<string, unknown>>) => void,
  ) {
    super();
  }

  start(): void {
    const thread = new Worker(this.program, {
      workerData: this.settings,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
    });
    this.#thread = thread;
    const started = performance.now();
    thread.on('message', ({ fault }: Stands) => (this.fault = fault));
    thread.on('error', (error) => {
      this.fault = error.message;
      // A refusal is an expected error, whose message is enough.
      this.report('projecting failed', { error: error.name === 'Refusal' ? error.message : error.stack });
    });
    thread.on('exit', () => {
      this.#thread = undefined;
      if (this.#stopping) return;
      this.fault ??= 'the thread ended';
      if (performance.now() - started > LONGEST_REST) this.#rest = REST;
      setTimeout(() => this.#stopping || this.start(), this.#rest).unref();
      this.#rest = Math.min(LONGEST_REST, this.#rest * 2);
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const thread = this.#thread;
    if (!thread) return;
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage('stop');
    // The next thread continues from the checkpoint in any case.
    const late = setTimeout(() => void thread.terminate(), GRACE);
    await ended;
    clearTimeout(late);
  }
}
