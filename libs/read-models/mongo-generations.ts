import type { ClientSession } from 'mongodb';
import type { Clock } from '../clock.js';
import { Refusal } from '../errors.js';
import { isConflict, isDuplicate } from './mongo-connection.js';
import type { MongoConnection, Stored } from './mongo-connection.js';
import { OURS } from './mongo-format.js';
import { mayServe } from './read-models.js';
import type { Generation, GenerationState, PageWrite } from './read-models.js';
import type { ReadModel } from './rollup.js';

/** What was begun without a transaction, until it is finished. */
export interface Plan {
  readonly to: number;
  /** The number of the write: what bears it, or a higher one, has been written. */
  readonly write: number;
  /** Everything there is to do, where it cannot be folded from the log again. */
  readonly redo?: string;
}

export interface StoredGeneration extends Omit<Generation, 'pending'> {
  /** Number of the last write that was begun. */
  readonly write: number;
  readonly plan?: Plan;
}

/**
 * All generations of a read model in one document, so that any server changes them in one step: who serves, who did before,
 * and who is gone. Every change replaces the document as it was read, or is made again.
 */
type Family = Stored & { readonly version: number; readonly generations: readonly StoredGeneration[] };

type Change = (generations: readonly StoredGeneration[]) => readonly StoredGeneration[] | undefined;

/** Who serves, as of one version of the document that says so. */
interface Pointer {
  readonly id: number | undefined;
  readonly version: number;
  readonly until: number;
}

const FAMILIES = 'generations';
/** How long a pointer is followed when nobody says that it has moved, in milliseconds: as long as others wait to be told. */
const FOLLOWED = 1_000;

export class MongoGenerations {
  readonly #pointers = new Map<string, Pointer>();

  constructor(
    private readonly connection: MongoConnection,
    private readonly clock: Clock,
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
    return families.flatMap(({ generations }) => generations).sort((a, b) => a.id - b.id);
  }

