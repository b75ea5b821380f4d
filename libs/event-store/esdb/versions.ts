import { idFrom } from '../../ids.js';
import type { EsdbEvent, EsdbNewEvent } from './client.js';
import { VERSIONS_STREAM } from './events.js';
import type { NewEvent } from '../event-store.js';

/** Events that are looked for at the same time when the list is read. */
const AT_ONCE = 16;

interface Listed {
  readonly type: string;
  readonly schemaVersion: number;
  /** The event for whose sake it was listed: the entry counts once that is there. */
  readonly stream: string;
  readonly eventId: string;
}

export interface VersionsParts {
  readonly read: (stream: string) => AsyncIterable<EsdbEvent>;
  readonly isThere: (stream: string, eventId: string) => Promise<boolean>;
  /** Everything that is listed, when it is first asked for. */
  readonly load: () => Promise<unknown>;
  readonly append: (stream: string, entries: readonly EsdbNewEvent[]) => Promise<unknown>;
}

/**
 * Which types and schema versions the log holds, in a stream of their own, since a server cannot be asked for that. What is
 * appended for the first time is listed before: a crash in between leaves an entry that names an event which is not there.
 */
export class EsdbVersions {
  readonly #known = new Set<string>();
  readonly #first = new Map<string, Promise<unknown>>();
  #loaded: Promise<unknown> | undefined;

  constructor(private readonly parts: VersionsParts) {}

  /** What the log holds. */
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

  /** Appends with whatever it holds listed. */
  async listing<Result>(stream: string, events: readonly NewEvent[], append: () => Promise<Result>): Promise<Result> {
    let keys = this.#unknown(events);
    if (keys.length === 0) return append();
    await (this.#loaded ??= this.parts.load().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    }));
    // One at a time lists a key; when that works out the others need not.
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
