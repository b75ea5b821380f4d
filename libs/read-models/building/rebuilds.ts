import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Missing, Refusal, Unavailable } from '../../errors.js';
import { EventStore } from '../../event-store/event-store.js';
import { eventsBehind } from '../../event-store/events-behind.js';
import type { EventsBehind } from '../../event-store/events-behind.js';
import type { Copy, Decisions } from '../decisions.js';
import { differencesOf } from './differences.js';
import type { Differences } from './differences.js';
import { checkOrigin } from './origin.js';
import { copyOf, servingOf, shareOf } from '../partitions.js';
import { ReadModels } from '../read-models.js';
import { cameToNothing, type Generation, type GenerationState } from '../generation.js';
import type { ReadModel } from '../rollup.js';
import { currentOf, definedAs, definitionOf } from '../rollup.js';

export interface GenerationStatus {
  readonly id: number;
  readonly definition: string;
  readonly state: GenerationState;
  /** Number of the partition; each partition is a generation of its own. */
  readonly partition: number;
  readonly partitions: number;
  /** The worker that projects it; null when it has none, or there is only one projector. */
  readonly holder: string | null;
  /** Position up to which the log has been projected. */
  readonly position: number;
  /** Lag in events; an estimate if it is large and positions have gaps. */
  readonly lag: number;
  /** Events per second over the last ten seconds of progress. */
  readonly rate: number;
  /** Estimated seconds until it reaches the present head; null when it makes no progress. */
  readonly secondsLeft: number | null;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly error: string | null;
  readonly hash: string | null;
}

/** How two copies of a read model differ. */
export interface CopyDifferences extends Differences {
  readonly name: string;
  readonly active: Copy;
  readonly other: Copy & { readonly state: GenerationState };
}

export interface ProjectionStatus {
  readonly name: string;
  /** The definition this program would build. */
  readonly definition: string;
  readonly reports: readonly string[];
  /** The extension that it comes from; null for what the program itself has. */
  readonly extension: string | null;
  readonly head: number;
  /** The serving generation (of several partitions the one furthest behind); null during the first build. */
  readonly active: GenerationStatus | null;
  /** Number of events that are not visible yet. */
  readonly lag: number;
  /** Other partitions, and generations that are being built, retained or failed. */
  readonly others: readonly GenerationStatus[];
  /** Documents that could not be folded, and how many events wait behind them. */
  readonly parked: readonly {
    readonly key: string;
    readonly position: number;
    readonly error: string;
    readonly waiting: number;
  }[];
}

/** How long a rollback waits for a copy that is behind, in milliseconds. */
const PATIENCE = 5_000;
/** Default number of differing documents that are listed. */
const EXAMPLES = 10;
const BEING_BUILT: readonly GenerationState[] = ['building', 'catching-up', 'verifying', 'ready'];

/** Status and requests of operators for projections. Requests are stored in the read models, and the projector acts on them. */
@Injectable()
export class Rebuilds implements OnModuleInit {
  constructor(
    private readonly store: EventStore,
    private readonly readModels: ReadModels,
    private readonly definitions: readonly ReadModel[],
    /** IANA name of the zone that reports are to be kept in. */
    readonly zone: string,
    private readonly partitions = 1,
    private readonly decisions?: Decisions,
  ) {}

  /** Definition that this program would build of a read model; nothing for an unknown one. */
  definitionOf(name: string): string | undefined {
    const readModel = this.definitions.find(({ projection }) => projection.name === name);
    return readModel && definitionOf(readModel, this.zone);
  }

  /**
   * Read models that have seen more than there is would answer with what never happened.
   * @throws Refusal `log-cut` · `log-other`
   */
  async onModuleInit(): Promise<void> {
    await checkOrigin(this.store, this.readModels);
    const generations = await this.readModels.generations();
    const seen = Math.max(0, ...generations.map(({ position }) => position));
    const head = await this.store.head();
    if (seen <= head) return;
    const message =
      `Read models have seen ${seen.toLocaleString('en')} events, the log ends after ${head.toLocaleString('en')}: it was ` +
      'cut, or is another one. Put the log back; or delete the read models, and they are computed from the log there is.';
    throw new Refusal('log-cut', message, { seen, head });
  }

