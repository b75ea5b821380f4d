import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { EventStore, RecordedEvent, Until } from '../event-store/event-store.js';
import { foldPage, idsOf, PoisonEvent } from './fold.js';
import type { Folded } from './fold.js';
import type { Generation, PageWrite, Parked, ReadModels, StoredDocument } from './read-models.js';
import { definitionOf } from './rollup.js';
import type { ReadModel } from './rollup.js';
import { contentHash, verify } from './verify.js';

export interface ProjectorOptions {
  readonly store: EventStore;
  readonly readModels: ReadModels;
  /** Everything there is to project: the list of `projections/index.ts`. */
  readonly definitions: readonly ReadModel[];
  /** IANA name of the zone whose days reports count in. */
  readonly zone: string;
  readonly report: (what: string, details: Readonly<Record<string, unknown>>) => void;
  /** Fold only the part of the log up to here: an answer about the past. */
  readonly until?: Until;
  /** Attempts at an event before its document is parked. */
  readonly attempts?: number;
}

/** Documents kept in memory over all generations, so that a page need not read what the page before has written. */
const KEPT_DOCUMENTS = 40_000;
const ATTEMPTS = 5;
const LONGEST_BACKOFF = 5_000;
/** Parked documents of one read model beyond which it stops: that many are not poison, they are a fault. */
const MOST_PARKED = 1_000;
const RATE_WINDOW = 10_000;

interface Member {
  readonly generation: Generation;
  readonly readModel: ReadModel;
}

/**
 * Brings every read model up to the log, in pages, exactly once, and keeps it there; builds new generations beside the
 * ones that serve. What is wanted stands in the generations table, so a restart goes on where a crash left off.
 */
