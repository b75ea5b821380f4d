/** Refusals of one kind, and the rows they are of. */
export interface RefusedRows {
  readonly code: string;
  /** What the rule named beside the code, such as what a gate missed. No personal data. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Marks of rows: the beginning of a hash of all they say. */
  readonly rows: readonly string[];
}

/** Everything that can happen to the imports of one source. Stored for ever: add, never rename or remove. */
export type ImportEvents = {
  /** Rows that left no event of their own: refused by a rule, or there was nothing to do. They are not decided again. */
  ImportRowsSettled: {
    sourceId: string;
    source: string;
    refused: readonly RefusedRows[];
    /** Marks of rows that changed nothing. */
    unchanged: readonly string[];
  };
};