  async status(): Promise<readonly ProjectionStatus[]> {
    const head = await this.store.head();
    const generations = await this.readModels.generations();
    const parked = await this.readModels.parked();
    const leases = new Map((await this.readModels.leases()).map(({ share, holder }) => [share, holder]));
    const behind = await this.#behind(generations, head);
    const status = (generation: Generation) => statusOf(generation, behind, leases.get(shareOf(generation)));
    return currentOf(this.definitions).map((readModel) => {
      const own = generations.filter(({ name }) => name === readModel.projection.name);
      const [active] = servingOf(own, readModel.projection.name);
      return {
        name: readModel.projection.name,
        definition: definitionOf(readModel, this.zone),
        reports: readModel.rollups.map(({ name }) => name),
        extension: readModel.extension ?? null,
        head,
        active: active ? status(active) : null,
        lag: behind.after(active?.position ?? 0),
        others: own.filter((each) => each !== active).map(status),
        parked: parked
          .filter(({ consumer }) => own.some(({ id }) => id === consumer))
          .map(({ key, position, error, waiting }) => ({ key, position, error, waiting })),
      };
    });
  }

  /** @throws Missing `projection-unknown` */
  async statusOf(name: string): Promise<ProjectionStatus> {
    const status = (await this.status()).find((each) => each.name === name);
    if (!status) throw new Missing('projection', name);
    return status;
  }

  /**
   * Builds a read model anew beside the one that serves.
   * @throws Refusal `projection-unknown` · `rebuild-running`
   */
  async rebuild(name: string): Promise<GenerationStatus> {
    const readModel = this.#current(name);
    const running = await this.#in(name, BEING_BUILT);
    if (running) {
      throw new Refusal('rebuild-running', `${name} is being rebuilt already.`, { generation: running.id }, 409);
    }
    const generation = await this.readModels.create(readModel, definitionOf(readModel, this.zone), this.partitions);
    await this.decisions?.rebuildRequested(name, copyOf(generation));
    return this.#generationStatus(generation);
  }

  /**
   * Gives up a rebuild; what serves goes on serving.
   * @throws Refusal `projection-unknown` · `rebuild-not-running`
   */
  async cancel(name: string): Promise<GenerationStatus> {
    this.#current(name);
    const running = await this.#in(name, BEING_BUILT);
    if (!running || !(await this.readModels.transition(running.id, BEING_BUILT, 'cancelled'))) {
      throw new Refusal('rebuild-not-running', `${name} is not being rebuilt.`, {}, 409);
    }
    await this.decisions?.rebuildCancelled(name, copyOf(running));
    return this.#generationStatus({ ...running, state: 'cancelled' });
  }

