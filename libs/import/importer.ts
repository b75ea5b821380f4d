import type { CommandBus } from '@nestjs/cqrs';
import type { Clock } from '../clock.js';
import type { Envelope } from '../event-store/envelope.js';
import type { Actor, EventStore } from '../event-store/event-store.js';
import { newId } from '../ids.js';
import { CsvFile } from './csv.js';
import type { Row } from './csv.js';
import { Decisions } from './decisions.js';
import { EarlierRows } from './earlier-rows.js';
import { noRow } from './plan.js';
import type { Plan, PlannedStep } from './plan.js';
import { Tally } from './report.js';
import type { ImportedFile, ImportReport } from './report.js';
import type { Reports } from './reports.js';
import { RowRun } from './row-run.js';
import { SettledRows } from './settled-rows.js';
import type { Targets } from './steps/step.js';
import { surveyed } from './survey.js';
import type { Surveyed } from './survey.js';

/** Consequences of events: reactions of processes, and deadlines. */
export interface Consequences {
  /** Resolves when processes have reacted to everything in the log. */
  readonly reactions: () => Promise<void>;
  /** Resolves when also all deadlines that have passed by now are recorded. */
  readonly all: () => Promise<void>;
}

export interface ImporterParts {
  readonly commands: CommandBus;
  /** The log the commands are decided on: an overlay for a dry run. */
  readonly store: EventStore;
  readonly clock: Clock;
  /** What rows can become. */
  readonly targets: Targets;
  /** Where reports are kept; a dry run keeps none. */
  readonly reports?: Reports;
  /** Waited for after every step and at the end, so that the report counts what the import led to. */
  readonly consequences?: Consequences;
}

/** Progress of an import, reported at the begin of a step and from time to time. `rows` is the sum over all steps. */
export interface Progress {
  readonly step: string;
  readonly done: number;
  readonly rows: number;
}

export interface ImportOptions {
  /** Decide everything and write nothing. */
  readonly dryRun?: boolean;
  /** Try rows again that an earlier import was refused. */
  readonly retryRejected?: boolean;
  /** What mapping and folder have proved to be before; left out, they are looked at first. */
  readonly surveyed?: Surveyed;
  /** Made when it is left out. Every event carries it. */
  readonly importId?: string;
  /** Actor of all imported events. */
  readonly actor?: Actor;
  readonly progress?: (progress: Progress) => void;
  /** Stops before the next row. A later run of the same goes on from there. */
  readonly signal?: AbortSignal;
}

/** Rows that are planned before they are decided on. */
const WINDOW = 1_024;
/** Rows between two reports of progress. */
const PROGRESS = 100;

/** Serialises imports into one log, since each must see the settled rows of the one before. */
const turns = new WeakMap<EventStore, Promise<unknown>>();

/** Turns the rows of CSV files into commands by a mapping, and sends them over the command bus as the API does. */
export class Importer {
  constructor(private readonly parts: ImporterParts) {}

  /**
   * @param mapping what the mapping file says, as JSON
   * @param folder where the files are
   * @throws Invalid `mapping-invalid`, or what is wrong with the files: then nothing has been written
   * @throws Unavailable when nothing can be written any more; a later run of the same goes on where this one ended
   */
  async run(mapping: unknown, folder: string, options: ImportOptions = {}): Promise<ImportReport> {
    const { store } = this.parts;
    if ((options.dryRun ?? false) !== store.scratch) {
      throw new Error('a dry run, and nothing else, is decided on a log that is forgotten');
    }
    const work = () => this.#run(mapping, folder, options);
    const turn = (turns.get(store) ?? Promise.resolve()).then(work, work);
    turns.set(store, turn);
    return turn;
  }

