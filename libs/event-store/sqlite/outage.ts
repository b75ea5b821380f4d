import { faultOf } from '../../errors.js';
import { freeBytes, ROOM } from '../../sqlite/wal.js';

/** How often it is looked whether an outage is over, and how long nothing may have failed by then, in milliseconds. */
const LOOK = 1_000;
const QUIET = 5_000;

/**
 * The time from a write that fails until writing is sure to succeed again. Whoever sends requests only to those that are
 * ready sends none until then, so it is tried without them.
 */
export class Outage {
  #fault: string | undefined;
  #failedAt = 0;
  #looking: NodeJS.Timeout | undefined;

  /**
   * @param path the file that is written
   * @param write writes something that changes nothing
   * @param told what fails when an outage begins, nothing when it ends
   */
  constructor(
    private readonly path: string,
    private readonly write: () => void,
    private readonly told: (fault: string | undefined) => void,
  ) {}

  /** Why nothing can be written at the moment. */
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

  /** Stops looking. */
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