  /**
   * Goes back to the copy that served before, as soon as it shows as much of the log as the one that serves. It keeps up, and
   * stays until the program has another definition or a rebuild is asked for.
   * @throws Refusal `projection-unknown` · `nothing-retained` · `definition-unknown` · `read-model-behind`
   */
  async rollback(name: string): Promise<GenerationStatus> {
    this.#current(name);
    const retained = await this.#in(name, ['retained']);
    const active = await this.#in(name, ['active']);
    if (!retained || !active) throw nothingRetained(name);
    if (!definedAs(this.definitions, retained, this.zone)) {
      throw new Refusal(
        'definition-unknown',
        `The earlier ${name} was built as ${retained.definition}, which this program could not keep up: start the program that has this definition, or list it among the earlier ones.`,
        { definition: retained.definition },
        409,
      );
    }
    await this.#level(name);
    if ((await this.#in(name, ['retained']))?.id !== retained.id) throw nothingRetained(name);
    // Recorded first: where this program ends in between, the next start goes back.
    await this.decisions?.rolledBack(name, { to: copyOf(retained), from: copyOf(active) });
    if (!(await this.readModels.activate(retained))) throw nothingRetained(name);
    return this.#generationStatus({ ...retained, state: 'active' });
  }

  /**
   * How the documents of the copy that is being built, or was replaced last, differ from those of the one that serves.
   * @throws Refusal `projection-unknown` · `nothing-to-compare`
   */
  async diff(name: string, limit = EXAMPLES): Promise<CopyDifferences> {
    const readModel = this.#current(name);
    const generations = await this.readModels.generations();
    const other = (await this.#in(name, BEING_BUILT)) ?? (await this.#in(name, ['retained']));
    const serving = await this.#in(name, ['active']);
    if (!serving || !other) throw nothingToCompare(name);
    const setOf = ({ set }: Generation) => generations.filter((each) => each.set === set);
    const compared = { store: this.store, readModels: this.readModels, readModel, limit };
    const comparing = differencesOf({ ...compared, active: setOf(serving), other: setOf(other) });
    await Promise.allSettled([comparing]);
    // What was deleted meanwhile was read in part, or could not be read.
    const left = (await this.readModels.generations()).filter(({ state }) => !cameToNothing.has(state));
    if (![serving, other].every(({ id }) => left.some((each) => each.id === id))) throw nothingToCompare(name);
    return { name, active: copyOf(serving), other: { ...copyOf(other), state: other.state }, ...(await comparing) };
  }

  /** Waits until the previous copy has reached the position of the serving one. */
  async #level(name: string): Promise<void> {
    const lowest = (all: readonly Generation[], state: GenerationState) =>
      Math.min(...all.filter((each) => each.name === name && each.state === state).map(({ position }) => position));
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const generations = await this.readModels.generations();
      const [position, asked] = [lowest(generations, 'retained'), lowest(generations, 'active')];
      if (position >= asked) return;
      if (performance.now() >= deadline) {
        throw new Unavailable('read-model-behind', `The earlier ${name} has not reached position ${asked} yet.`, 1, {
          position,
          asked,
        });
      }
      await this.readModels.changed();
    }
  }

  #current(name: string): ReadModel {
    const readModel = currentOf(this.definitions).find(({ projection }) => projection.name === name);
    if (!readModel) throw new Missing('projection', name);
    return readModel;
  }

  async #generationStatus(generation: Generation): Promise<GenerationStatus> {
    return statusOf(generation, await this.#behind([generation], await this.store.head()));
  }

  /** Measures the lag from the position of the generation furthest behind; a missing one counts from the start. */
  #behind(generations: readonly Generation[], head: number): Promise<EventsBehind> {
    const served = new Set(generations.filter(({ state }) => state === 'active').map(({ name }) => name));
    const unserved = this.definitions.some(({ projection: { name } }) => !served.has(name));
    const lowest = Math.min(head, ...generations.map(({ position }) => position));
    return eventsBehind(this.store, unserved ? 0 : lowest, head);
  }

  async #in(name: string, states: readonly GenerationState[]): Promise<Generation | undefined> {
    const generations = await this.readModels.generations();
    return generations.findLast((each) => each.name === name && states.includes(each.state));
  }
}

const nothingRetained = (name: string): Refusal =>
  new Refusal('nothing-retained', `There is no earlier ${name} to go back to.`, {}, 409);

const nothingToCompare = (name: string): Refusal =>
  new Refusal('nothing-to-compare', `There is one copy of ${name}: nothing is built or kept beside it.`, {}, 409);

function statusOf(generation: Generation, behind: EventsBehind, holder: string | null = null): GenerationStatus {
  const { id, definition, state, partition, partitions, position, startedAt, updatedAt, error, hash } = generation;
  const lag = behind.after(position);
  const rate = Math.round(generation.rate / behind.step);
  const secondsLeft = lag === 0 ? 0 : rate > 0 ? Math.ceil(lag / rate) : null;
  return {
    id,
    definition,
    state,
    partition,
    partitions,
    holder,
    position,
    lag,
    rate,
    secondsLeft,
    startedAt,
    updatedAt,
    error,
    hash,
  };
}
