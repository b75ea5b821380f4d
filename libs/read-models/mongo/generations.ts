import type { Clock } from '../../clock.js';
import { holdsReport, notCounted, notServing } from '../report-readiness.js';
import { isConflict, isDuplicate } from './connection.js';
import type { MongoConnection, Stored } from './connection.js';
import { FAMILIES, OURS } from './format.js';
import type { MongoProgress, Progress } from './progress.js';
import { endsTheSet, mayServe } from '../generation.js';
import type { Because, Generation, GenerationState } from '../generation.js';
import type { ReadModel, Rollup } from '../rollup.js';

/** State of a generation; its progress is stored separately. */
type Entry = Omit<Generation, 'pending' | keyof Progress> & { readonly changedAt: string };

/** A generation with its progress. */
export interface StoredGeneration extends Omit<Generation, 'pending'>, Progress {}

/**
 * All generations of a read model in one document, so that every server can change them atomically. A change replaces the
 * document only if it is still at the version that was read, and is otherwise tried again.
 */
type Family = Stored & { readonly version: number; readonly generations: readonly Entry[] };

type Change = (generations: readonly Entry[]) => readonly Entry[] | undefined;

/** The serving generations, one per partition, as of one version of the document. */
interface Pointer {
  readonly ids: readonly number[];
  /** Their definition; empty when none serves. */
  readonly definition: string;
  readonly version: number;
  readonly until: number;
}

/** How long a cached pointer is valid without a change signal, in milliseconds. */
const FOLLOWED = 1_000;

export class MongoGenerations {
  readonly #pointers = new Map<string, Pointer>();

  constructor(
    private readonly connection: MongoConnection,
    private readonly clock: Clock,
    private readonly progress: MongoProgress,
  ) {}

  async all(): Promise<readonly Generation[]> {
    return (await this.stored()).map(({ write: _, plan, ...generation }) => ({
      ...generation,
      ...(plan && plan.redo === undefined && { pending: plan.to }),
    }));
  }

