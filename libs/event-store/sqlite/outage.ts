import { faultOf } from '../../errors.js';
import { freeBytes, ROOM } from '../../sqlite/wal.js';

/** Interval of test writes during an outage, and how long there must be no failure before it ends, in milliseconds. */
const LOOK = 1_000;
const QUIET = 5_000;

/**
 * Tracks an outage from the first failed write until writes succeed reliably. Makes test writes meanwhile, since a load
 * balancer sends no requests to a server that is not ready.
 */
export class Outage {
  #fault: string | undefined;
  #failedAt = 0;
  #looking: NodeJS.Timeout | undefined;

  /**
   * @param path the file that is written
   * @param write a test write that changes nothing
   * @param told called with the reason on outage, with `undefined` on recovery
   */
  constructor(
    private readonly path: string,
    private readonly write: () => void,
    private readonly told: (fault: string | undefined) => void,
  ) {}

  /** Reason of the current outage. */
  get fault(): string | undefined {
    return this.#fault;
  }

  failed(error: Error): void {
    this.#failedAt = performance.now();
    if (this.#fault !== undefined) return;
    this.#fault = faultOf(error);
    this.#looking = setInterval(() => this.#look(), LOOK).unref();
    this.told(this.#fault);
  }

  /** Stops the test writes. */
  close(): void {
    clearInterval(this.#looking);
  }

  #look(): void {
    if (performance.now() - this.#failedAt < QUIET || !this.#succeeds()) return;
    clearInterval(this.#looking);
    this.#fault = undefined;
    this.told(undefined);
  }

  #succeeds(): boolean {
    try {
      if ((freeBytes(this.path) ?? ROOM) < ROOM) return false;
      this.write();
      return true;
    } catch {
      return false;
    }
  }
}