export class Projector {
  readonly #options: ProjectorOptions;
  readonly #byName: ReadonlyMap<string, ReadModel>;
  readonly #kept = new LRUCache<string, StoredDocument>({ max: KEPT_DOCUMENTS });
  readonly #rates = new Map<number, { at: number; position: number }[]>();
  readonly #stop = new AbortController();
  #parked = new Map<number, Set<string>>();
  #running: Promise<void> | undefined;

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#byName = new Map(options.definitions.map((readModel) => [readModel.projection.name, readModel]));
  }

  /** Runs until `stop`. The promise rejects when projecting is no longer possible. */
  start(): Promise<void> {
    return (this.#running ??= this.#run());
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Projects until everything is at the head of the log, then returns. */
  async catchUp(): Promise<void> {
    await this.#reconcile();
    while (await this.#advance());
  }

  async #run(): Promise<void> {
    await this.#reconcile();
    while (!this.#stop.signal.aborted) {
      if (await this.#advance()) continue;
      const idle = new AbortController();
      const signal = AbortSignal.any([idle.signal, this.#stop.signal]);
      await Promise.race([
        this.#options.store.moved(await this.#options.store.head(), signal),
        this.#options.readModels.changed(signal),
      ]);
      idle.abort();
    }
  }

  /** Begins what is missing and what has another definition now; lets go of what no longer exists. */
  async #reconcile(): Promise<void> {
    const { readModels, zone, definitions } = this.#options;
    const generations = await readModels.generations();
    for (const readModel of definitions) {
      const definition = definitionOf(readModel, zone);
      const own = generations.filter(({ name }) => name === readModel.projection.name);
      for (const { id, state } of own) {
        if (state === 'failed' || state === 'cancelled') await readModels.transition(id, [state], 'dropped');
      }
      const served = own.some((each) => each.definition === definition && isRunning(each) && each.state !== 'retained');
      if (!served) await readModels.create(readModel, definition);
    }
    for (const { id, name, state } of generations) {
      if (!this.#byName.has(name)) await readModels.transition(id, [state], 'dropped');
    }
  }

  /** One page for those that serve, then one for those being built. @returns whether there was anything to do */
  async #advance(): Promise<boolean> {
    const members = await this.#members();
    const building = ({ generation: { state } }: Member) => state === 'building' || state === 'catching-up';
    await this.#loadParked();
    const live = await this.#page(members.filter((member) => !building(member)));
    if (live && !members.some(building)) return true;
    const candidates = members.filter(building);
    return [live, await this.#page(candidates), await this.#conclude(candidates)].includes(true);
  }

  async #members(): Promise<Member[]> {
    const { readModels, zone } = this.#options;
    return (await readModels.generations()).filter(isRunning).flatMap((generation) => {
      const readModel = this.#byName.get(generation.name);
      return readModel && definitionOf(readModel, zone) === generation.definition ? [{ generation, readModel }] : [];
    });
  }

  async #loadParked(): Promise<void> {
    const parked = new Map<number, Set<string>>();
    for (const { generation, key } of await this.#options.readModels.parked()) {
      const keys = parked.get(generation) ?? new Set();
      parked.set(generation, keys.add(key));
    }
    this.#parked = parked;
  }

  /** The members that lie furthest back share one page of the log and one transaction. */
  async #page(members: readonly Member[]): Promise<boolean> {
    const { store, until } = this.#options;
    const head = await store.head();
    const behind = members.filter(({ generation }) => generation.position < head);
    if (behind.length === 0) return false;
    const positions = behind.map(({ generation }) => generation.position);
    const after = Math.min(...positions);
    const group = behind.filter(({ generation }) => generation.position === after);
    const others = positions.filter((position) => position > after);
    const types = [...new Set(group.flatMap(({ readModel }) => readModel.projection.types))];
    const page = await store.readLog({
      after,
      types,
      ...(others.length > 0 && { to: Math.min(...others) }),
      ...(until && { until }),
    });
    const to = until && page.end ? head : page.scanned;
    const writes: PageWrite[] = [];
    for (const member of group) {
      const write = await this.#fold(member, page.events, after, to);
      if (write) writes.push(write);
    }
    if (writes.length === 0) return true;
    await this.#options.readModels.write(writes);
    for (const { generation, documents } of writes) {
      for (const [id, { document, position }] of documents) this.#kept.set(`${generation.id} ${id}`, { document, position });
    }
    return true;
  }

  async #fold({ generation, readModel }: Member, events: readonly RecordedEvent[], from: number, to: number) {
    const parked = this.#parked.get(generation.id) ?? new Set();
    let folded: Folded;
    try {
      const before = await this.#documents(generation, idsOf(readModel, events));
      folded = foldPage(readModel, events, before, this.#options.zone, parked);
    } catch (error) {
      if (!(error instanceof PoisonEvent)) throw error;
      await this.#poisoned(generation, error, parked.size);
      return undefined;
    }
    return { generation, readModel, from, to, rate: this.#rate(generation.id, to), ...folded };
  }

  async #documents(generation: Generation, ids: readonly string[]): Promise<Map<string, StoredDocument>> {
    const documents = new Map<string, StoredDocument>();
    const unknown: string[] = [];
    for (const id of ids) {
      const kept = this.#kept.get(`${generation.id} ${id}`);
      if (kept) documents.set(id, kept);
      else unknown.push(id);
    }
    if (unknown.length === 0) return documents;
    for (const [id, stored] of await this.#options.readModels.documents(generation, unknown)) documents.set(id, stored);
    return documents;
  }

  /** What is being built stops and names the event, it never skips; what serves tries again, then parks the document. */
  async #poisoned({ id, name, state }: Generation, { event, key, message }: PoisonEvent, parked: number): Promise<void> {
    const { readModels, report, attempts = ATTEMPTS } = this.#options;
    report('projection failed', { projection: name, generation: id, position: event.position, key, error: message });
    if (state === 'building' || state === 'catching-up' || parked >= MOST_PARKED) {
      await readModels.transition(id, [state], 'failed', { error: message });
      return;
    }
    await readModels.attempt(id, key, event.position, message, attempts);
    await this.#loadParked();
    const tried = this.#tried.get(`${id} ${key}`) ?? 0;
    this.#tried.set(`${id} ${key}`, tried + 1);
    if (this.#parked.get(id)?.has(key)) this.#tried.delete(`${id} ${key}`);
    else await sleep(Math.min(LONGEST_BACKOFF, 10 * 2 ** tried), undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
  readonly #tried = new Map<string, number>();

  /** A candidate that has caught up gets its indexes, is compared with what serves, and takes over in one step. */
  async #conclude(candidates: readonly Member[]): Promise<boolean> {
    const { readModels, store, report } = this.#options;
    const head = await store.head();
    let worked = false;
    for (const { generation, readModel } of await this.#members()) {
      if (!candidates.some((candidate) => candidate.generation.id === generation.id) || generation.position < head) continue;
      worked = true;
      if (generation.state === 'building') {
        await readModels.index(generation, readModel);
        await readModels.transition(generation.id, ['building'], 'catching-up');
        continue;
      }
      const active = (await readModels.generations()).find(({ name, state }) => name === generation.name && state === 'active');
      const current = active?.definition === generation.definition;
      if (active && current && active.position !== generation.position) continue;
      await readModels.transition(generation.id, ['catching-up'], 'verifying');
      const hash = await contentHash(readModels, generation, readModel);
      const wrong = await verify({ store, readModels, generation, readModel, hash, against: current ? active : undefined });
      if (wrong) {
        report('rebuild failed', { projection: generation.name, generation: generation.id, error: wrong });
        await readModels.transition(generation.id, ['verifying'], 'failed', { error: wrong, hash });
      } else if (await readModels.transition(generation.id, ['verifying'], 'catching-up', { hash })) {
        await readModels.activate(generation);
      }
    }
    return worked;
  }

  /** Folds what waits behind a parked document, in order, with a cursor of its own. */
  async retry({ generation: id, key }: Parked): Promise<void> {
    const { store, readModels, zone } = this.#options;
    const member = (await this.#members()).find(({ generation }) => generation.id === id);
    if (!member) return;
    const { generation, readModel } = member;
    const events: RecordedEvent[] = [];
    for (const position of await readModels.waiting(id, key)) {
      const page = await store.readLog({ after: position - 1, to: position });
      events.push(...page.events);
    }
    const before = await readModels.documents(generation, [key]);
    const folded = foldPage(readModel, events, before, zone);
    const documents = new Map([...folded.documents].filter(([each]) => each === key));
    const at = generation.position;
    await readModels.unpark(id, key, { generation, readModel, from: at, to: at, rate: generation.rate, ...folded, documents });
    this.#kept.delete(`${id} ${key}`);
    await this.#loadParked();
  }

  #rate(generation: number, position: number): number {
    const now = performance.now();
    const moves = (this.#rates.get(generation) ?? []).filter(({ at }) => at > now - RATE_WINDOW);
    moves.push({ at: now, position });
    this.#rates.set(generation, moves);
    const first = moves[0]!;
    return now > first.at ? Math.round(((position - first.position) * 1000) / (now - first.at)) : 0;
  }
}

const isRunning = ({ state }: Generation): boolean =>
  state === 'building' || state === 'catching-up' || state === 'verifying' || state === 'active' || state === 'retained';
