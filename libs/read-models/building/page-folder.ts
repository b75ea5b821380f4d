import { LRUCache } from 'lru-cache';
import type { RecordedEvent } from '../../event-store/event-store.js';
import { cellsOf } from '../cells.js';
import { foldPage, idsOf } from './fold.js';
import type { Generation } from '../generation.js';
import type { CellChanges, PageWrite, ReadModels, StoredDocument } from '../read-models.js';
import type { ReadModel } from '../rollup.js';
import { WINDOW_LIMITS, Windows } from './windows.js';

/** Size of the document cache over all generations; it saves reading what the page before has written. */
const KEPT_DOCUMENTS = 4_000;
/** Events per page of serving generations: few, so that they are visible soon. */
const PAGE = 2_000;
/** Events per page that a build writes: more, since they are shown at its end only. */
const BUILDING_PAGE = 4_000;
const RATE_WINDOW = 10_000;
const RATE_STEP = 250;

/** A generation with its definition. */
export interface Member {
  readonly generation: Generation;
  /** The definition, limited to the generation's partition. */
  readonly readModel: ReadModel;
  /** Epoch of its lease; absent when there is only one projector. */
  readonly epoch?: number | undefined;
}

/** Folds pages of events for generations, with a cache of recent documents, and windows for generations that are being built. */
export class PageFolder {
  readonly windows: Windows;
  readonly #kept = new LRUCache<string, StoredDocument>({ max: KEPT_DOCUMENTS });
  /** Position of each generation after its last page; the cache is valid only while the generation is there. */
  readonly #left = new Map<number, number>();
  /** New generations: nothing of them is stored, so nothing is read until their first write. */
  readonly #blank = new Set<number>();
  readonly #moves = new Map<number, { at: number; position: number }[]>();

  constructor(
    private readonly readModels: ReadModels,
    private readonly zone: string,
    limits = WINDOW_LIMITS,
  ) {
    this.windows = new Windows(limits);
  }

  /**
   * @param to position of the generation after the page
   * @param uncounted documents whose cells are not in the reports yet
   * @throws PoisonEvent
   */
  async fold(
    member: Member,
    events: readonly RecordedEvent[],
    to: number,
    parked: ReadonlySet<string>,
    uncounted?: ReadonlySet<string>,
  ): Promise<PageWrite> {
    const { generation } = member;
    const readModel = this.#counts(generation) ? member.readModel : { ...member.readModel, rollups: [] };
    const started = performance.now();
    const before = await this.#documents(generation, idsOf(readModel, events, parked));
    const folded = foldPage(readModel, events, before, this.zone, parked, uncounted);
    const rate = this.#rate(generation, started, to);
    return { generation, readModel, from: generation.position, to, rate, epoch: member.epoch, ...folded };
  }

  /**
   * Whether the pages of a generation can be gathered: they write nothing but documents. A page that was begun has to be written as
   * it is.
   */
  gathers(generation: Generation): boolean {
    return !this.#counts(generation) && generation.pending === undefined;
  }

  /** Most events of the next page. */
  pageSize(generation: Generation): number {
    if (this.gathers(generation)) return this.readModels.gatheredPage;
    return generation.state === 'building' ? BUILDING_PAGE : PAGE;
  }

  /**
   * Folds a page into the window of its generation.
   * @throws PoisonEvent then the window is as it was
   */
  async gather(
    member: Member,
    events: readonly RecordedEvent[],
    to: number,
    parked: ReadonlySet<string>,
  ): Promise<void> {
    const { generation } = member;
    const readModel = { ...member.readModel, rollups: [] };
    const before = await this.#documents(generation, idsOf(readModel, events, parked));
    const folded = foldPage(readModel, events, before, this.zone, parked);
    this.windows.add(generation, folded, to, readModel.projection.lists.length > 0);
  }

  /** Called for a generation of which no page was ever begun before. */
  begins(generation: Generation): void {
    if (this.gathers(generation)) this.#blank.add(generation.id);
  }

  /** The writes of what these generations have gathered; their windows end. */
  *gathered(members: readonly Member[]): Generator<PageWrite> {
    for (const { generation, readModel, epoch } of members) {
      const window = this.windows.take(generation);
      if (!window) continue;
      this.#blank.delete(generation.id);
      const { position: from } = generation;
      const started = performance.now();
      const write = { generation, readModel: { ...readModel, rollups: [] }, from, epoch, cells: new Map() };
      for (const { to, ...part } of window.parts(this.windows.limits.perWrite)) {
        const rate = to === undefined ? generation.rate : this.#rate(generation, started, to);
        yield { ...write, ...part, to: to ?? from, rate };
      }
    }
  }

  /** Cells of all documents of a complete generation. @param uncounted called for documents that a report cannot count */
  async *cells(
    { generation, readModel: { projection, rollups } }: Member,
    uncounted: (id: string, error: unknown) => void,
  ): AsyncGenerator<CellChanges> {
    if (rollups.length === 0) return;
    yield* cellsOf(this.readModels.contents(generation, { projection, rollups: [] }), rollups, this.zone, uncounted);
  }

  /** Folds events one after another without writing the results. */
  draft({
    generation,
    readModel,
  }: Member): (events: readonly RecordedEvent[], parked: ReadonlySet<string>) => Promise<void> {
    const drafted = new Map<string, StoredDocument>();
    return async (events, parked) => {
      const ids = idsOf(readModel, events, parked);
      const before = await this.#documents(generation, ids);
      for (const id of ids) if (drafted.has(id)) before.set(id, drafted.get(id)!);
      for (const [id, change] of foldPage(readModel, events, before, this.zone, parked).documents)
        drafted.set(id, change);
    };
  }

  /** Adds the documents of a written page to the cache. */
  keep({ generation, to, documents }: PageWrite): void {
    this.#left.set(generation.id, to);
    for (const [id, { document, position }] of documents)
      this.#kept.set(`${generation.id} ${id}`, { document, position });
  }

  /** Clears cache and windows, when it is not known whether the last page has been written. */
  forget(): void {
    this.#kept.clear();
    this.#blank.clear();
    this.windows.forget();
  }

  /** During a build no cells are counted; they are counted once at its end, from the documents. */
  #counts({ state }: Generation): boolean {
    return state !== 'building' || !this.readModels.countsAtEnd;
  }

  async #documents(generation: Generation, ids: readonly string[]): Promise<Map<string, StoredDocument>> {
    const window = this.windows.of(generation);
    if (!window && this.#left.get(generation.id) !== generation.position) this.#kept.clear();
    const documents = new Map<string, StoredDocument>();
    const unknown: string[] = [];
    for (const id of ids) {
      const kept = window ? window.get(id) : this.#kept.get(`${generation.id} ${id}`);
      if (kept) documents.set(id, kept);
      else unknown.push(id);
    }
    if (unknown.length === 0 || this.#blank.has(generation.id)) return documents;
    for (const [id, stored] of await this.readModels.documents(generation, unknown)) documents.set(id, stored);
    return documents;
  }

  /** Positions per second over the last ten seconds of progress. */
  #rate({ id, position }: Generation, started: number, to: number): number {
    const now = performance.now();
    const moves = (this.#moves.get(id) ?? []).filter(({ at }) => at > now - RATE_WINDOW);
    if (moves.length === 0) moves.push({ at: started, position });
    const first = moves[0]!;
    if (now - moves.at(-1)!.at > RATE_STEP) moves.push({ at: now, position: to });
    this.#moves.set(id, moves);
    return Math.round(((to - first.position) * 1000) / Math.max(1, now - first.at));
  }
}
