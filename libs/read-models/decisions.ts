/** A copy of a read model: what was built under one definition, in so many partitions. */
export interface Copy {
  /** The id of its set of generations. */
  readonly generation: number;
  readonly definition: string;
  readonly partitions: number;
}

/** A copy that was gone back to, and the one that it was gone back from. */
export interface RolledBack {
  readonly to: Copy;
  readonly from: Copy;
}

/** Where it is kept who decided what about read models. They can be deleted, so it is not kept with them. */
export abstract class Decisions {
  abstract rebuildRequested(readModel: string, copy: Copy): Promise<void>;
  abstract rebuildCancelled(readModel: string, copy: Copy): Promise<void>;
  abstract rolledBack(readModel: string, rolledBack: RolledBack): Promise<void>;
}

/** What was gone back to, as long as no rebuild was asked for since. */
export type Looked = (readModel: string) => Promise<RolledBack | undefined>;
