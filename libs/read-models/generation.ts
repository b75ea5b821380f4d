/**
 * `building` scans the log beside the serving generation · `catching-up` has its indexes and follows the log ·
 * `verifying` is being compared · `ready` was, and follows the log until all partitions of its set are · `active` serves ·
 * `retained` keeps up for a rollback · `failed` and `cancelled` keep their reason until they are dropped · `dropped` is gone.
 */
export type GenerationState =
  'building' | 'catching-up' | 'verifying' | 'ready' | 'active' | 'retained' | 'failed' | 'cancelled' | 'dropped';

/** States out of which a generation may be made to serve. */
export const mayServe: ReadonlySet<GenerationState> = new Set(['ready', 'retained']);
/** What one partition comes to, its whole set comes to: it could never serve without it. */
export const endsTheSet: ReadonlySet<GenerationState> = new Set(['failed', 'cancelled', 'dropped']);

/** States in which a generation has come to nothing: it will never serve. */
export const cameToNothing: ReadonlySet<GenerationState> = new Set(['failed', 'cancelled']);

/** Why a generation changes its state, and under which epoch of its share. */
export interface Because {
  readonly error?: string;
  readonly hash?: string;
  readonly epoch?: number | undefined;
}

/** One built copy of a read model, or of one partition of it. */
export interface Generation {
  readonly id: number;
  /** The documents in it are those whose ids belong to this partition, of so many. */
  readonly partition: number;
  readonly partitions: number;
  /** What serves together: the id of the set's first partition. */
  readonly set: number;
  /** Of the share under which it was last taken up: what is written under a lower one is refused. */
  readonly epoch: number;
  /** Name of the projection. */
  readonly name: string;
  readonly definition: string;
  readonly state: GenerationState;
  /** Everything up to here has been looked at. */
  readonly position: number;
  readonly startedAt: string;
  /** When it last moved or changed its state. */
  readonly updatedAt: string;
  /** Positions scanned a second, over the last ten seconds it moved. */
  readonly rate: number;
  readonly error: string | null;
  /** Content hash found when it was verified. */
  readonly hash: string | null;
  /** Where a page ends that was begun and not finished: the next one to be written is this very page, cut nowhere else. */
  readonly pending?: number;
}
