import { Worker } from 'node:worker_threads';

/** The projector's place in a program that also answers requests. */
export abstract class Projecting {
  abstract start(): void;
  abstract stop(): Promise<void>;
  /** Why read models do not move at the moment; nothing while they do. */
  abstract readonly fault: string | undefined;
}

const RESTART_AFTER = 1_000;
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
    thread.on('online', () => (this.fault = undefined));
    thread.on('error', (error) => {
      this.fault = error.message;
      this.report('projecting failed', { error: error.stack });
    });
    thread.on('exit', () => {
      this.#thread = undefined;
      if (this.#stopping) return;
      this.fault ??= 'the thread ended';
      setTimeout(() => this.#stopping || this.start(), RESTART_AFTER).unref();
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const thread = this.#thread;
    if (!thread) return;
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage('stop');
    await ended;
  }
}
