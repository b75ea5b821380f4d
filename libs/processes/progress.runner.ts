import type { ReadModels } from '../read-models/read-models.js';
import type { Process } from './process.js';
import { messageOf } from './reactions.runner.js';
import type { Report } from './reactions.runner.js';

/** How far one process has come. */
export class Progress {
  handled = 0;
  refused = 0;
  /** Positions that were begun and not ended; ascending, since events come in order and a set keeps it. */
  readonly #unfinished = new Set<number>();
  #from = 0;
  #kept = 0;

  constructor(readonly process: Process) {}

  /** Where the checkpoint stood at the start: what lies before has been reacted to. */
  get from(): number {
    return this.#from;
  }

  /** A checkpoint beyond the log is one of another log: then everything is reacted to again, which does nothing twice. */
  async load(readModels: ReadModels, head: number, report: Report): Promise<void> {
    const position = await readModels.checkpoint(this.process.name);
    if (position > head) report('checkpoint beyond the log', { process: this.process.name, position, head });
    this.#from = position > head ? 0 : position;
    this.#kept = this.#from;
  }

  begin(position: number): void {
    this.#unfinished.add(position);
  }

  end(position: number): void {
    this.#unfinished.delete(position);
    this.handled += 1;
  }

  /** Every event up to here has been reacted to, when the log was scanned up to `scanned`. */
  position(scanned: number): number {
    const [first] = this.#unfinished;
    return Math.max(this.#from, first === undefined ? scanned : first - 1);
  }

  async keep(readModels: ReadModels, scanned: number, report: Report): Promise<void> {
    const position = this.position(scanned);
    if (position === this.#kept) return;
    const { name } = this.process;
    try {
      await readModels.keep(name, position);
      this.#kept = position;
    } catch (error) {
      report('checkpoint not kept', { process: name, position, error: messageOf(error) });
    }
  }
}
