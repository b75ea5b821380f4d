/** Number of rows by result. A row counts once for every step that takes it. */
export interface Counts {
  readonly accepted: number;
  /** It was there already, or an earlier row said the same. */
  readonly unchanged: number;
  readonly rejected: number;
}

export interface Rejection {
  readonly file: string | null;
  /** Counts the rows after the header, from 1; 0 for a step without file. */
  readonly row: number;
  /** Where the row begins in the file, from 1. */
  readonly line: number;
  /** Null for a row that no step could look at. */
  readonly target: string | null;
  readonly step: string | null;
  readonly code: string;
  /** Names columns and fields. Values only where they cannot be personal: dates, numbers, choices. */
  readonly message: string;
  /** What the API names beside the code, such as what a gate missed. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The row itself was accepted or unchanged, but this step in `also`, and those after it, were not. */
  readonly incomplete?: boolean;
  /** Refused by an earlier import, and not tried again. */
  readonly remembered?: boolean;
}

/** Takes rejections while an import runs. */
export interface Journal {
  readonly add: (lines: string) => void;
}

export interface ImportedFile {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly rows: number;
  /** Left out on purpose, by `ignore`. */
  readonly ignored: number;
}

export interface ImportReport {
  readonly importId: string;
  readonly source: string;
  readonly dryRun: boolean;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly files: readonly ImportedFile[];
  readonly rows: Counts;
  readonly byTarget: Readonly<Record<string, Counts>>;
  readonly steps: readonly (Counts & {
    readonly step: string;
    readonly target: string;
    readonly file: string | null;
  })[];
  /** How many rows were rejected, or are incomplete, for what. */
  readonly byCode: Readonly<Record<string, number>>;
  /** The first 10,000; all of them are in the file beside the report that is kept. */
  readonly rejections: readonly Rejection[];
  /** Rows of which something in `also` was refused: the first 10,000, like rejections. */
  readonly incomplete: readonly Rejection[];
  /** How many of both were refused by an earlier import and not tried again. */
  readonly remembered: number;
  /** How many events the log grew by, with those that processes and passed times added. */
  readonly events: number;
}

export type Outcome = keyof Counts;

const MOST_LISTED = 10_000;
/** Lines that are written at once. */
const LINES = 1_000;
const none = (): { -readonly [Ending in Outcome]: number } => ({ accepted: 0, unchanged: 0, rejected: 0 });

/** Counts the results of rows, and collects rejections. */
export class Tally {
  readonly #steps = new Map<number, Counts & { step: string; target: string; file: string | null }>();
  readonly #unused = none();
  readonly #byCode = new Map<string, number>();
  readonly #rejected: Placed[] = [];
  readonly #incomplete: Placed[] = [];
  #remembered = 0;
  #lines: string[] = [];

  /** @param journal takes every rejection; a dry run has none */
  constructor(private readonly journal: Journal | undefined) {}

  begin(index: number, step: string, target: string, file: string | null): void {
    this.#steps.set(index, { step, target, file, ...none() });
  }

  /** @param index of the step; undefined for rows that no step could look at */
  count(index: number | undefined, outcome: Outcome): void {
    const counts = (index === undefined ? this.#unused : this.#steps.get(index)!) as Record<Outcome, number>;
    counts[outcome] += 1;
  }

  /** Adds a rejection; an incomplete row is counted by the result of its other part. */
  reject(index: number | undefined, rejection: Rejection): void {
    if (!rejection.incomplete) this.count(index, 'rejected');
    if (rejection.remembered) this.#remembered += 1;
    this.#byCode.set(rejection.code, (this.#byCode.get(rejection.code) ?? 0) + 1);
    const listed = rejection.incomplete ? this.#incomplete : this.#rejected;
    if (listed.length < MOST_LISTED) listed.push({ index: index ?? -1, rejection });
    this.#lines.push(`${JSON.stringify(rejection)}\n`);
    if (this.#lines.length >= LINES) this.#write();
  }

  results(): Omit<ImportReport, 'importId' | 'source' | 'dryRun' | 'startedAt' | 'endedAt' | 'files' | 'events'> {
    this.#write();
    const steps = [...this.#steps.values()];
    const byTarget: Record<string, Counts> = {};
    for (const step of steps) byTarget[step.target] = sum(byTarget[step.target] ?? none(), step);
    return {
      rows: steps.reduce<Counts>(sum, this.#unused),
      byTarget,
      steps,
      byCode: Object.fromEntries([...this.#byCode].sort(([, a], [, b]) => b - a)),
      rejections: this.#rejected.toSorted(inOrder).map(({ rejection }) => rejection),
      incomplete: this.#incomplete.toSorted(inOrder).map(({ rejection }) => rejection),
      remembered: this.#remembered,
    };
  }

  #write(): void {
    if (this.#lines.length > 0) this.journal?.add(this.#lines.join(''));
    this.#lines = [];
  }
}

/** A rejection and the step it came from. */
interface Placed {
  readonly index: number;
  readonly rejection: Rejection;
}

/** Sorts by step and row, since rows are handled in parallel. */
const inOrder = (one: Placed, other: Placed): number =>
  one.index - other.index || one.rejection.row - other.rejection.row;

const sum = (one: Counts, other: Counts): Counts => ({
  accepted: one.accepted + other.accepted,
  unchanged: one.unchanged + other.unchanged,
  rejected: one.rejected + other.rejected,
});
