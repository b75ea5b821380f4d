/** How long anybody waits at most, in milliseconds: who is told nothing can look for himself, and say that he lives. */
const HEARTBEAT = 1_000;

interface Waiting {
  readonly signal?: AbortSignal | undefined;
  /** How often to ask, in milliseconds, where nobody says when it happens. */
  readonly poll?: number | undefined;
}

/** Those who wait for something that happens elsewhere. */
export class Wakers {
  readonly #waiting = new Set<() => void>();

  /** Resolves when it has happened already, at the next `wake`, when `signal` aborts, or after a second. */
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
