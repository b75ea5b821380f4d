import { LRUCache } from 'lru-cache';
import type { RecordedEvent } from '../../event-store/event-store.js';
import { cellsOf } from '../cells.js';
import { foldPage, idsOf } from './fold.js';
import type { Generation } from '../generation.js';
import type { CellChanges, PageWrite, ReadModels, StoredDocument } from '../read-models.js';
import type { ReadModel } from '../rollup.js';

/** Size of the document cache over all generations; it saves reading what the page before has written. */
const KEPT_DOCUMENTS = 4_000;
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

/** Folds pages of events for generations, with a cache of recent documents. */
export class PageFolder {
  readonly #kept = new LRUCache<string, StoredDocument>({ max: KEPT_DOCUMENTS });
  /** Position of each generation after its last page; the cache is valid only while the generation is there. */
  readonly #left = new Map<number, number>();
  readonly #moves = new Map<number, { at: number; position: number }[]>();

  constructor(
    private readonly readModels: ReadModels,
    private readonly zone: string,
  ) {}

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
    // During a build no cells are counted; they are counted once at its end, from the documents.
    const counts = generation.state !== 'building' || !this.readModels.countsAtEnd;
    const readModel = counts ? member.readModel : { ...member.readModel, rollups: [] };
    const started = performance.now();
    const before = await this.#documents(generation, idsOf(readModel, events, parked));
    const folded = foldPage(readModel, events, before, this.zone, parked, uncounted);
    const rate = this.#rate(generation, started, to);
    return { generation, readModel, from: generation.position, to, rate, epoch: member.epoch, ...folded };
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

  /** Clears the cache, when it is not known whether the last page has been written. */
  forget(): void {
    this.#kept.clear();
  }

  async #documents(generation: Generation, ids: readonly string[]): Promise<Map<string, StoredDocument>> {
    if (this.#left.get(generation.id) !== generation.position) this.forget();
    const documents = new Map<string, StoredDocument>();
    const unknown: string[] = [];
    for (const id of ids) {
      const kept = this.#kept.get(`${generation.id} ${id}`);
      if (kept) documents.set(id, kept);
      else unknown.push(id);
    }
    if (unknown.length === 0) return documents;
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
