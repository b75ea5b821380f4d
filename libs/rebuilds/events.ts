/** A copy of a read model. */
interface Copied {
  /** The id of its set of generations. */
  readonly generation: number;
  /** Names the versions of the projection and its reports, and the zone they count in. */
  readonly definition: string;
  readonly partitions: number;
}

/** What is decided about read models, and what came of it. Stored for ever: add, never rename or remove. */
export type ReadModelEvents = {
  /** A read model is to be built again under the definition of the program, beside the copy that answers. */
  ReadModelRebuildRequested: { readModel: string; copy: Copied };

  /** The copy that was being built is not wanted any more. */
  ReadModelRebuildCancelled: { readModel: string; copy: Copied };

  /** Another copy answers from now on: it was built, compared and took over. `from` is the one before. */
  ReadModelSwitched: { readModel: string; to: Copied; from: Copied };

  /** The copy that answered before answers again, until the program has another definition or a rebuild is asked for. */
  ReadModelRolledBack: { readModel: string; to: Copied; from: Copied };
};
