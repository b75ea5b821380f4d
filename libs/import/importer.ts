import { hash } from 'node:crypto';
import type { CommandBus } from '@nestjs/cqrs';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.js';
import { Refusal, Unavailable } from '../errors.js';
import { under } from '../event-store/envelope.js';
import type { Envelope } from '../event-store/envelope.js';
import type { Actor, EventStore } from '../event-store/event-store.js';
import { OverlayEventStore } from '../event-store/overlay.event-store.js';
import { eventId } from '../event-store/command-identity.js';
import type { Decided } from '../event-store/streams.js';
import { newId } from '../ids.js';
import { addMilliseconds, CLOCK_SKEW } from '../time.js';
import { CsvFile } from './csv.js';
import type { Row } from './csv.js';
import { Lanes } from './lanes.js';
import { checkedMapping } from './mapping-check.js';
import { noRow, planned } from './plan.js';
import type { Intent, Plan, PlannedStep } from './plan.js';
import { Tally } from './report.js';
import type { ImportReport, Outcome, Reports } from './report.js';
import { survey } from './survey.js';
import { streamOf } from './target.js';
import type { Reference } from './compiling.js';

export interface ImporterParts {
  readonly commands: CommandBus;
  /** The log the commands are decided on: an overlay for a dry run. */
  readonly store: EventStore;
  readonly clock: Clock;
  /** Where reports are kept; a dry run keeps none. */
  readonly reports?: Reports;
}

/** How far an import has come, told when a step begins and now and then. `rows` is the sum over all steps. */
export interface Progress {
  readonly step: string;
  readonly done: number;
  readonly rows: number;
}

export interface ImportOptions {
  /** Decide everything and write nothing. */
  readonly dryRun?: boolean;
  /** Made when it is left out. Every event carries it. */
  readonly importId?: string;
  /** Who answers for what is imported. */
  readonly actor?: Actor;
  readonly progress?: (progress: Progress) => void;
  /** Stops before the next row. A later run of the same goes on from there. */
  readonly signal?: AbortSignal;
}

/** Rows under way at the same time: as many as the log writes in one group. */
const WIDTH = 256;
const KNOWN = 100_000;
/** Rows between two reports of progress. */
const PROGRESS = 100;

/** Turns the rows of CSV files into commands, as a mapping says, and sends them like everyone else does. */
export class Importer {
  constructor(private readonly parts: ImporterParts) {}

