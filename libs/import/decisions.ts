import { hash } from 'node:crypto';
import type { CommandBus } from '@nestjs/cqrs';
import { LRUCache } from 'lru-cache';
import { Refusal, Unavailable } from '../errors.js';
import { under } from '../event-store/envelope.js';
import type { Envelope } from '../event-store/envelope.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { eventId } from '../event-store/command-identity.js';
import type { Decided } from '../event-store/streams.js';
import type { Reference } from './compile-context.js';
import type { Intent } from './plan.js';
import { refusedBefore } from './settled-rows.js';
import type { SettledRow, SettledRows } from './settled-rows.js';
import type { Kind } from './steps/step.js';

/** Result of one command of a row. */
export interface Decision {
  readonly recorded: boolean;
  readonly refusal?: Refusal;
  /** An earlier import had this result, and the command was not tried again. */
  readonly remembered?: boolean;
  /** The result has to be written before further decisions depend on it. */
  readonly settled?: boolean;
}

export interface DecisionsOptions {
  readonly store: EventStore;
  readonly commands: CommandBus;
  readonly settled: SettledRows;
  /** Kinds of things that have a stream each. */
  readonly withStream: ReadonlySet<Kind>;
  /** Tries commands again that an earlier import was refused. */
  readonly retryRejected: boolean;
}

const KNOWN = 100_000;
/** Maximum number of attempts at a command after conflicts with other programs. */
const ATTEMPTS = 5;
const UNCHANGED: Decision = { recorded: false };

/** Sends the commands of rows, each of them once over all imports. */
export class Decisions {
  readonly #options: DecisionsOptions;
  /** Things that are known to exist, so that references to them need no check. */
  readonly #known = new LRUCache<string, true>({ max: KNOWN });
  /** Highest position of all answers; an answer with a higher one means a new append. */
  #head = 0;
  /** Whether this is the first import into an empty log, so that lookups are not needed. */
  #isFirst: boolean | undefined;
  /** Commands that this import was refused, by their ids; rows that say the same are refused for the same reason. */
  readonly #refused = new LRUCache<string, Refusal>({ max: KNOWN });
  /** Last known revisions of streams of a shared log. */
  readonly #revisions = new LRUCache<string, number>({ max: KNOWN });

  constructor(options: DecisionsOptions) {
    this.#options = options;
  }

  /** Has to be called before the first command, and when other programs may have appended. */
  async look(): Promise<void> {
    const { store, settled } = this.#options;
    this.#head = await store.head();
    this.#isFirst ??= this.#head === 0;
    await settled.read();
  }

