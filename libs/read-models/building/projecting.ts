import { Worker } from 'node:worker_threads';

/** The projector's place in a program that also answers requests. */
export abstract class Projecting {
  abstract start(): void;
  abstract stop(): Promise<void>;
  /** Why read models do not move at the moment; nothing while they do. */
  abstract readonly fault: string | undefined;
}

/** What the thread says of itself: why nothing moves, or that it does. */
export interface Stands {
  readonly fault: string | undefined;
}

/** Rest before a thread that died is started again, in milliseconds; doubled while they die young. */
const REST = 1_000;
const LONGEST_REST = 60_000;
/** How long a thread that is told to stop may take over what it is at, in milliseconds. */
const GRACE = 10_000;
/**
 * Memory for what a thread has just made, in MB. Folding makes much and keeps little: given more, it only collects later, and
 * holds a hundred megabytes more for no gain that could be measured.
 */
const YOUNG = 24;

/**
 * A thread of its own, so that folding never holds up an answer. Everything it has to know stands in the files; a thread
 * that dies is started again and goes on from its checkpoint.
 */
export class ProjectingThread extends Projecting {
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
      // What is known to go wrong says all there is to say.
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
    // Whatever it is at, the next one goes on from the checkpoint.
    const late = setTimeout(() => void thread.terminate(), GRACE);
    await ended;
    clearTimeout(late);
  }
}
