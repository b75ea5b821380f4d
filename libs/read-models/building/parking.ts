import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, RecordedEvent } from '../../event-store/event-store.js';
import { idsOf, keyOfStream, PoisonEvent } from './fold.js';
import type { PageFolder, Member } from './page-folder.js';
import { servingOf } from '../partitions.js';
import type { GenerationState } from '../generation.js';
import type { Parked, ReadModels, StoredDocument } from '../read-models.js';

export interface ParkingOptions {
  readonly store: EventStore;
  readonly readModels: ReadModels;
  readonly report: (what: string, details: Readonly<Record<string, unknown>>) => void;
  /** Attempts at an event before its document is parked. */
  readonly attempts?: number;
  /** Maximum number of parked documents of a read model; more of them mean a fault in the program, so it stops. */
  readonly mostParked?: number;
}

const ATTEMPTS = 5;
const MOST_PARKED = 1_000;
/**
 * The same for read models of extensions: their handlers are tried once, and few documents are parked, because everything else waits
 * meanwhile.
 */
const OF_EXTENSION = { attempts: 1, mostParked: 100 };
const LONGEST_BACKOFF = 5_000;
/** Keys for counting attempts at a page and at single events; no document has such an id. */
const PAGE = 'page:';
const EVENT = 'event:';
const ENDED = 'the program ended while this was being projected';

/**
 * Handles events that a read model cannot fold. A serving generation parks the document, with all its later events, and
 * continues with the others; so does the first build, since otherwise nothing would ever serve. A build beside a serving
 * generation stops and names the event, unless the serving one has parked the same document. A report that cannot count a
 * document never stops a build: its figures lack the document, and the answers say so.
 */
export class Parking {
  readonly #attempts: number;
  readonly #mostParked: number;
  /**
   * The page of each generation that was counted last, with the epoch: another projector may have folded it since. A page that is
   * folded again after an outage is not counted again.
   */
  readonly #begun = new Map<number, { readonly epoch: number; readonly after: number }>();
  readonly #stopped = new Set<number>();
  #parked: readonly Parked[] = [];

  constructor(
    private readonly options: ParkingOptions,
    private readonly folding: PageFolder,
    private readonly signal: AbortSignal,
    /** Writes what a generation has gathered, since a document is parked as it is stored. */
    private readonly settle: (member: Member) => Promise<void>,
  ) {
    this.#attempts = options.attempts ?? ATTEMPTS;
    this.#mostParked = options.mostParked ?? MOST_PARKED;
  }

  async load(): Promise<void> {
    this.#parked = await this.options.readModels.parked();
  }

