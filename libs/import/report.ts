import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Unavailable } from '../errors.js';

/** How many rows ended so. A row counts once for every step that takes it. */
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
  /** How many rows were rejected for what. */
  readonly byCode: Readonly<Record<string, number>>;
  /** The first 10,000; all of them are in the file beside the report that is kept. */
  readonly rejections: readonly Rejection[];
  /** How many events the log grew by. */
  readonly events: number;
}

export type Outcome = keyof Counts;

const MOST_LISTED = 10_000;
/** Lines that are written at once. */
const LINES = 1_000;
const none = (): { -readonly [Ending in Outcome]: number } => ({ accepted: 0, unchanged: 0, rejected: 0 });

/** Counts how rows end, and keeps what there is to say about those that were rejected. */
export class Tally {
  readonly #steps = new Map<number, Counts & { step: string; target: string; file: string | null }>();
  readonly #unused = none();
  readonly #byCode = new Map<string, number>();
  readonly #rejections: { readonly index: number; readonly rejection: Rejection }[] = [];
  #lines: string[] = [];

  /** @param path where rejections go, line by line; nowhere in a dry run */
  constructor(private readonly path: string | undefined) {}

  begin(index: number, step: string, target: string, file: string | null): void {
    this.#steps.set(index, { step, target, file, ...none() });
  }

  /** @param index of the step; undefined for rows that no step could look at */
  count(index: number | undefined, outcome: Outcome): void {
    const counts = (index === undefined ? this.#unused : this.#steps.get(index)!) as Record<Outcome, number>;
    counts[outcome] += 1;
  }

  reject(index: number | undefined, rejection: Rejection): void {
    this.count(index, 'rejected');
    this.#byCode.set(rejection.code, (this.#byCode.get(rejection.code) ?? 0) + 1);
    if (this.#rejections.length < MOST_LISTED) this.#rejections.push({ index: index ?? -1, rejection });
    this.#lines.push(`${JSON.stringify(rejection)}\n`);
    if (this.#lines.length >= LINES) this.#write();
  }

  results(): Pick<ImportReport, 'rows' | 'byTarget' | 'steps' | 'byCode' | 'rejections'> {
    this.#write();
    const steps = [...this.#steps.values()];
    const byTarget: Record<string, Counts> = {};
    for (const step of steps) byTarget[step.target] = sum(byTarget[step.target] ?? none(), step);
    return {
      rows: steps.reduce<Counts>(sum, this.#unused),
      byTarget,
      steps,
      byCode: Object.fromEntries([...this.#byCode].sort(([, a], [, b]) => b - a)),
      rejections: this.#rejections.toSorted(inOrder).map(({ rejection }) => rejection),
    };
  }

  #write(): void {
    const { path } = this;
    if (path !== undefined && this.#lines.length > 0) kept(path, () => appendFileSync(path, this.#lines.join('')));
    this.#lines = [];
  }
}

/** As the steps and the files have it: rows are done side by side. */
const inOrder = (
  one: { readonly index: number; readonly rejection: Rejection },
  other: { readonly index: number; readonly rejection: Rejection },
): number => one.index - other.index || one.rejection.row - other.rejection.row;

const sum = (one: Counts, other: Counts): Counts => ({
  accepted: one.accepted + other.accepted,
  unchanged: one.unchanged + other.unchanged,
  rejected: one.rejected + other.rejected,
});

/** @throws Unavailable `report-unwritable`: then the import ends, and the same again goes on from there */
function kept(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new Unavailable('report-unwritable', `${path} cannot be written: ${(error as Error).message}.`, 5, { path });
  }
}

/** Where the reports of imports are kept: in the data folder, one file for each. */
export class Reports {
  constructor(private readonly folder: string) {}

  /** The file that takes the rejections while an import runs. */
  rejections(importId: string): string {
    kept(this.folder, () => mkdirSync(this.folder, { recursive: true }));
    return join(this.folder, `${importId}.rejections.jsonl`);
  }

  keep(report: ImportReport): void {
    const path = join(this.folder, `${report.importId}.json`);
    kept(path, () => {
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
    });
  }
}
