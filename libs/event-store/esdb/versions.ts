import { idFrom } from '../../ids.js';
import type { EsdbEvent } from './wire-event.js';
import type { EsdbNewEvent } from './client.js';
import { VERSIONS_STREAM } from './events.js';
import type { NewEvent } from '../event-store.js';

/** Maximum number of parallel lookups when the list is read. */
const AT_ONCE = 16;

interface Listed {
  readonly type: string;
  readonly schemaVersion: number;
  /** The event that caused the entry; the entry counts only if that event exists. */
  readonly stream: string;
  readonly eventId: string;
}

export interface VersionsParts {
  readonly read: (stream: string) => AsyncIterable<EsdbEvent>;
  readonly isThere: (stream: string, eventId: string) => Promise<boolean>;
  /** Loads the list at its first use. */
  readonly load: () => Promise<unknown>;
  readonly append: (stream: string, entries: readonly EsdbNewEvent[]) => Promise<unknown>;
}

/**
 * Lists the event types and schema versions of the log in a stream of its own, since a server has no such query. A new type is
 * listed before its first append. After a crash in between, the entry names an event that does not exist and does not count.
 */
export class EsdbVersions {
  readonly #known = new Set<string>();
  readonly #first = new Map<string, Promise<unknown>>();
  #loaded: Promise<unknown> | undefined;

  constructor(private readonly parts: VersionsParts) {}

  /** Types and schema versions that the log holds. */
  async stored(): Promise<readonly { type: string; schemaVersion: number }[]> {
    const entries = new Map<string, Listed[]>();
    for await (const { data } of this.parts.read(VERSIONS_STREAM)) {
      const entry = data as Listed;
      const key = keyOf(entry);
      entries.set(key, [...(entries.get(key) ?? []), entry]);
    }
    const keys = [...entries.keys()];
    const held: { type: string; schemaVersion: number }[] = [];
    for (let from = 0; from < keys.length; from += AT_ONCE) {
      await Promise.all(
        keys.slice(from, from + AT_ONCE).map(async (key) => {
          const [{ type, schemaVersion }] = entries.get(key) as [Listed];
          if (!this.#known.has(key) && !(await this.#anyIsThere(entries.get(key)!))) return;
          this.#known.add(key);
          held.push({ type, schemaVersion });
        }),
      );
    }
    return held.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  }

  /** Lists new types and schema versions of these events, then runs `append`. */
  async listing<Result>(stream: string, events: readonly NewEvent[], append: () => Promise<Result>): Promise<Result> {
    let keys = this.#unknown(events);
    if (keys.length === 0) return append();
    await (this.#loaded ??= this.parts.load().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    }));
    // Only one append at a time lists a key; the others wait for its result.
    for (;;) {
      keys = this.#unknown(events);
      const begun = keys.map((key) => this.#first.get(key)).filter((each) => each !== undefined);
      if (begun.length === 0) break;
      await Promise.allSettled(begun);
    }
    if (keys.length === 0) return append();
    const first = this.#list(stream, events, keys).then(append);
    for (const key of keys) this.#first.set(key, first);
    try {
      const result = await first;
      for (const key of keys) this.#known.add(key);
      return result;
    } finally {
      for (const key of keys) this.#first.delete(key);
    }
  }

  #unknown(events: readonly NewEvent[]): string[] {
    const keys = new Set<string>();
    for (const event of events) if (!this.#known.has(keyOf(event))) keys.add(keyOf(event));
    return [...keys];
  }

  async #list(stream: string, events: readonly NewEvent[], keys: readonly string[]): Promise<void> {
    const entries = keys.map((key) => {
      const { id, type, schemaVersion } = events.find((event) => keyOf(event) === key)!;
      const data: Listed = { type, schemaVersion, stream, eventId: id };
      return { id: idFrom('schema-version', key, id), type: 'SchemaVersionListed', data, metadata: {} };
    });
    await this.parts.append(VERSIONS_STREAM, entries);
  }

  async #anyIsThere(entries: readonly Listed[]): Promise<boolean> {
    for (const { stream, eventId } of entries) if (await this.parts.isThere(stream, eventId)) return true;
    return false;
  }
}

const keyOf = ({ type, schemaVersion }: { readonly type: string; readonly schemaVersion: number }): string =>
  `${type}@${schemaVersion}`;
