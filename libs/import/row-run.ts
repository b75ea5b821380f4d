import { Refusal, Unavailable } from '../errors.js';
import type { Envelope } from '../event-store/envelope.js';
import type { Row } from './csv.js';
import type { Decisions } from './decisions.js';
import type { EarlierRows } from './earlier-rows.js';
import type { Intent, PlannedStep } from './plan.js';
import type { Outcome, Rejection } from './report.js';
import { inRounds } from './rounds.js';
import type { Ending, Work } from './rounds.js';
import type { SettledRows } from './settled-rows.js';

export interface RowRunOptions {
  readonly step: PlannedStep;
  /** Of the file; null for a step without one. */
  readonly path: string | null;
  /** Business times after this moment are refused, since they are in the future. */
  readonly latest: string;
  readonly envelope: Envelope;
  readonly decisions: Decisions;
  readonly settled: SettledRows;
  readonly earlier: EarlierRows;
  readonly signal: AbortSignal | undefined;
  readonly count: (outcome: Outcome) => void;
  readonly reject: (rejection: Rejection) => void;
  /** Called for each finished row. */
  readonly done: () => void;
}

/** A row that is being handled: its commands, and how many are done. */
interface RowWork extends Work {
  readonly row: Row;
  readonly intents: readonly Intent[];
  next: number;
  /** Whether anything of it was recorded. */
  recorded: boolean;
  /** The stream that this row has begun, if any. */
  begun: string;
}

/** Maximum number of rows in parallel: as many as the log writes in one group commit. */
const WIDTH = 256;

/** Handles the rows of one step; rows about the same thing stay in order. */
export class RowRun {
  readonly #options: RowRunOptions;
  #last = 0;

  constructor(options: RowRunOptions) {
    this.#options = options;
  }

  async take(rows: readonly Row[]): Promise<void> {
    const { settled, envelope } = this.#options;
    const works = rows.flatMap((row) => this.#planned(row) ?? []);
    this.#last = rows.at(-1)?.number ?? 0;
    const write = () => settled.write({ ...envelope, importRow: this.#importRow(this.#last) });
    await inRounds(works, WIDTH, (work) => this.#work(work), write);
  }

  #planned(row: Row): RowWork | undefined {
    const { step, done } = this.#options;
    try {
      const intents = step.intents(row);
      const lanes = new Set(intents.map(({ stream }) => stream));
      return { row, intents, lanes, next: 0, recorded: false, begun: '' };
    } catch (error) {
      if (!(error instanceof Refusal) || error instanceof Unavailable) throw error;
      this.#reject(row, step.step.target, error);
      done();
      return undefined;
    }
  }

  /** Sends the commands of a row in order; a refusal ends the row. */
  async #work(work: RowWork): Promise<Ending> {
    const { decisions, envelope, earlier, path, signal, latest, count, done } = this.#options;
    signal?.throwIfAborted();
    const { row, intents } = work;
    const early = work.next === 0 ? intents.find(({ at }) => at > latest) : undefined;
    if (early) return this.#refuseEarly(work, early);
    const refused = work.next === 0 ? decisions.refusedWhole(intents) : undefined;
    if (refused) {
      this.#reject(row, intents[0]!.target, refused, { remembered: true });
      done();
      return 'done';
    }
    const sent = { ...envelope, importRow: this.#importRow(row.number) };
    for (let settled = false; ;) {
      const intent = intents[work.next]!;
      const isNew = intent.stream === work.begun;
      const decision = await decisions.decide(intent, sent, isNew, earlier.get(path, row.number, intent));
      work.next += 1;
      settled ||= decision.settled ?? false;
      if (decision.recorded) {
        work.recorded = true;
        if (intent.makes && intent.stream.endsWith(intent.makes.id)) work.begun = intent.stream;
      }
      const last = work.next === intents.length;
      if (!decision.refusal && !last && settled) return 'again';
      if (!decision.refusal && !last) continue;
      // Commands before the refusal stay recorded, and the row is counted by their result.
      if (work.next > 1 || !decision.refusal) count(work.recorded ? 'accepted' : 'unchanged');
      if (decision.refusal)
        this.#reject(row, intent.target, decision.refusal, { ...decision, incomplete: work.next > 1 });
      done();
      return settled ? 'settled' : 'done';
    }
  }

  /** Refuses a row with a business time in the future; later imports do not accept it either. */
  async #refuseEarly({ row, intents }: RowWork, { target, at }: Intent): Promise<Ending> {
    const { decisions, done } = this.#options;
    const refusal = new Refusal('in-the-future', `at: ${at} lies in the future: it cannot have happened yet.`, { at });
    const news = await decisions.refuse(intents, refusal);
    this.#reject(row, target, refusal);
    done();
    return news ? 'settled' : 'done';
  }

  #reject(
    { number, line }: Row,
    target: string,
    { code, message, details }: Refusal,
    { incomplete = false, remembered = false } = {},
  ): void {
    const { path, step, reject } = this.#options;
    reject({
      file: path,
      row: number,
      line,
      target,
      step: step.name,
      code,
      message,
      ...(Object.keys(details).length > 0 && { details }),
      ...(incomplete && { incomplete }),
      ...(remembered && { remembered }),
    });
  }

  #importRow(row: number) {
    const { step, path } = this.#options;
    return { step: step.name, file: path, row };
  }
}