  /**
   * @param mapping what the mapping file says, as JSON
   * @param folder where the files are
   * @throws Invalid `mapping-invalid`, or what is wrong with the files: then nothing has been written
   * @throws Unavailable when nothing can be written any more; a later run of the same goes on where this one ended
   */
  async run(mapping: unknown, folder: string, options: ImportOptions = {}): Promise<ImportReport> {
    const { store, clock, reports } = this.parts;
    const { dryRun = false, importId = newId() } = options;
    if (dryRun !== store instanceof OverlayEventStore) {
      throw new Error('a dry run, and nothing else, is decided on an overlay of the log');
    }
    const startedAt = clock.now();
    const plan = planned(checkedMapping(mapping));
    const { files, rejections } = await survey(plan, folder);
    const before = await store.head();
    const recorded = store.recorded;
    const tally = new Tally(dryRun ? undefined : reports?.rejections(importId));
    for (const rejection of rejections) tally.reject(undefined, rejection);
    const rows = plan.steps.reduce(
      (sum, { step }) => sum + (files.find(({ name }) => name === step.file)?.rows ?? 1),
      0,
    );
    const run = new Run(this.parts, plan, folder, tally, before, { ...options, importId, rows });
    for (const [index, step] of plan.steps.entries()) await run.step(index, step);
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
  /** Things that are known to be there, so that references to them need no look. */
  readonly #known = new LRUCache<string, true>({ max: KNOWN });
  readonly #latest: string;
  readonly #envelope: Envelope;
  /** The highest position any command was answered with: what is answered with a higher one has been appended since. */
  #head: number;
  #done = 0;

  constructor(
    private readonly parts: ImporterParts,
    private readonly plan: Plan,
    private readonly folder: string,
    private readonly tally: Tally,
    /** Where the log ended when the import began. */
    private readonly start: number,
    private readonly options: ImportOptions & { readonly importId: string; readonly rows: number },
  ) {
    const { importId, actor = { id: 'import', name: `Import of ${plan.mapping.source}` } } = options;
    this.#head = start;
    this.#latest = addMilliseconds(parts.clock.now(), CLOCK_SKEW);
    this.#envelope = { actor, source: 'import', correlationId: importId, importId };
  }

  async step(index: number, planned: PlannedStep): Promise<void> {
    const { file, target } = planned.step;
    const source = file === undefined ? undefined : this.plan.mapping.files![file]!;
    const path = source?.path ?? null;
    this.tally.begin(index, planned.name, target, path);
    this.options.progress?.({ step: planned.name, done: this.#done, rows: this.options.rows });
    const lanes = new Lanes(WIDTH);
    const reject = ({ number, line }: Row, of: string, { code, message }: Refusal): void =>
      this.tally.reject(index, { file: path, row: number, line, target: of, step: planned.name, code, message });
    const take = async (row: Row): Promise<void> => {
      this.options.signal?.throwIfAborted();
      try {
        const intents = planned.intents(row, this.#latest);
        await lanes.add(new Set(intents.map(({ stream }) => stream)), async () => {
          const ending = await this.#send(intents);
          if (typeof ending === 'string') this.tally.count(index, ending);
          else reject(row, ending.target, ending.refusal);
        });
      } catch (error) {
        if (!(error instanceof Refusal) || error instanceof Unavailable) throw error;
        reject(row, target, error);
      }
    };
    if (file === undefined || !source) {
      await take(noRow);
      this.#progress(planned.name);
    } else {
      const ignores = this.plan.ignores.get(file);
      for await (const batch of new CsvFile(file, source, this.folder).batches()) {
        for (const row of batch) {
          if (!row.fault && !ignores?.(row) && planned.takes(row)) await take(row);
          this.#progress(planned.name);
        }
      }
    }
    await lanes.drain();
  }

  /** What a row stands for, in order; after a refusal the rest of the row is left undone. */
  async #send(intents: readonly Intent[]): Promise<Outcome | { target: string; refusal: Refusal }> {
    let outcome: Outcome = 'unchanged';
    /** The stream this row has begun: nothing on it was done before. */
    let begun = '';
    for (const intent of intents) {
      const { target, stream, command, at, makes, refers } = intent;
      // The same row gives the same id, so a row that was imported before is recognised whatever has happened since.
      const commandId = `import-${hash('sha1', `${target} ${at} ${JSON.stringify(command)}`, 'base64url')}`;
      try {
        if (stream === begun || !(await this.#isDone(stream, commandId))) {
          for (const reference of refers) await this.#check(reference);
          const before = this.#head;
          const envelope: Envelope = { ...this.#envelope, occurredAt: at, commandId };
          const decided = await under(envelope, () => this.parts.commands.execute<typeof command, Decided>(command));
          if (decided.position > before) {
            outcome = 'accepted';
            if (makes?.id === decided.id) begun = stream;
          }
          if (decided.position > this.#head) this.#head = decided.position;
        }
        if (makes) this.#known.set(makes.id, true);
      } catch (error) {
        if (!(error instanceof Refusal) || error instanceof Unavailable) throw error;
        return { target, refusal: this.#explained(error, refers) };
      }
    }
    return outcome;
  }

  /** Whether an import before has done it. What it needed then, such as an owner who works here, may be gone by now. */
  async #isDone(stream: string, commandId: string): Promise<boolean> {
    if (this.start === 0) return false;
    return (await this.parts.store.find(stream, eventId(commandId, 0))) !== undefined;
  }

  /** @throws Refusal `reference-unknown` */
  async #check({ kind, id }: Reference): Promise<void> {
    const category = streamOf[kind];
    if (category === undefined || this.#known.has(id)) return;
    const { events } = await this.parts.store.readStream(`${category}-${id}`, { limit: 1 });
    if (events.length === 0) throw unknown(kind);
    this.#known.set(id, true);
  }

  /** What a rule did not find is a reference of the row, in the words of the mapping. */
  #explained(refusal: Refusal, refers: readonly Reference[]): Refusal {
    const { id } = refusal.details;
    const reference = refusal.code.endsWith('-unknown') ? refers.find((each) => each.id === id) : undefined;
    return reference ? unknown(reference.kind) : refusal;
  }

  #progress(step: string): void {
    this.#done += 1;
    const { progress, rows } = this.options;
    if (progress && (this.#done % PROGRESS === 0 || this.#done === rows)) progress({ step, done: this.#done, rows });
  }
}

const unknown = (kind: string): Refusal =>
  new Refusal('reference-unknown', `There is no ${kind} of this key: neither in this import nor from one before.`);
