/** A document as it is kept. */
export interface Kept {
  readonly document: unknown;
  /** Grows with every writing of the document. */
  readonly revision: number;
}

/** The revision of a document that is not there. */
export const NONE = -1;

/** Another program has written the document since it was read here: nothing was written. */
export class Overtaken extends Error {
  constructor(document: string) {
    super(`${document} has been taken over by another program`);
    this.name = 'Overtaken';
  }
}

/**
 * What processes must not forget: JSON documents, each under a name, beside the log and durable as it is. Read models can be
 * deleted and computed again; this cannot. One contract suite (`test/contracts/process-memory.contract.ts`) defines it for every
 * engine. What the documents hold stands in `process-state.ts`.
 */
export abstract class ProcessMemory {
  /** @returns nothing where no document was ever written under this name */
  abstract read(name: string): Promise<Kept | undefined>;
  /**
   * Puts a document in the place of the one at a revision, or writes the first one. Of several programs that replace the same
   * revision one succeeds.
   * @param document JSON of at most 900,000 bytes
   * @param revision of the document that it replaces, {@link NONE} for the first
   * @returns the revision of the new one
   * @throws Overtaken
   */
  abstract write(name: string, document: object, revision: number): Promise<number>;
  abstract close(): Promise<void>;
}
