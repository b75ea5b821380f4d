/** A copy of a read model, built under one definition in a number of partitions. */
export interface Copy {
  /** The id of its set of generations. */
  readonly generation: number;
  readonly definition: string;
  readonly partitions: number;
}

/** A rollback: the copy that serves again, and the one that served before. */
export interface RolledBack {
  readonly to: Copy;
  readonly from: Copy;
}

/** Stores decisions of users about read models. They are kept in the log, since read models can be deleted. */
export abstract class Decisions {
  abstract rebuildRequested(readModel: string, copy: Copy): Promise<void>;
  abstract rebuildCancelled(readModel: string, copy: Copy): Promise<void>;
  abstract rolledBack(readModel: string, rolledBack: RolledBack): Promise<void>;
}

/** The last rollback of a read model, unless a rebuild was requested since. */
export type Looked = (readModel: string) => Promise<RolledBack | undefined>;