  async #run(mapping: unknown, folder: string, options: ImportOptions): Promise<ImportReport> {
    const { store, clock, reports, consequences, targets } = this.parts;
    const { dryRun = false, importId = newId() } = options;
    const startedAt = clock.now();
    const { plan, files, rejections } = options.surveyed ?? (await surveyed(mapping, targets, folder, startedAt));
    const recorded = store.recorded;
    const tally = new Tally(dryRun ? undefined : reports?.journal(importId));
    for (const rejection of rejections) tally.reject(undefined, rejection);
    const rows = plan.steps.reduce(
      (sum, { step }) => sum + (files.find(({ name }) => name === step.file)?.rows ?? 1),
      0,
    );
    const run = new Run(this.parts, plan, folder, tally, { ...options, importId, rows, files });
    for (const [index, step] of plan.steps.entries()) {
      await run.step(index, step);
      await consequences?.reactions();
    }
    await consequences?.all();
    const report: ImportReport = {
      importId,
      source: plan.mapping.source,
      dryRun,
      startedAt,
      endedAt: clock.now(),
      files,
      ...tally.results(),
      events: store.recorded - recorded,
    };
    if (!dryRun) reports?.keep(report);
    return report;
  }
}

class Run {
  readonly #envelope: Envelope;
  readonly #decisions: Decisions;
  readonly #settled: SettledRows;
  readonly #earlier: EarlierRows;
  #done = 0;

  constructor(
    private readonly parts: ImporterParts,
    private readonly plan: Plan,
    private readonly folder: string,
    private readonly tally: Tally,
    private readonly options: ImportOptions & {
      readonly importId: string;
      readonly rows: number;
      readonly files: readonly ImportedFile[];
    },
  ) {
    const { source } = plan.mapping;
    const { importId, actor = { id: 'import', name: `Import of ${source}` }, retryRejected = false } = options;
    const { store, commands } = parts;
    this.#envelope = { actor, source: 'import', correlationId: importId, importId };
    this.#settled = new SettledRows(store, commands, source);
    const withStream = new Set(
      Object.values(plan.targets).flatMap(({ hasStream, makes }) => (hasStream ? makes! : [])),
    );
    this.#decisions = new Decisions({ store, commands, settled: this.#settled, retryRejected, withStream });
    this.#earlier = new EarlierRows(parts.reports?.earlier(source, options.files) ?? []);
  }

  async step(index: number, planned: PlannedStep): Promise<void> {
    const { file, target } = planned.step;
    const source = file === undefined ? undefined : this.plan.mapping.files![file]!;
    this.tally.begin(index, planned.name, target, source?.path ?? null);
    this.options.progress?.({ step: planned.name, done: this.#done, rows: this.options.rows });
    await this.#decisions.look();
    const rows = new RowRun({
      step: planned,
      path: source?.path ?? null,
      latest: this.plan.latest,
      envelope: this.#envelope,
      decisions: this.#decisions,
      settled: this.#settled,
      earlier: this.#earlier,
      signal: this.options.signal,
      count: (outcome) => this.tally.count(index, outcome),
      reject: (rejection) => this.tally.reject(index, rejection),
      done: () => this.#progress(planned.name),
    });
    if (file === undefined || !source) return rows.take([noRow]);
    for await (const window of this.#windows(file, planned)) await rows.take(window);
  }

  /** The rows of a file that a step takes, so many at a time: all of them are kept where they have to be sorted. */
  async *#windows(file: string, planned: PlannedStep): AsyncGenerator<readonly Row[], void, undefined> {
    const ignores = this.plan.ignores.get(file);
    let window: Row[] = [];
    for await (const batch of new CsvFile(file, this.plan.mapping.files![file]!, this.folder).batches()) {
      for (const row of batch) {
        if (row.fault || ignores?.(row) || !planned.takes(row)) this.#progress(planned.name);
        else window.push(row);
        if (window.length < WINDOW || planned.order) continue;
        yield window;
        window = [];
      }
    }
    const rows = planned.order?.sorted(window) ?? window;
    for (let from = 0; from < rows.length; from += WINDOW) yield rows.slice(from, from + WINDOW);
  }

  #progress(step: string): void {
    this.#done += 1;
    const { progress, rows } = this.options;
    if (progress && (this.#done % PROGRESS === 0 || this.#done === rows)) progress({ step, done: this.#done, rows });
  }
}