  /**
   * @param isNew whether its stream was begun by this row
   * @param before result that is known from elsewhere than the log
   */
  async decide(intent: Intent, envelope: Envelope, isNew: boolean, before?: SettledRow): Promise<Decision> {
    const { store, settled, retryRejected } = this.#options;
    if (!isNew && !this.#isFirst && (await this.#find(intent))) return this.#there(intent);
    for (let attempt = 1; ; attempt += 1) {
      // Read before the settled rows: if another import settles this row meanwhile, the append conflicts.
      const shares = !store.exclusive && !intent.makes;
      const expected = shares ? { expectedRevision: [await this.#revision(intent.stream)] } : {};
      if (shares) await settled.read();
      const known = settled.get(intent.commandId) ?? (retryRejected ? undefined : before);
      if (known === 'unchanged') return { ...this.#there(intent), settled: settled.add(intent.commandId, known) };
      if (known && !retryRejected) {
        const added = settled.add(intent.commandId, known);
        const own = this.#refused.get(intent.commandId);
        return { recorded: false, refusal: own ?? refusedBefore(known), remembered: !own, settled: added };
      }
      try {
        return await this.#send(intent, { ...envelope, ...expected });
      } catch (error) {
        if (!(error instanceof Refusal) || error instanceof Unavailable) throw error;
        const overtaken = error.code === 'revision-stale' || error.code === 'concurrency-conflict';
        if (overtaken) this.#revisions.delete(intent.stream);
        if (overtaken && attempt < ATTEMPTS) continue;
        const refusal = explained(error, intent.refers);
        this.#refused.set(intent.commandId, refusal);
        return { recorded: false, refusal, settled: !overtaken && settled.add(intent.commandId, refusal) };
      }
    }
  }

  /** Stores that a row was refused before any command was sent. @returns whether that is new */
  async refuse(intents: readonly Intent[], refusal: Refusal): Promise<boolean> {
    for (const intent of intents) {
      if (!(await this.#find(intent))) return this.#options.settled.add(idOfRow(intents), refusal);
    }
    return false;
  }

  /** The refusal of a row that an earlier import was refused before any command was sent, and that says the same now. */
  refusedWhole(intents: readonly Intent[]): Refusal | undefined {
    const { settled, retryRejected } = this.#options;
    const known = retryRejected || intents.length === 1 ? undefined : settled.get(idOfRow(intents));
    return typeof known === 'object' ? refusedBefore(known) : undefined;
  }

  async #send(intent: Intent, envelope: Envelope): Promise<Decision> {
    const { command, at, commandId, refers, makes } = intent;
    const { store, commands, settled } = this.#options;
    for (const reference of refers) await this.#check(reference);
    const before = this.#head;
    const sent: Envelope = { ...envelope, occurredAt: at, commandId };
    const decided = await under(sent, () => commands.execute<typeof command, Decided>(command));
    if (decided.position > this.#head) this.#head = decided.position;
    this.#revisions.set(intent.stream, decided.revision);
    if (makes) this.#known.set(makes.id, true);
    const moved = decided.position > before;
    if (moved && store.exclusive) return { recorded: true };
    const found = await this.#find(intent);
    if (found) return { recorded: moved && found.metadata.importId === envelope.importId };
    return { recorded: false, settled: settled.add(commandId, 'unchanged') };
  }

  #there({ makes }: Intent): Decision {
    if (makes) this.#known.set(makes.id, true);
    return UNCHANGED;
  }

  /** The event that it recorded in an earlier import. Its preconditions need not hold any more. */
  #find({ stream, commandId }: Intent): Promise<RecordedEvent | undefined> {
    return this.#options.store.find(stream, eventId(commandId, 0));
  }

  async #revision(stream: string): Promise<number> {
    const known = this.#revisions.get(stream);
    if (known !== undefined) return known;
    const { events } = await this.#options.store.readStream(stream, { backwards: true, limit: 1 });
    return events[0]?.revision ?? -1;
  }

  /** @throws Refusal `reference-unknown` */
  async #check({ kind, id }: Reference): Promise<void> {
    if (!this.#options.withStream.has(kind) || this.#known.has(id)) return;
    const { events } = await this.#options.store.readStream(`${kind}-${id}`, { limit: 1 });
    if (events.length === 0) throw unknown(kind);
    this.#known.set(id, true);
  }
}

/** Under which the result of a whole row is stored: what any of its commands says is part of it. */
const idOfRow = (intents: readonly Intent[]): string => {
  const ids = intents.map(({ commandId }) => commandId);
  return ids.length === 1 ? ids[0]! : `import-${hash('sha256', ids.join(), 'hex')}`;
};

/** Turns a missing thing of a rule into a missing reference of the row, in the words of the mapping. */
function explained(refusal: Refusal, refers: readonly Reference[]): Refusal {
  const { id } = refusal.details;
  const reference = refusal.code.endsWith('-unknown') ? refers.find((each) => each.id === id) : undefined;
  return reference ? unknown(reference.kind) : refusal;
}

const unknown = (kind: string): Refusal =>
  new Refusal('reference-unknown', `There is no ${kind} of this key: neither in this import nor from one before.`);