  /** Oldest first. */
  async stored(): Promise<readonly StoredGeneration[]> {
    const families = (await this.#families.find().toArray()) as Family[];
    for (const family of families) this.#point(family);
    const entries = families.flatMap(({ generations }) => generations).sort((a, b) => a.id - b.id);
    // Progress is created before the entry, so an entry without it has been dropped meanwhile.
    const progress = await this.progress.all();
    return entries.flatMap((entry) => {
      const moved = progress.get(entry.id);
      return moved ? [storedOf(entry, moved)] : [];
    });
  }

  /**
   * The serving generations for readers. Cached for a moment, because a replaced generation is still projected.
   * @param asked skips the cache
   * @throws Unavailable `read-model-building` · `read-model-failed` while nothing serves
   */
  async active(name: string, asked?: 'asked'): Promise<readonly number[]> {
    return (await this.#pointer(name, asked)).ids;
  }

  /** @throws Unavailable `report-building` where what serves was built without it */
  async holds(report: Rollup): Promise<void> {
    if (holdsReport(await this.#pointer(report.of.name), report)) return;
    if (!holdsReport(await this.#pointer(report.of.name, 'asked'), report)) throw notCounted(report, await this.all());
  }

  async #pointer(name: string, asked?: 'asked'): Promise<Pointer> {
    const kept = this.#pointers.get(name);
    if (!asked && kept && kept.ids.length > 0 && kept.until > performance.now()) return kept;
    const family = (await this.#families.findOne({ _id: name })) as Family | null;
    const pointer = family && this.#point(family);
    if (!pointer || pointer.ids.length === 0) throw notServing(name, await this.all());
    return pointer;
  }

  /** Invalidates the cache. */
  forget(): void {
    for (const [name, pointer] of this.#pointers) this.#pointers.set(name, { ...pointer, until: 0 });
  }

  /** Updates the cache; answers may arrive out of order, so the latest version wins. */
  #point({ _id, version, generations }: Family): Pointer {
    const kept = this.#pointers.get(_id);
    if (kept && kept.version > version) return kept;
    const serving = generations.filter(({ state }) => state === 'active').sort((a, b) => a.partition - b.partition);
    const pointer = {
      ids: serving.map(({ id }) => id),
      definition: serving[0]?.definition ?? '',
      version,
      until: performance.now() + FOLLOWED,
    };
    this.#pointers.set(_id, pointer);
    return pointer;
  }

  async create(
    { projection: { name } }: ReadModel,
    definition: string,
    partitions: number,
  ): Promise<readonly Generation[]> {
    const now = this.clock.now();
    const counted = await this.connection
      .collection(OURS)
      .findOneAndUpdate({ _id: 'generation' }, { $inc: { last: partitions } }, { returnDocument: 'after' });
    const set = Number(counted!['last']) - partitions + 1;
    const entries = Array.from({ length: partitions }, (_, partition): Entry => ({
      id: set + partition,
      name,
      definition,
      partition,
      partitions,
      set,
      state: 'building',
      startedAt: now,
      changedAt: now,
      error: null,
      hash: null,
    }));
    await this.progress.begin(
      entries.map(({ id }) => id),
      now,
    );
    const push = { $push: { generations: { $each: entries } }, $inc: { version: 1 } };
    const pushed = () => this.#families.updateOne({ _id: name }, push as never, { upsert: true });
    // Two programs may create the document at the same time; the second one then updates it.
    await pushed().catch((error: unknown) => (isDuplicate(error) ? pushed() : Promise.reject(error as Error)));
    const begun = { position: 0, rate: 0, epoch: 0, updatedAt: now };
    return entries.map(({ changedAt: _, ...entry }) => ({ ...entry, ...begun }));
  }

  /**
   * Makes concurrent transitions fail and try again. Has to be called after the epoch is raised, which a transition checks
   * after it has read the states.
   */
  async fence(id: number): Promise<void> {
    await this.#families.updateOne({ 'generations.id': id }, { $inc: { version: 1 } });
  }

  /**
   * @returns those whose state has changed: none unless it was in one of these states
   * @throws LeaseLost
   */
  async transition(
    id: number,
    from: readonly GenerationState[],
    to: GenerationState,
    { error, hash, epoch }: Because,
  ): Promise<readonly number[]> {
    const changedAt = this.clock.now();
    let changed: readonly number[] = [];
    const guard = () => this.progress.guard(id, epoch);
    await this.#change({ 'generations.id': id }, guard, (generations) => {
      changed = [];
      const own = generations.find((each) => each.id === id);
      if (!own || !from.includes(own.state)) return undefined;
      const isMeant = (each: Entry) => each.id === id || (endsTheSet.has(to) && each.set === own.set);
      changed = generations.filter(isMeant).map((each) => each.id);
      if (to === 'dropped') return generations.filter((each) => !isMeant(each));
      const because = { ...(error !== undefined && { error }), ...(hash !== undefined && { hash }) };
      return generations.map((each) =>
        isMeant(each) ? { ...each, state: to, changedAt, ...(each.id === id && because) } : each,
      );
    });
    return changed;
  }

  /**
   * One step: until it is made the one before serves.
   * @returns those that are gone with it; undefined where it may not serve
   */
  async activate({ id, name }: Generation): Promise<readonly number[] | undefined> {
    const changedAt = this.clock.now();
    let dropped: readonly number[] | undefined = [];
    await this.#change({ _id: name }, unguarded, (generations) => {
      dropped = [];
      const own = generations.find((each) => each.id === id);
      if (own?.state === 'active') return undefined;
      dropped = undefined;
      if (!own) return undefined;
      const { set } = own;
      if (generations.some((each) => each.set === set && !mayServe.has(each.state))) return undefined;
      const gone = generations.flatMap((each) => (each.state === 'retained' && each.set !== set ? [each.id] : []));
      dropped = gone;
      return generations
        .filter((each) => !gone.includes(each.id))
        .map((each) => {
          if (each.set === set) return { ...each, state: 'active' as const, changedAt };
          return each.state === 'active' ? { ...each, state: 'retained' as const, changedAt } : each;
        });
    });
    return dropped;
  }

  /** Clears the error of a generation that makes progress again. */
  async mend({ id }: Generation): Promise<void> {
    await this.#change({ 'generations.id': id }, unguarded, (generations) =>
      generations.map((each) => (each.id === id ? { ...each, error: null } : each)),
    );
  }

  get #families() {
    return this.connection.collection(FAMILIES);
  }

  /** @returns whether there was anything to change */
  async #change(which: object, guard: () => Promise<void>, change: Change): Promise<boolean> {
    for (;;) {
      const family = (await this.#families.findOne(which)) as Family | null;
      await guard();
      const generations = change(family?.generations ?? []);
      if (!family || !generations) return false;
      const { _id, version } = family;
      const next = { version: version + 1, generations };
      try {
        const { matchedCount } = await this.#families.replaceOne({ _id, version }, next);
        if (matchedCount === 1) return true;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  }
}

const unguarded = async () => undefined;

const storedOf = ({ changedAt, ...entry }: Entry, moved: Progress): StoredGeneration => ({
  ...entry,
  ...moved,
  updatedAt: changedAt > moved.updatedAt ? changedAt : moved.updatedAt,
});
