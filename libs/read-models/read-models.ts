import type { Whole } from '../whole.js';
import type { FormerProcess, FormerProcesses } from './former-processes.js';
import type { Because, Generation, GenerationState } from './generation.js';
import type { Histogram } from './histogram.js';
import type { Lease } from './lease.js';
import type { Projection } from './projection.js';
import type { ReadModel, Rollup } from './rollup.js';

export type Scalar = string | number | boolean | null;

/** The useful part of MongoDB's query language. Values are values: an operator inside one is text. */
export type Condition =
  | Scalar
  | {
      readonly $in?: readonly Scalar[];
      readonly $ne?: Scalar;
      readonly $gt?: string | number;
      readonly $gte?: string | number;
      readonly $lt?: string | number;
      readonly $lte?: string | number;
      /** Text that begins so. */
      readonly $prefix?: string;
      /** A list that has this text, or one that begins so; the projection names the list in `lists`. */
      readonly $has?: string | { readonly $prefix: string };
    };

export type Filter = { readonly [path: string]: Condition | readonly Filter[] | undefined } & {
  readonly $and?: readonly Filter[];
  readonly $or?: readonly Filter[];
};

export interface Find {
  readonly filter?: Filter;
  /** Paths in order of weight, `-` in front for descending; the id breaks ties. */
  readonly sort?: readonly string[];
  /** At most this many, 50 by default. */
  readonly limit?: number;
  /** `next` of the page before. It holds for this projection, order and filter only. */
  readonly cursor?: string | undefined;
  /** What a cursor holds for in place of the filter, when that is computed anew for every page. */
  readonly asked?: Readonly<Record<string, unknown>>;
}

export interface Found<Document> {
  readonly items: readonly Document[];
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
}

export interface Sums {
  /** Half-open, local days `YYYY-MM-DD`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Dimensions to keep apart, `month` and `day` among them; the others are added up. */
  readonly by?: readonly string[];
  readonly where?: Readonly<Record<string, readonly (string | null)[]>>;
}

export interface Sum {
  readonly key: Readonly<Record<string, string | null>>;
  /** Exact, whatever their size. */
  readonly measures: Readonly<Record<string, Whole>>;
  readonly durations: Readonly<Record<string, Histogram>>;
}

export interface StoredDocument {
  /** Null where a document was removed: the position must survive it. */
  readonly document: unknown;
  readonly position: number;
}

export interface DocumentChange extends StoredDocument {
  readonly before: unknown;
  /** Whether nothing was stored under its id, not even that it was removed. */
  readonly isNew: boolean;
}

/** A difference to one cell. `period` is a day, a month, the whole of time or none; see `cells.ts`. */
export interface CellChange {
  /** 0 for a cell of all dimensions, n for one of the rollup's n-th summary, whose other dimensions are empty. */
  readonly summary: number;
  readonly period: string;
  readonly key: readonly string[];
  readonly measures: Whole[];
  /** In the order of the rollup's durations; nothing for one without a change. */
  readonly durations: (Histogram | undefined)[];
}

/** Differences to cells, by name of the rollup, then by key. */
export type CellChanges = ReadonlyMap<string, ReadonlyMap<string, CellChange>>;

/** A document as id and body, or a cell as rollup, key and sums. */
export type Content = readonly [id: string, body: string] | readonly [rollup: string, key: string, sums: string];

/** What a page of events does to one generation. Applied whole or not at all, and only at `from`. */
export interface PageWrite {
  readonly generation: Generation;
  readonly readModel: ReadModel;
  readonly from: number;
  readonly to: number;
  readonly rate: number;
  readonly documents: ReadonlyMap<string, DocumentChange>;
  readonly cells: CellChanges;
  /** Events put aside because their document is parked. */
  readonly parked: readonly Aside[];
  /** Epoch of the lease; absent when there is only one writer. */
  readonly epoch?: number | undefined;
}

/** An event that waits behind a parked key. */
export interface Aside {
  readonly key: string;
  readonly position: number;
}

/** What could not be folded, with what waits behind the event that it failed on. */
export interface Parked {
  /** Id of the generation. */
  readonly consumer: number;
  /** Id of a document; the stream's name where not even the documents could be named. */
  readonly key: string;
  /** Position of the event that failed. */
  readonly position: number;
  readonly attempts: number;
  readonly error: string;
  readonly waiting: number;
  /** Whether a retry was requested. */
  readonly asked: boolean;
}

/** A generation is not at the start of the page: another program has advanced it, or it was dropped. */
export class Elsewhere extends Error {
  constructor(name: string) {
    super(`${name} is being projected by another program`);
    this.name = 'Elsewhere';
  }
}

/**
 * Stored documents and report cells. One contract suite (`test/contracts/read-models.contract.ts`) defines it for every
 * engine. Questions go to the active generation of a projection; where there is none they throw Unavailable
 * `read-model-building` or `read-model-failed`.
 */
export abstract class ReadModels implements FormerProcesses {
  abstract get<Document>(projection: Projection<Document>, id: string): Promise<Document | undefined>;
  abstract find<Document>(projection: Projection<Document>, find?: Find): Promise<Found<Document>>;
  abstract count(projection: Projection, filter?: Filter): Promise<number>;
  /** @throws Unavailable `report-building` where what serves was built without this version of the report */
  abstract sums(rollup: Rollup, sums?: Sums): Promise<readonly Sum[]>;