  /**
   * The pointer readers go through. It is kept for a moment: what served until then keeps up with what serves now.
   * @param asked of the server, whatever is kept
   * @throws Refusal `read-model-building` while a first generation is being built
   */
  async active(name: string, asked?: 'asked'): Promise<number> {
    const kept = this.#pointers.get(name);
    if (!asked && kept?.id !== undefined && kept.until > performance.now()) return kept.id;
    const family = (await this.#families.findOne({ _id: name })) as Family | null;
    const { id } = family ? this.#point(family) : {};
    if (id === undefined)
      throw new Refusal('read-model-building', `The read model ${name} is being built.`, { name }, 503);
    return id;
  }

  /** Asks anew from now on: something has changed. */
  forget(): void {
    for (const [name, pointer] of this.#pointers) this.#pointers.set(name, { ...pointer, until: 0 });
  }

  /** Answers may overtake each other: the one of the latest version counts. */
  #point({ _id, version, generations }: Family): Pointer {
    const kept = this.#pointers.get(_id);
    if (kept && kept.version > version) return kept;
    const id = generations.find(({ state }) => state === 'active')?.id;
    const pointer = { id, version, until: performance.now() + FOLLOWED };
    this.#pointers.set(_id, pointer);
    return pointer;
  }

  async create({ projection: { name } }: ReadModel, definition: string): Promise<Generation> {
    const now = this.clock.now();
    const counted = await this.connection
      .collection(OURS)
      .findOneAndUpdate({ _id: 'generation' }, { $inc: { last: 1 } }, { returnDocument: 'after' });
    const generation: Generation = {
      id: Number(counted!['last']),
      name,
      definition,
      state: 'building',
      position: 0,
      startedAt: now,
      updatedAt: now,
      rate: 0,
      error: null,
      hash: null,
    };
    const stored: StoredGeneration = { ...generation, write: 0 };
    const push = { $push: { generations: stored }, $inc: { version: 1 } };
    const pushed = () => this.#families.updateOne({ _id: name }, push as never, { upsert: true });
    // Two that create the document at the same time: the second finds it there.
    await pushed().catch((error: unknown) => (isDuplicate(error) ? pushed() : Promise.reject(error as Error)));
    return generation;
  }

  /** @returns whether it was in one of these states */
  async transition(
    id: number,
    from: readonly GenerationState[],
    to: GenerationState,
    because: { readonly error?: string; readonly hash?: string },
  ): Promise<boolean> {
    const updatedAt = this.clock.now();
    return this.#change({ 'generations.id': id }, (generations) => {
      if (!generations.some((each) => each.id === id && from.includes(each.state))) return undefined;
      if (to === 'dropped') return generations.filter((each) => each.id !== id);
      return replaced(generations, id, { state: to, updatedAt, ...because });
    });
  }

  /**
   * One step: until it is made the one before serves.
   * @returns those that are gone with it
   * @throws Error when it is not one that could serve
   */
  async activate({ id, name }: Generation): Promise<readonly number[]> {
    const updatedAt = this.clock.now();
    let dropped: readonly number[] = [];
    await this.#change({ _id: name }, (generations) => {
      const state = generations.find((each) => each.id === id)?.state ?? 'dropped';
      if (state === 'active') return undefined;
      if (!mayServe.has(state)) throw new Error(`generation ${id} of ${name} cannot serve: it is ${state}`);
      dropped = generations.flatMap((each) => (each.state === 'retained' && each.id !== id ? [each.id] : []));
      return generations
        .filter((each) => !dropped.includes(each.id))
        .map((each) => {
          if (each.id === id) return { ...each, state: 'active' as const, updatedAt };
          return each.state === 'active' ? { ...each, state: 'retained' as const, updatedAt } : each;
        });
    });
    return dropped;
  }

  /** @throws Error when one of them does not stand where its page begins; nothing is changed */
  async check(pages: readonly PageWrite[]): Promise<void> {
    const generations = await this.stored();
    for (const page of pages) writable(generations, page);
  }

  /**
   * Moves a generation over a page, in the transaction that writes it. @returns the number of the write
   * @throws Error when somebody else did, or has begun to
   */
  async move(page: PageWrite, session: ClientSession): Promise<number> {
    let write = 0;
    await this.#change(
      { _id: page.generation.name },
      (generations) => {
        const generation = writable(generations, page);
        if (generation.plan) throw new Elsewhere(page);
        write = generation.write + 1;
        return replaced(generations, generation.id, { ...this.#moved(page), write });
      },
      session,
    );
    return write;
  }

  /**
   * Says what is about to be written, before any of it is: whoever comes after a crash has to write the same.
   * @returns the number of the write; the one that was begun already, when this is the same page
   */
  async plan(page: PageWrite, redoOf?: (write: number) => string): Promise<number> {
    let write = 0;
    await this.#change({ _id: page.generation.name }, (generations) => {
      const generation = writable(generations, page);
      const { plan } = generation;
      write = plan?.write ?? generation.write + 1;
      if (plan && !redoOf) return undefined;
      if (plan) throw new Elsewhere(page);
      const made: Plan = { to: page.to, write, ...(redoOf && { redo: redoOf(write) }) };
      return replaced(generations, generation.id, { write, plan: made });
    });
    return write;
  }

  /** The last write of a plan. @throws Error when somebody else has made it */
  async finish(page: PageWrite, write: number): Promise<void> {
    await this.#change({ _id: page.generation.name }, (generations) => {
      const generation = generations.find(({ id }) => id === page.generation.id);
      if (generation?.plan?.write !== write) throw new Elsewhere(page);
      const { plan: _, ...rest } = { ...generation, ...this.#moved(page) };
      return generations.map((each) => (each === generation ? rest : each));
    });
  }

  /** Forgets a plan that was made good, by whoever was first. */
  async settle(id: number, write: number): Promise<void> {
    await this.#change({ 'generations.id': id }, (generations) => {
      const generation = generations.find((each) => each.id === id);
      if (generation?.plan?.write !== write) return undefined;
      const { plan: _, ...rest } = generation;
      return generations.map((each) => (each === generation ? rest : each));
    });
  }

  get #families() {
    return this.connection.collection(FAMILIES);
  }

  #moved({ to, rate }: PageWrite) {
    return { position: to, updatedAt: this.clock.now(), rate, error: null };
  }

  /** @returns whether there was anything to change */
  async #change(which: object, change: Change, session?: ClientSession): Promise<boolean> {
    const options = session ? { session } : {};
    for (;;) {
      const family = (await this.#families.findOne(which, options)) as Family | null;
      const generations = change(family?.generations ?? []);
      if (!family || !generations) return false;
      const { _id, version } = family;
      const next = { version: version + 1, generations };
      try {
        const { matchedCount } = await this.#families.replaceOne({ _id, version }, next, options);
        if (matchedCount === 1) return true;
      } catch (error) {
        // A transaction is made again as a whole, by whoever began it.
        if (session || !isConflict(error)) throw error;
      }
    }
  }
}

class Elsewhere extends Error {
  constructor({ generation: { name } }: PageWrite) {
    super(`${name} is being projected by somebody else`);
    this.name = 'Elsewhere';
  }
}

/** @throws Error when it stands elsewhere, or another page was begun */
function writable(generations: readonly StoredGeneration[], page: PageWrite): StoredGeneration {
  const generation = generations.find(({ id }) => id === page.generation.id);
  if (generation?.position !== page.from) throw new Elsewhere(page);
  const { plan } = generation;
  if (plan && (plan.to !== page.to || plan.redo !== undefined)) throw new Elsewhere(page);
  return generation;
}

const replaced = (generations: readonly StoredGeneration[], id: number, change: Partial<StoredGeneration>) =>
  generations.map((each) => (each.id === id ? { ...each, ...change } : each));
