/** Maximum wait in milliseconds; callers check the condition again afterwards, and send their sign of life. */
const HEARTBEAT = 1_000;

interface Waiting {
  readonly signal?: AbortSignal | undefined;
  /** Interval for checking the condition, in milliseconds, when nothing calls `wake`. */
  readonly poll?: number | undefined;
}

/** Waits for conditions that other parts of the program fulfil; `wake` ends all waits. */
export class Wakers {
  readonly #waiting = new Set<() => void>();

  /** Resolves at once when the condition holds, else at the next `wake`, when `signal` aborts, or after a second. */
  wait(hasHappened: () => boolean, { signal, poll }: Waiting = {}): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted || hasHappened()) return resolve();
      const done = () => {
        clearTimeout(heartbeat);
        clearInterval(polling);
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const heartbeat = setTimeout(done, HEARTBEAT);
      const polling = poll === undefined ? undefined : setInterval(() => hasHappened() && done(), poll);
      this.#waiting.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
