import type { Aside, Checkpoint, ReadModels } from '../read-models/read-models.js';
import type { Process } from './process.js';
import type { Report } from './reactions.js';

/** How far one process has come, and which streams it has put aside. */
export class Progress {
  handled = 0;
  refused = 0;
  /** Every event of its types up to here was handed over, or lies before the checkpoint. */
  taken = 0;
  readonly parked = new Set<string>();
  /** Places that were begun and not ended, each with the one before it; ascending, since events come in order and a map keeps it. */
  readonly #unfinished = new Map<number, number>();
  /** Put aside since the checkpoint was kept. */
  #aside: Aside[] = [];
  /** The last event that was put aside, of each stream. */
  readonly #lastAside = new Map<string, number>();
  #from = 0;
  #doubtful = 0;
  #begun = 0;
  #kept: Checkpoint = { position: 0, begun: 0 };

  constructor(readonly process: Process) {}

  /** A program ended while it reacted to something up to here, perhaps because of it; 0 where that is past. */
  get doubtful(): number {
    return this.#doubtful;
  }

  /** A checkpoint beyond the log is one of another log: then everything is reacted to again, which does nothing twice. */
  async load(readModels: ReadModels, head: number, report: Report): Promise<void> {
    const { name } = this.process;
    const { position, begun } = await readModels.checkpoint(name);
    if (position > head) report('checkpoint beyond the log', { process: name, position, head });
    this.taken = position > head ? 0 : position;
    this.#from = this.taken;
    this.#doubtful = begun > head || begun === position ? 0 : begun;
    this.#kept = { position: this.#from, begun };
    for (const { consumer, key } of await readModels.parked()) if (consumer === name) this.parked.add(key);
  }

  /** Nothing is doubtful any more. */
  trust(): void {
    this.#doubtful = 0;
  }

  /** @param before where somebody goes on who begins with it: positions have gaps, and not every number is one */
  begin(position: number, before: number): void {
    this.#unfinished.set(position, before);
    this.#begun = Math.max(this.#begun, position);
  }

  end(position: number): void {
    this.#unfinished.delete(position);
    this.handled += 1;
  }

  /** It waits behind its parked stream. */
  putAside(key: string, position: number): void {
    this.#unfinished.delete(position);
    this.#aside.push({ key, position });
    this.#lastAside.set(key, position);
  }

  /** No longer puts a stream aside, unless there is something it has put aside later. @returns whether there is nothing */
  unpark(key: string, reactedTo: number): boolean {
    if ((this.#lastAside.get(key) ?? 0) > reactedTo) return false;
    this.#lastAside.delete(key);
    this.parked.delete(key);
    return true;
  }

  /** Every event up to here has been reacted to or put aside, when the log was scanned up to `scanned`. */
  position(scanned: number): number {
    const [before = scanned] = this.#unfinished.values();
    return Math.max(this.#from, before);
  }

  /** @param ended nothing is under way and nothing more is begun: what was begun and not ended is merely to be done again */
  async keep(readModels: ReadModels, scanned: number, ended = false): Promise<void> {
    const position = this.position(scanned);
    const begun = ended ? position : Math.max(this.#begun, this.#doubtful, position);
    if (position === this.#kept.position && begun === this.#kept.begun && this.#aside.length === 0) return;
    const aside = this.#aside;
    this.#aside = [];
    try {
      await readModels.keep(this.process.name, { position, begun }, aside);
      this.#kept = { position, begun };
    } catch (error) {
      this.#aside = [...aside, ...this.#aside];
      throw error;
    }
  }
}
