import { readFileSync } from 'node:fs';

const EVERY = 20;
const MB = 1_048_576;

/** Follows how much memory this process has resident. */
export class Resident {
  readonly #sampling: NodeJS.Timeout;
  #own = 0;

  constructor() {
    this.#sampling = setInterval(() => this.#sample(), EVERY);
    this.#sampling.unref();
  }

  /** In MB. `own` is what the process has allocated, without the pages of files that are mapped; null where that is not told. */
  most(): { resident: number; own: number } {
    clearInterval(this.#sampling);
    this.#sample();
    return { resident: (process.resourceUsage().maxRSS * 1_024) / MB, own: this.#own / MB };
  }

  #sample(): void {
    const own = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    this.#own = Math.max(this.#own, Number(own) * 1_024);
  }
}