  /** Parked keys of a generation. */
  keys(generation: number): ReadonlySet<string> {
    return new Set(this.#parked.filter(({ consumer }) => consumer === generation).map(({ key }) => key));
  }

  /** Whether a generation has stopped until the next start of the program. */
  stopped(generation: number): boolean {
    return this.#stopped.has(generation);
  }

  /** Handles a failed handler: retries a few times with growing delays, then parks the document or stops the generation. */
  async failed(member: Member, { event, key, message, where }: PoisonEvent): Promise<void> {
    await this.settle(member);
    const { attempts } = this.#limitsOf(member);
    const limit = (await this.#mayPark(member, where, [key])) ? attempts : Infinity;
    const tries = await this.options.readModels.attempt(
      member.generation.id,
      key,
      event.position,
      message,
      limit,
      member.epoch,
    );
    this.#report(member, event.position, key, message);
    if (tries >= attempts) return this.#giveUp(member, message, limit === Infinity);
    const backoff = Math.min(LONGEST_BACKOFF, 10 * 2 ** tries);
    await sleep(backoff, undefined, { signal: this.signal }).catch(() => undefined);
  }

  /**
   * Counts an attempt at the first page after the start, and at every page that is gathered, since its write comes later. If the
   * previous run ended in the same page, perhaps because of it, each event is tried alone and counted before its handler runs.
   * This ends crash loops.
   * @param after position where the page begins
   * @returns whether the generation may go on
   */
  async begin(member: Member, events: readonly RecordedEvent[], after: number): Promise<boolean> {
    const { id, pending } = member.generation;
    const { epoch = 0 } = member;
    const begun = this.#begun.get(id);
    if (begun?.epoch === epoch && (begun.after >= after || !this.folding.gathers(member.generation))) return true;
    this.#begun.set(id, { epoch, after });
    // A page whose write was begun has been folded successfully.
    if (pending !== undefined) return true;
    const attempt = await this.options.readModels.attempt(id, PAGE, after, ENDED, Infinity, member.epoch);
    if (attempt === 1 && after === 0) this.folding.begins(member.generation);
    if (attempt <= 1) return true;
    await this.settle(member);
    return this.#tryEach(member, events);
  }

  /** Folds the waiting events of parked documents for which a retry was requested, in order. */
  async retry(members: readonly Member[]): Promise<void> {
    const asked = this.#parked.filter((each) => each.asked);
    for (const parked of asked) {
      const member = members.find(({ generation }) => generation.id === parked.consumer);
      // An unfinished page has to be finished first, with the keys that were parked when it was begun.
      if (member && member.generation.pending === undefined) await this.#retry(member, parked);
    }
    if (asked.length > 0) await this.load();
  }

  /**
   * Parks documents that reports cannot count, at the end of a build, each with its last event, so that a retry counts it.
   * @returns whether the generation may go on
   */
  async leaveOut(member: Member, uncounted: ReadonlyMap<string, string>): Promise<boolean> {
    const { readModels } = this.options;
    const { generation, epoch } = member;
    await this.load();
    const [first] = uncounted;
    if (!first) return true;
    const error = `document ${first[0]}: ${first[1]}`;
    if (this.keys(generation.id).size + uncounted.size > this.#limitsOf(member).mostParked) {
      await readModels.transition(generation.id, [generation.state], 'failed', {
        error: `${uncounted.size} documents cannot be counted: ${error}`,
        epoch,
      });
      return false;
    }
    const documents = await readModels.documents(generation, [...uncounted.keys()]);
    for (const [id, why] of uncounted) {
      const { position } = documents.get(id)!;
      this.#report(member, position, id, why);
      await readModels.attempt(generation.id, id, position, why, 1, epoch);
    }
    await this.load();
    return true;
  }

  /** Undoes `leaveOut` after a restart, since all documents are counted again. */
  async countAgain({ generation, epoch }: Member): Promise<void> {
    const { readModels } = this.options;
    const own = (await readModels.parked()).filter(({ consumer }) => consumer === generation.id);
    const documents = await readModels.documents(
      generation,
      own.map(({ key }) => key),
    );
    for (const { key, position } of own) {
      if (isUncounted(documents.get(key), position)) await readModels.unpark(generation.id, key, undefined, epoch);
    }
  }

  async #tryEach(member: Member, events: readonly RecordedEvent[]): Promise<boolean> {
    const { readModels } = this.options;
    const { generation, readModel, epoch } = member;
    const types = new Set(readModel.projection.types);
    const fold = this.folding.draft(member);
    const own = events.filter(({ type }) => types.has(type));
    for (const [position, parts] of Map.groupBy(own, (event) => event.position)) {
      const { type, stream } = parts[0]!;
      const error = `${type} at position ${position}: ${ENDED}`;
      const tries = await readModels.attempt(generation.id, EVENT, position, error, Infinity, epoch);
      if (tries < this.#attempts) {
        try {
          await fold(parts, this.keys(generation.id));
        } catch (failed) {
          // An event whose handler throws is counted later, when the page is folded.
          if (failed instanceof PoisonEvent) return true;
          throw failed;
        }
        continue;
      }
      // If the program ended while it named the documents, the stream is parked instead.
      const keys = tries > this.#attempts ? [keyOfStream(stream)] : idsOf(readModel, parts, new Set());
      this.#report(member, position, keys.join(' '), error);
      const may = await this.#mayPark(member, 'event', keys);
      for (const key of may ? keys : []) await readModels.attempt(generation.id, key, position, error, 1, epoch);
      await this.#giveUp(member, error, !may);
      if (!may) return false;
    }
    // Moves the attempt behind the last event: if the program ends now, that event is not the cause.
    const last = own.at(-1);
    if (last) await readModels.attempt(generation.id, EVENT, last.position + 0.5, ENDED, Infinity, epoch);
    return true;
  }

  async #retry(member: Member, { key, position, error: before }: Parked): Promise<void> {
    const { store, readModels } = this.options;
    const { generation, epoch } = member;
    // Counted before its handler runs: if the program ends because of it, the next one does not retry it by itself.
    await readModels.attempt(generation.id, key, position, before, this.#attempts, epoch);
    const others = new Set(this.keys(generation.id));
    others.delete(key);
    const events: RecordedEvent[] = [];
    // The event that an uncounted document had seen is not among the waiting ones.
    for (const each of new Set([position, ...(await readModels.waiting(generation.id, key))])) {
      events.push(...(await store.at(each)));
    }
    events.sort((a, b) => a.position - b.position);
    try {
      const scope = only(member, key, events);
      const documents = await readModels.documents(generation, idsOf(scope.readModel, events, others));
      const uncounted = new Set(isUncounted(documents.get(key), position) ? [key] : []);
      if ([...documents.values()].some((document) => document.position > events[0]!.position)) {
        throw new PoisonEvent(
          events[0]!,
          key,
          new Error('its documents have moved on without it: rebuild the read model'),
        );
      }
      const write = await this.folding.fold(scope, events, generation.position, others, uncounted);
      await readModels.unpark(generation.id, key, write);
      this.folding.keep(write);
    } catch (error) {
      if (!(error instanceof PoisonEvent)) throw error;
      this.#report(member, error.event.position, key, error.message);
      if (error.message !== before)
        await readModels.attempt(generation.id, key, position, error.message, this.#attempts, epoch);
    }
  }

  async #mayPark(member: Member, where: PoisonEvent['where'], keys: readonly string[]): Promise<boolean> {
    const { id, name, state } = member.generation;
    if (this.keys(id).size >= this.#limitsOf(member).mostParked) return false;
    if (!isBeingBuilt(state) || where === 'figures') return true;
    const serving = servingOf(await this.options.readModels.generations(), name);
    const aside = new Set(serving.flatMap((each) => [...this.keys(each.id)]));
    return serving.length === 0 || keys.every((key) => aside.has(key));
  }

  /** After what could be parked was. */
  async #giveUp(member: Member, error: string, stop: boolean): Promise<void> {
    const { readModels } = this.options;
    const { id, state } = member.generation;
    const { epoch } = member;
    if (isBeingBuilt(state)) {
      if (stop) await readModels.transition(id, [state], 'failed', { error, epoch });
    } else if (this.keys(id).size >= this.#limitsOf(member).mostParked) {
      this.#stopped.add(id);
      await readModels.transition(id, [state], state, { error: `too much is parked: ${error}`, epoch });
    }
    await this.load();
  }

  #limitsOf({ readModel: { extension } }: Member): typeof OF_EXTENSION {
    return extension === undefined ? { attempts: this.#attempts, mostParked: this.#mostParked } : OF_EXTENSION;
  }

  #report({ generation: { id, name } }: Member, position: number, key: string, error: string): void {
    this.options.report('projection failed', { projection: name, generation: id, position, key, error });
  }
}

const isBeingBuilt = (state: GenerationState): boolean => state === 'building' || state === 'catching-up';

/** Whether a parked document was folded, but not counted by a report: it has seen the event with which it is parked. */
const isUncounted = (document: StoredDocument | undefined, position: number): boolean =>
  document !== undefined && document.position >= position;

/** Limits the read model to one parked key, since other documents of the same events have seen these. */
function only(member: Member, key: string, events: readonly RecordedEvent[]): Member {
  const { readModel } = member;
  if (events.some(({ stream }) => keyOfStream(stream) === key)) return member;
  const ids = (event: RecordedEvent) => readModel.projection.ids(event).filter((id) => id === key);
  return { ...member, readModel: { ...readModel, projection: { ...readModel.projection, ids } } };
}
