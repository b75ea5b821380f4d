import type { Handler } from './handler.js';
import { claim } from './memory/claim.js';
import type { Claiming, LogStand } from './memory/claim.js';
import { NONE, Overtaken } from './memory/process-memory.js';
import type { ProcessMemory } from './memory/process-memory.js';
import { stateName } from './memory/process-state.js';
import type { Attempt, ParkedState, ProcessState } from './memory/process-state.js';

/** Characters of an error that are remembered: the document has a bound, a message has none. The log has it whole. */
const MOST_ERROR = 200;

/** How far one handler has come, and which streams it has put aside: what is remembered of it, and what is under way. */
export class Progress {
  handled = 0;
  refused = 0;
  /** Every event of its types up to here was handed over, or lies before the position it began at. */
  taken = 0;
  /** The log has been looked at up to here. */
  scanned = 0;
  /** Nothing is under way and nothing more is begun: what was begun and not ended is merely to be done again. */
  ended = false;
  readonly #parked = new Map<string, ParkedState>();
  /** Put aside as soon as that is written. */
  readonly #parking = new Map<string, ParkedState>();
  readonly #attempts = new Map<string, Attempt>();
  /** Places that were begun and not ended, each with the one before it; ascending, since events come in order and a map keeps it. */
  readonly #unfinished = new Map<number, number>();
  #doubt: ProcessState['doubt'];
  #log: string | undefined;
  #from = 0;
  #doubtful = 0;
  #begun = 0;
  #revision = NONE;
  /** As it was last written. */
  #kept = '';
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** @param lost called when another program has taken over */
  constructor(
    readonly handler: Handler,
    private readonly memory: ProcessMemory,
    private readonly lost: () => void,
  ) {}

  /** A program ended while it handled something up to here, perhaps because of it; 0 where that is past. */
  get doubtful(): number {
    return this.#doubtful;
  }

  /** Every event up to here has been handled or put aside. */
  get position(): number {
    const [before = this.scanned] = this.#unfinished.values();
    return Math.max(this.#from, before);
  }

  get parked(): ReadonlyMap<string, ParkedState> {
    return this.#parked;
  }

  async load(claiming: Claiming, stand: LogStand): Promise<void> {
    const { state, revision } = await claim(this.handler, claiming, stand);
    const { position, begun, parked, attempts, doubt, log } = state;
    this.#revision = revision;
    this.#log = log;
    this.taken = position;
    this.#from = position;
    this.#doubt = doubt;
    this.#doubtful = begun > stand.head || begun === position ? 0 : begun;
    for (const [stream, each] of Object.entries(parked)) this.#parked.set(stream, each);
    for (const [stream, each] of Object.entries(attempts)) this.#attempts.set(stream, each);
    this.#kept = JSON.stringify(this.#state());
  }

  /** @param before where a program goes on that begins with it: positions have gaps, and not every number is one */
  begin(position: number, before: number): void {
    this.#unfinished.set(position, before);
    this.#begun = Math.max(this.#begun, position);
  }

  end(stream: string, position: number): void {
    this.#unfinished.delete(position);
    this.#attempts.delete(stream);
    this.handled += 1;
  }

  /** It waits behind its parked stream; what waited before a program ended is met again, and waits once. */
  putAside(stream: string, position: number): void {
    this.#unfinished.delete(position);
    const parked = this.#parked.get(stream)!;
    if (position > parked.last) this.#parked.set(stream, { ...parked, waiting: parked.waiting + 1, last: position });
  }

  /**
   * Counts an attempt at an event. What lies behind the furthest event attempted in its stream has been survived and is not
   * counted.
   * @returns how many there have been at this event, 0 behind the furthest
   */
  count(stream: string, position: number, error: string): number {
    const before = this.#attempts.get(stream);
    if (before && before.position > position) return 0;
    const attempts = before?.position === position ? before.attempts + 1 : 1;
    this.#attempts.set(stream, { position, attempts, error: short(error) });
    return attempts;
  }

  /** Has it written with the next `keep` that this stream is put aside from an event on; until `park` it is not. */
  willPark(stream: string, { position, attempts, error }: Attempt): void {
    this.#parking.set(stream, { position, attempts, error: short(error), waiting: 1, last: position });
  }

  willNotPark(stream: string): void {
    this.#parking.delete(stream);
  }

  park(stream: string): void {
    this.#parked.set(stream, this.#parking.get(stream)!);
    this.#parking.delete(stream);
    this.#attempts.delete(stream);
  }

  /** Whether what waits in a parked stream can be handled: not while the event it failed on is being put aside. */
  mayRetry(stream: string): boolean {
    const parked = this.#parked.get(stream);
    return parked !== undefined && !this.#unfinished.has(parked.position);
  }

  /** What waits in a parked stream begins at this event now. */
  waitsFrom(stream: string, position: number): void {
    const parked = this.#parked.get(stream);
    if (parked) this.#parked.set(stream, { ...parked, position });
  }

  /** One of the events that wait in a parked stream has been handled. */
  handledAgain(stream: string): void {
    this.handled += 1;
    const parked = this.#parked.get(stream);
    if (parked) this.#parked.set(stream, { ...parked, waiting: Math.max(0, parked.waiting - 1) });
  }

  /** A parked stream has failed once more. */
  failedAgain(stream: string, error: string): void {
    const parked = this.#parked.get(stream);
    if (parked) this.#parked.set(stream, { ...parked, attempts: parked.attempts + 1, error: short(error) });
  }

  /** Position of the last event of a parked stream that waits and has been met: what is further on comes by itself. */
  waitsUpTo(stream: string): number {
    return Math.min(this.#parked.get(stream)?.last ?? 0, this.taken);
  }

  /** No longer puts a stream aside, unless something waits that has not been handled. @returns whether nothing does */
  unpark(stream: string, handled: number): boolean {
    if (this.waitsUpTo(stream) > handled) return false;
    this.#parked.delete(stream);
    return true;
  }

  /** Counts an attempt at an event that a program may have ended of. @returns how many, 0 for one that has been survived */
  doubt(position: number): number {
    const before = this.#doubt;
    if (before && before.position > position) return 0;
    this.#doubt = { position, attempts: before?.position === position ? before.attempts + 1 : 1 };
    return this.#doubt.attempts;
  }

  /** All doubtful events are behind: should the program end now, it was none of them. */
  trust(): void {
    this.#doubt = { position: this.#doubtful + 0.5, attempts: 0 };
    this.#doubtful = 0;
  }

  /**
   * Writes what there is to remember. Callers that come during a write share the next one.
   * @throws Overtaken
   */
  keep(): Promise<void> {
    this.#next ??= this.#writing
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#write();
      });
    this.#writing = this.#next;
    return this.#next;
  }

  async #write(): Promise<void> {
    const state = this.#state();
    const text = JSON.stringify(state);
    if (text === this.#kept || this.#revision === NONE) return;
    try {
      this.#revision = await this.memory.write(stateName(this.handler.name), state, this.#revision);
      this.#kept = text;
    } catch (error) {
      if (error instanceof Overtaken) this.lost();
      throw error;
    }
  }

  #state(): ProcessState {
    const { position } = this;
    const begun = this.ended ? position : Math.max(this.#begun, this.#doubtful, position);
    return {
      ...(this.#log !== undefined && { log: this.#log }),
      position,
      begun,
      parked: Object.fromEntries([...this.#parked, ...this.#parking]),
      attempts: Object.fromEntries(this.#attempts),
      ...(this.#doubt && { doubt: this.#doubt }),
    };
  }
}

const short = (error: string): string => error.slice(0, MOST_ERROR);
