import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../errors.js';
import { under } from '../event-store/envelope.js';
import { newId } from '../ids.js';
import type { Streams } from '../event-store/streams.js';
import { copyOf } from '../read-models/partitions.js';
import type { Copy } from '../read-models/decisions.js';
import type { ReadModels } from '../read-models/read-models.js';
import { goneBackFrom, readModelHistory, switchTo } from './read-model.decider.js';

/** Interval of checks, in milliseconds. */
const REST = 1_000;

/**
 * Records when another copy of a read model begins to serve. Copies take over in a thread or on a machine that does not
 * write the log, so this compares the serving copies with the log from time to time; a missed switch is recorded later.
 */
export class Switches {
  readonly #stop = new AbortController();
  readonly #serving = new Map<string, Copy>();
  /** Read models whose rollback did not show at the last check. */
  readonly #goingBack = new Set<string>();
  #running: Promise<void> | undefined;

  /** @param report called with switches that could not be recorded */
  constructor(
    private readonly streams: Streams,
    private readonly readModels: ReadModels,
    private readonly report: (what: string, details: object) => void,
  ) {}

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#tryLook();
      await sleep(REST, undefined, { signal, ref: false }).catch(() => undefined);
    }
    await this.#tryLook();
  }

  async #tryLook(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.report('a switch of read models is not recorded yet', { error: error.message });
    }
  }

  /**
   * Records all switches since the last check. The first copy of a read model is no switch. The copy that was gone back from
   * counts only at the second check, since the rollback may be under way.
   */
  async look(): Promise<void> {
    for (const generation of await this.readModels.generations()) {
      const { name, state, set, id } = generation;
      if (state !== 'active' || id !== set) continue;
      const to = copyOf(generation);
      const before = this.#serving.get(name) ?? to;
      if (this.#serving.has(name) && before.generation === to.generation) continue;
      const envelope = { actor: ANNALS, source: 'system', correlationId: newId() } as const;
      let known = readModelHistory.initial;
      const wait = () => goneBackFrom(known, to) && !this.#goingBack.has(name);
      await under(envelope, () =>
        this.streams.decide(readModelHistory, name, (state) => {
          known = state;
          return wait() ? [] : switchTo(known, name, to, before);
        }),
      );
      if (wait()) {
        this.#goingBack.add(name);
        continue;
      }
      this.#goingBack.delete(name);
      this.#serving.set(name, to);
    }
  }
}

const ANNALS = { id: 'annals', name: 'Annals' };
