import { differencesOf, sentenceOf } from './differences.js';
import type { PageFolder, Member } from './page-folder.js';
import type { Parking, ParkingOptions } from './parking.js';
import type { GenerationState } from '../generation.js';
import type { CellChanges } from '../read-models.js';
import { verify } from './verify.js';
import { serve } from './reconcile.js';

export interface CandidatesOptions extends Pick<ParkingOptions, 'store' | 'readModels' | 'report'> {
  /** Set for a question about the past; then nothing is verified. */
  readonly until?: unknown;
  readonly folding: PageFolder;
  readonly parking: Parking;
  readonly stop: AbortSignal;
  /** The generations of this projector. */
  readonly members: () => Promise<readonly Member[]>;
  /** Projects one page for the generations furthest behind. @returns whether there was one */
  readonly page: (members: readonly Member[]) => Promise<boolean>;
}

/** States of candidates: generations that are built beside the serving one. */
const CANDIDATES: ReadonlySet<GenerationState> = new Set(['building', 'catching-up', 'ready']);

export const isCandidate = (state: GenerationState): boolean => CANDIDATES.has(state);

export const isBuilding = ({ generation: { state } }: Member): boolean => isCandidate(state);

/** Handles candidates from the end of their catch-up until they take over. */
export class Candidates {
  readonly #options: CandidatesOptions;

  constructor(options: CandidatesOptions) {
    this.#options = options;
  }

  /**
   * Completes candidates that have caught up: builds their indexes, verifies them against the serving generation, and switches.
   * @param head head of the log before the last page was read, since the log may grow all the time
   */
  async conclude(head: number): Promise<boolean> {
    const members = await this.#options.members();
    const caughtUp = members.filter((member) => isBuilding(member) && member.generation.position >= head);
    let concluded = false;
    for (const member of caughtUp) {
      const { id, state } = member.generation;
      if (state === 'ready') concluded = (await serve(this.#options.readModels, member.generation)) || concluded;
      else {
        await (state === 'building' ? this.#complete(member) : this.#takeOver(id));
        concluded = true;
      }
    }
    return concluded;
  }

  /** Makes cells and indexes, which is cheapest when all documents exist. */
  async #complete(member: Member): Promise<void> {
    const { readModels, parking } = this.#options;
    const { generation, readModel, epoch } = member;
    if (readModels.countsAtEnd) {
      await parking.countAgain(member);
      const uncounted = new Map<string, string>();
      if (!(await readModels.fill(generation, readModel, this.#cells(member, uncounted), epoch))) return;
      if (!(await parking.leaveOut(member, uncounted))) return;
    }
    await readModels.index(generation, readModel);
    await readModels.transition(generation.id, ['building'], 'catching-up', { epoch });
  }

  /** Counts cells. That may take long, so serving generations are projected in between. */
  async *#cells(member: Member, uncounted: Map<string, string>): AsyncGenerator<CellChanges> {
    const leave = (id: string, error: unknown) => uncounted.set(id, (error as Error).message);
    for await (const cells of this.#options.folding.cells(member, leave)) {
      yield cells;
      await this.#options.page((await this.#options.members()).filter((each) => !isBuilding(each)));
    }
  }

  async #takeOver(id: number): Promise<void> {
    const { readModels, store, until, report, parking } = this.#options;
    const level = await this.#level(id);
    if (!level) return;
    const { generation, readModel, epoch } = level.candidate;
    // A serving generation with parked documents cannot be compared with.
    const against =
      level.active && parking.keys(level.active.generation.id).size > 0 ? undefined : level.active?.generation;
    if (!(await readModels.transition(generation.id, ['catching-up'], 'verifying', { epoch }))) return;
    // Without a serving generation there is nothing to compare with.
    const generations = await readModels.generations();
    const served = generations.some(({ name, state }) => name === generation.name && state === 'active');
    const { hash, wrong } =
      until || !served
        ? {}
        : await verify({ store, readModels, generation, readModel, against, parked: parking.keys(generation.id) });
    if (wrong !== undefined) {
      // Described now, since the content of the failed candidate is deleted later.
      const how =
        against &&
        (await differencesOf({ store, readModels, readModel, active: [against], other: [generation], limit: 3 }));
      const error = how ? `${wrong}: ${sentenceOf(how)}` : wrong;
      report('rebuild failed', { projection: generation.name, generation: generation.id, error });
      await readModels.transition(generation.id, ['verifying'], 'failed', {
        error,
        ...(hash && { hash }),
        epoch,
      });
    } else if (await readModels.transition(generation.id, ['verifying'], 'ready', { ...(hash && { hash }), epoch })) {
      await serve(readModels, generation);
    }
  }

  /** Projects a candidate and the serving generation to the same position, so that they can be compared. */
  async #level(id: number): Promise<{ candidate: Member; active: Member | undefined } | undefined> {
    while (!this.#options.stop.aborted) {
      const members = await this.#options.members();
      const candidate = members.find(({ generation }) => generation.id === id);
      if (!candidate) return undefined;
      const { name, definition, partition, partitions, position } = candidate.generation;
      const active = members.find(
        // A generation with another definition or number of partitions has other documents.
        ({ generation: each }) =>
          each.name === name &&
          each.definition === definition &&
          each.state === 'active' &&
          each.partition === partition &&
          each.partitions === partitions,
      );
      if (!active || active.generation.position === position) return { candidate, active };
      // The serving generation may be ahead of a log that was truncated.
      if (!(await this.#options.page([active, candidate]))) return undefined;
    }
    return undefined;
  }
}
