import { Refusal } from '../errors.js';

/** Turns data of one schema version into data of the next: one event becomes one or more, perhaps of other types. Pure. */
export interface Upcaster {
  readonly type: string;
  readonly from: number;
  readonly up: (data: never) => readonly { readonly type: string; readonly data: unknown }[];
}

export interface Versioned {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: unknown;
}

/** The current schema version of every event type, and the way there. A type that is not listed is at version 1. */
export class Upcasting {
  readonly #steps = new Map<string, Upcaster>();
  readonly #current = new Map<string, number>();

  constructor(upcasters: readonly Upcaster[] = []) {
    for (const step of upcasters) {
      const key = `${step.type}@${step.from}`;
      if (this.#steps.has(key)) throw new Error(`two upcasters for ${key}`);
      this.#steps.set(key, step);
      this.#current.set(step.type, Math.max(this.version(step.type), step.from + 1));
    }
  }

  /** Current schema version of the type. */
  version(type: string): number {
    return this.#current.get(type) ?? 1;
  }

  current(type: string, schemaVersion: number): boolean {
    return this.version(type) === schemaVersion;
  }

  /** These types and all types that upcasters turn into one of them; a filtered read needs all of these. */
  sources(types: readonly string[]): readonly string[] {
    if (this.#steps.size === 0) return types;
    const wanted = new Set(types);
    for (const { type } of this.#steps.values()) wanted.add(type);
    return [...wanted];
  }

  /** The event in its current shape. */
  up(event: Versioned): readonly Versioned[] {
    if (this.current(event.type, event.schemaVersion)) return [event];
    const step = this.#steps.get(`${event.type}@${event.schemaVersion}`);
    if (!step)
      throw new Refusal('event-version-unknown', `No upcaster for ${event.type} version ${event.schemaVersion}.`);
    return step
      .up(event.data as never)
      .flatMap(({ type, data }) =>
        this.up({ type, data, schemaVersion: type === event.type ? event.schemaVersion + 1 : this.version(type) }),
      );
  }

  /**
   * Checks that this program can read every event of the log.
   * @param known all event types of the catalogue
   * @throws Refusal `log-newer-than-program`, listing all unknown types and versions
   */
  verify(stored: readonly { type: string; schemaVersion: number }[], known: ReadonlySet<string>): void {
    const missing = stored.filter(
      ({ type, schemaVersion }) =>
        !(known.has(type) && this.current(type, schemaVersion)) && !this.#reaches(type, schemaVersion),
    );
    if (missing.length === 0) return;
    const list = missing.map(({ type, schemaVersion }) => `${type} version ${schemaVersion}`);
    throw new Refusal(
      'log-newer-than-program',
      `The log holds events that this program cannot read: ${list.join(', ')}.`,
      {
        missing: list,
      },
    );
  }

  #reaches(type: string, schemaVersion: number): boolean {
    for (let from = schemaVersion; from < this.version(type); from += 1) {
      if (!this.#steps.has(`${type}@${from}`)) return false;
    }
    return schemaVersion < this.version(type);
  }
}
