import { createContext, Script } from 'node:vm';
import type { RecordedEvent } from '../event-store/event-store.js';
import { notUnderstood } from './refusals.js';

/** Longest regular expression that is accepted. */
const LONGEST = 1_000;
/** Time limit for matching a page of events, in milliseconds, since some expressions backtrack without end. */
const PATIENCE = 500;
/** Maximum number of cached match results. */
const REMEMBERED = 20_000;

const script = new Script('names.map((name) => pattern.test(name))');

export interface FilterTerms {
  readonly on: 'stream' | 'type';
  readonly prefixes: readonly string[];
  /** Replaces the prefixes when it is not empty. */
  readonly regex: string;
}

/** Filter for reads of the whole log, by stream name or by event type. */
export class EventFilter {
  /** Stream prefixes that the event store can apply itself. */
  readonly streams: readonly string[] | undefined;
  readonly terms: FilterTerms;
  readonly #pattern: RegExp | undefined;
  readonly #known = new Map<string, boolean>();

  /** @throws CallRefused for a regular expression that is invalid or too long */
  constructor(terms: FilterTerms) {
    this.terms = terms;
    this.#pattern = terms.regex === '' ? undefined : compiled(terms.regex);
    if (terms.on === 'stream' && !this.#pattern) this.streams = terms.prefixes;
  }

  /** @throws CallRefused when matching takes too long */
  of(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
    const { on } = this.terms;
    this.#learn(events.map((event) => event[on]));
    return events.filter((event) => this.#known.get(event[on]));
  }

  #learn(names: readonly string[]): void {
    if (this.#known.size > REMEMBERED) this.#known.clear();
    const fresh = [...new Set(names)].filter((name) => !this.#known.has(name));
    if (fresh.length === 0) return;
    const matches = this.#matches(fresh);
    for (const [index, name] of fresh.entries()) this.#known.set(name, matches[index]!);
  }

  #matches(names: readonly string[]): readonly boolean[] {
    if (!this.#pattern) return names.map((name) => this.terms.prefixes.some((prefix) => name.startsWith(prefix)));
    try {
      const context = createContext({ names, pattern: this.#pattern });
      return script.runInContext(context, { timeout: PATIENCE }) as readonly boolean[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw notUnderstood(`The regular expression ${this.terms.regex} takes too long.`);
    }
  }
}

function compiled(regex: string): RegExp {
  if (regex.length > LONGEST) throw notUnderstood(`A regular expression has at most ${LONGEST} characters.`);
  try {
    return new RegExp(regex);
  } catch (error) {
    throw notUnderstood((error as Error).message);
  }
}