  /** All generations that are not dropped, oldest first. */
  abstract generations(): Promise<readonly Generation[]>;
  /** Creates a generation at position 0 for each partition, atomically. @returns the first of them */
  abstract create(readModel: ReadModel, definition: string, partitions?: number): Promise<Generation>;
  /**
   * Changes the state of a generation. An end of one partition ends its whole set.
   * @returns whether the generation was in one of `from`, and is in `to` now
   * @throws LeaseLost
   */
  abstract transition(
    generation: number,
    from: readonly GenerationState[],
    to: GenerationState,
    because?: Because,
  ): Promise<boolean>;
  /**
   * Switches readers to the set of this generation in one step; the one that served is retained, what was retained before
   * dropped.
   * @returns whether it serves now: not while another partition of it may not, nor when it was cancelled or dropped meanwhile
   */
  abstract activate(generation: Generation): Promise<boolean>;
  /** Deletes the content of failed or cancelled generations; their entries stay, with the reason. Called by their projector. */
  abstract clear(generations: readonly Generation[]): Promise<void>;
  /** Builds what `indexes` declares; a generation is filled without them. */
  abstract index(generation: Generation, readModel: ReadModel): Promise<void>;

  abstract documents(generation: Generation, ids: readonly string[]): Promise<Map<string, StoredDocument>>;
  /** All documents and cells of a generation in batches, in no particular order. */
  abstract contents(generation: Generation, readModel: ReadModel): AsyncIterable<readonly Content[]>;
  /** Whether the engine finds by itself that two generations have the same contents. Where it does not, they may have nevertheless. */
  async areSame(_one: Generation, _other: Generation, _readModel: ReadModel): Promise<boolean> {
    return false;
  }
  /**
   * Replaces all cells of a generation that is being built. Not atomic, since such a generation serves no queries yet.
   * @returns whether it is still being built
   */
  abstract fill(
    generation: Generation,
    readModel: ReadModel,
    cells: AsyncIterable<CellChanges>,
    epoch?: number,
  ): Promise<boolean>;
  /** Whether `fill` heeds epochs. Where it cannot, cells are counted page by page also while a generation is being built. */
  abstract readonly countsAtEnd: boolean;
  /** Events per page that a build gathers. Each page is counted first, in a write of its own. */
  readonly gatheredPage: number = 4_000;
  /**
   * Writes pages atomically and exactly once.
   * @throws Elsewhere when a generation is not at `from`
   * @throws LeaseLost
   */
  abstract write(pages: readonly PageWrite[]): Promise<void>;

  abstract parked(): Promise<readonly Parked[]>;
  /**
   * Counts an attempt at the event at this position; at `limit` attempts the key is parked. Attempts below the highest
   * attempted position are not counted, since those events succeeded.
   * @returns number of attempts at this position; 0 below the highest one
   * @throws LeaseLost
   */
  abstract attempt(
    generation: number,
    key: string,
    position: number,
    error: string,
    limit: number,
    epoch?: number,
  ): Promise<number>;
  /** Asks the program that projects to try what waits behind a parked key. @returns whether the key is parked */
  abstract retry(generation: number, key: string): Promise<boolean>;
  /** Positions that wait behind a parked key, in order. */
  abstract waiting(generation: number, key: string): Promise<readonly number[]>;
  /**
   * Applies the events that waited behind a key to a generation, and deletes the parked key with its waiting events and
   * attempts.
   * @param epoch only without a change, which has its own
   * @throws LeaseLost
   */
  abstract unpark(generation: number, key: string, change?: PageWrite, epoch?: number): Promise<void>;

  /**
   * Identity of the log that the read models were made from; nothing until it is stored.
   * @param log stores it permanently, if none is stored
   */
  abstract madeFrom(log?: string): Promise<string | undefined>;

  /** What versions before kept here of a process; see `former-processes.ts`. */
  abstract formerProcess(name: string): Promise<FormerProcess | undefined>;
  abstract forgetFormerProcess(name: string): Promise<void>;

  /** All shares, held or free. */
  abstract leases(): Promise<readonly Lease[]>;
  /**
   * Takes a share that is free, or whose lease has run out.
   * @param seen the lease as last seen, unchanged for the time to live
   * @returns the new lease; nothing when another program has taken the share or renewed its lease
   */
  abstract lease(share: string, holder: string, seen?: Lease): Promise<Lease | undefined>;
  /** Heartbeat for these shares. @returns the shares that are still held */
  abstract beat(holder: string, shares: readonly string[]): Promise<readonly string[]>;
  /** Releases shares, so that other programs can take them at once. */
  abstract release(holder: string, shares: readonly string[]): Promise<void>;
  /**
   * Refuses writes to these generations under a lower epoch from now on. Finishes an interrupted write of the former holder
   * that cannot be folded again.
   */
  abstract fence(generations: readonly number[], epoch: number): Promise<void>;

  /** Resolves when a page was written or a generation changed, when `signal` aborts, or after at most a second. */
  abstract changed(signal?: AbortSignal): Promise<void>;
  abstract close(): Promise<void>;
}

/** The part of the port for leases. */
export type Leases = Pick<ReadModels, 'leases' | 'lease' | 'beat' | 'release'>;
