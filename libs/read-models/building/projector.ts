import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { faultOf, Unavailable } from '../../errors.js';
import type { EventStore, Until } from '../../event-store/event-store.js';
import { Candidates, isBuilding, isCandidate } from './candidates.js';
import type { Looked } from '../decisions.js';
import { PoisonEvent } from './fold.js';
import { PageFolder } from './page-folder.js';
import type { Member } from './page-folder.js';
import type { HeldLeases } from './leases.js';
import { pauseAfter } from './pause.js';
import { begunPage } from './begun-page.js';
import { keepOrigin } from './origin.js';
import { Parking } from './parking.js';
import type { ParkingOptions } from './parking.js';
import { partOf, shareOf } from '../partitions.js';
import { cameToNothing } from '../generation.js';
import { LeaseLost } from '../lease.js';
import { Elsewhere } from '../read-models.js';
import type { Generation } from '../generation.js';
import type { PageWrite, ReadModels } from '../read-models.js';
import { definedAs } from '../rollup.js';
import type { ReadModel } from '../rollup.js';
import { reconcile } from './reconcile.js';
import type { WindowLimits } from './windows.js';

export interface ProjectorOptions extends ParkingOptions {
  readonly store: EventStore;
  readonly readModels: ReadModels;
  /** All definitions, with earlier ones for a rollback: the lists of `apps/program/contexts.ts`. */
  readonly definitions: readonly ReadModel[];
  /** Whether some definitions could not be loaded: what is built by them stays as it is, for the next start. */
  readonly lacking?: boolean;
  /** Rollbacks according to the log. */
  readonly rolledBack?: Looked;
  /** IANA name of the zone whose days reports count in. */
  readonly zone: string;
  /** Folds the log only up to this moment, for a question about the past; verifies nothing. */
  readonly until?: Until;
  /**
   * Number of partitions per read model; a read model with another number is rebuilt.
   * @defaultValue 1
   */
  readonly partitions?: number;
  /** Leases on shares of the work; absent when there is only one projector. */
  readonly leases?: HeldLeases;
  /** Called with the reason on outage, with `undefined` on recovery and at the start. */
  readonly stands?: (fault: string | undefined) => void;
  /**
   * Delay before a failed write is tried again, in milliseconds.
   * @defaultValue 1000
   */
  readonly rest?: number;
  /** What builds keep in memory. */
  readonly windows?: WindowLimits;
}

/** Share for creating and dropping generations. */
const COORDINATOR = 'coordinator';
/** Number of delays without a failure before an outage ends. */
const QUIET = 5;

/**
 * Projects the log into all read models, in pages, exactly once, and builds new generations beside the serving ones. All
 * state is in the table of generations, so a restart continues after a crash.
 */
export class Projector {
  readonly #options: ProjectorOptions;
  readonly #stop = new AbortController();
  readonly #folding: PageFolder;
  readonly #parking: Parking;
  readonly #candidates: Candidates;
  #running: Promise<void> | undefined;
  /**
   * Epoch under which definitions have been reconciled with generations, since the start or the last failure; 0 for the only
   * projector.
   */
  #reconciled: number | undefined;
  /** Epoch under which each generation has been taken over. */
  readonly #takenUp = new Map<number, number>();
  readonly #shares = new Map<number, string>();
  /** Failed or cancelled generations whose content has been deleted. */
  readonly #cleared = new Set<number>();
  /** Whether the identity of the log is stored. */
  #named = false;
  /** Null until it is known. */
  #fault: string | undefined | null = null;
  #failedAt = -Infinity;
  /** Pause before the next page, in milliseconds. */
  #pause = 0;

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#folding = new PageFolder(options.readModels, options.zone, options.windows);
    this.#parking = new Parking(options, this.#folding, this.#stop.signal, (member) => this.#writeGathered([member]));
    this.#candidates = new Candidates({
      ...options,
      folding: this.#folding,
      parking: this.#parking,
      stop: this.#stop.signal,
      members: () => this.#members(),
      page: (members) => this.#page(members),
    });
  }

  /** Runs until `stop`. The promise rejects on an error that cannot be retried. */
  start(): Promise<void> {
    return (this.#running ??= this.#run());
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Projects until all read models are at the head of the log. */
  async catchUp(): Promise<void> {
    await reconcile(this.#options);
    while (await this.#advance());
  }

  async #run(): Promise<void> {
    const { store, readModels, leases } = this.#options;
    while (!this.#stop.signal.aborted) {
      // Read before the check for work, so that an event that arrives meanwhile ends the wait at once.
      const head = await store.head();
      if (await this.#getOn()) {
        if (this.#pause > 0) await sleep(this.#pause, undefined, { signal: this.#stop.signal }).catch(() => undefined);
        continue;
      }
      const idle = new AbortController();
      const signal = AbortSignal.any([idle.signal, this.#stop.signal]);
      await Promise.race([store.moved(head, signal), readModels.changed(signal)]);
      idle.abort();
    }
    await leases?.stop();
  }

  /**
   * Advances, or waits during an outage. An outage does not count as an attempt at an event: a full disk is no poison event.
   * @returns whether there may be more to do
   */
  async #getOn(): Promise<boolean> {
    const { rest = 1_000 } = this.#options;
    try {
      await this.#share();
      const moved = await this.#advance();
      if (performance.now() - this.#failedAt > QUIET * rest) this.#stands(undefined);
      return moved;
    } catch (error) {
      if (this.#options.leases && (error instanceof LeaseLost || error instanceof Elsewhere)) return this.#lost(error);
      if (!(error instanceof Unavailable)) throw error;
      // An interrupted write is either as a crash would have left it, or complete with only its answer lost.
      this.#reconciled = undefined;
      this.#takenUp.clear();
      this.#folding.forget();
      this.#failedAt = performance.now();
      this.#stands(faultOf(error));
      this.#pause = rest;
      return true;
    }
  }

  /** Updates the leases. The holder of the coordinator share reconciles definitions with generations. */
  async #share(): Promise<void> {
    const { leases, readModels } = this.#options;
    if (leases?.isDue) {
      const generations = await readModels.generations();
      await leases.look([COORDINATOR, ...new Set(generations.map(shareOf))]);
    }
    const epoch = leases ? leases.epochOf(COORDINATOR) : 0;
    if (epoch === undefined || epoch === this.#reconciled) return;
    await reconcile(this.#options);
    this.#reconciled = epoch;
    leases?.hurry();
  }

  /** Handles the loss of a lease: another projector continues. */
  #lost(error: LeaseLost | Elsewhere): true {
    const { leases, report } = this.#options;
    report('lease lost', { error: error.message });
    for (const [id, epoch] of this.#takenUp) {
      if (error instanceof LeaseLost && error.generation !== id) continue;
      this.#takenUp.delete(id);
      const share = this.#shares.get(id);
      if (share !== undefined && leases?.epochOf(share) === epoch && error instanceof LeaseLost) leases.forget(share);
    }
    this.#folding.forget();
    return true;
  }

  #stands(fault: string | undefined): void {
    if (fault === this.#fault) return;
    this.#fault = fault;
    this.#options.stands?.(fault);
  }

  /** Projects one page for serving generations, then one for builds. @returns whether there was any work */
  async #advance(): Promise<boolean> {
    // The embedded engine answers at once: without a turn of the loop a long build could not be stopped.
    await turn();
    const head = await this.#options.store.head();
    this.#pause = 0;
    await this.#clear();
    await this.#parking.load();
    const members = await this.#members();
    const { windows } = this.#folding;
    windows.keepOnly(members.map(({ generation }) => generation));
    // What waits behind a parked document of a window is not stored before the window is.
    await this.#parking.retry(members.filter(({ generation }) => !windows.of(generation)));
    const live = await this.#page(members.filter((member) => !isBuilding(member)));
    const candidates = members.filter(isBuilding);
    if (candidates.length === 0) return live;
    const moved = await this.#page(candidates);
    const due = windows.due(head);
    await this.#writeGathered(candidates.filter(({ generation }) => due.has(generation.id)));
    const concluded = await this.#candidates.conclude(head);
    this.#pause = 0;
    return live || moved || concluded;
  }

  /** Writes the windows of these generations, and projects serving generations in between. */
  async #writeGathered(members: readonly Member[]): Promise<void> {
    for (const write of this.#folding.gathered(members)) {
      await this.#options.readModels.write([write]);
      await this.#page((await this.#members()).filter((member) => !isBuilding(member)));
    }
  }

  /** Deletes the content of failed builds, between two pages, when nothing writes to them. */
  async #clear(): Promise<void> {
    const { readModels, leases } = this.#options;
    const isOurs = (generation: Generation) => !leases || leases.epochOf(shareOf(generation)) !== undefined;
    const vain = (await readModels.generations()).filter(
      (each) => cameToNothing.has(each.state) && !this.#cleared.has(each.id) && isOurs(each),
    );
    if (vain.length === 0) return;
    await readModels.clear(vain);
    for (const { id } of vain) this.#cleared.add(id);
  }

  /** The generations that this projector projects. */
  async #members(): Promise<Member[]> {
    for (;;) {
      const members = (await this.#options.readModels.generations()).flatMap((generation) =>
        this.#memberOf(generation),
      );
      const others = members.filter(({ generation: { id }, epoch = 0 }) => this.#takenUp.get(id) !== epoch);
      if (others.length === 0) return members.filter(({ generation }) => generation.state !== 'verifying');
      for (const member of others) await this.#takeUp(member);
    }
  }

  #memberOf(generation: Generation): Member[] {
    const { leases, definitions, zone } = this.#options;
    const readModel = definedAs(definitions, generation, zone);
    if (!readModel || !isRunning(generation) || this.#parking.stopped(generation.id)) return [];
    const share = shareOf(generation);
    const epoch = leases?.epochOf(share);
    if (leases && epoch === undefined) return [];
    this.#shares.set(generation.id, share);
    return [{ generation, readModel: partOf(readModel, generation), epoch }];
  }

  /**
   * Takes a generation over: fences it against other writers, so its state has to be read again afterwards. A verification that
   * was interrupted starts again.
   */
  async #takeUp({ generation: { id, state }, epoch }: Member): Promise<void> {
    const { readModels } = this.#options;
    if (epoch !== undefined) await readModels.fence([id], epoch);
    if (state === 'verifying') await readModels.transition(id, [state], 'catching-up', { epoch });
    this.#folding.forget();
    this.#takenUp.set(id, epoch ?? 0);
  }

  /** Projects one page for the generations furthest behind, which share the page and one transaction. */
  async #page(members: readonly Member[]): Promise<boolean> {
    const { store, readModels, until } = this.#options;
    const started = performance.now();
    const head = await store.head();
    const reached = ({ generation }: Member) => this.#folding.windows.reached(generation);
    const behind = members.filter((member) => reached(member) < head);
    if (behind.length === 0) return false;
    if (!this.#named && !until) this.#named = await keepOrigin(store, readModels);
    const positions = members.map(reached);
    const after = Math.min(...positions);
    const furthest = behind.filter((member) => reached(member) === after);
    const pending = furthest.find(({ generation }) => generation.pending !== undefined)?.generation.pending;
    const group = furthest.filter(({ generation }) => generation.pending === pending);
    const others = positions.filter((position) => position > after);
    const types = [...new Set(group.flatMap(({ readModel }) => readModel.projection.types))];
    const limit = Math.min(...group.map(({ generation }) => this.#folding.pageSize(generation)));
    const page =
      pending === undefined
        ? await store.readLog({
            after,
            types,
            limit,
            ...(others.length > 0 && { to: Math.min(...others) }),
            ...(until && { until }),
          })
        : await begunPage(store, after, pending, types);
    const to = until && page.end ? head : page.scanned;
    const writes: PageWrite[] = [];
    for (const member of group) {
      if (!(await this.#parking.begin(member, page.events, after))) continue;
      const { generation } = member;
      const keys = this.#parking.keys(generation.id);
      try {
        if (this.#folding.gathers(generation)) await this.#folding.gather(member, page.events, to, keys);
        else writes.push(await this.#folding.fold(member, page.events, to, keys));
      } catch (error) {
        if (!(error instanceof PoisonEvent)) throw error;
        await this.#parking.failed(member, error);
      }
    }
    if (writes.length > 0) await readModels.write(writes);
    for (const write of writes) this.#folding.keep(write);
    this.#pause = pauseAfter(page, performance.now() - started);
    return true;
  }
}

const isRunning = ({ state }: Generation): boolean =>
  isCandidate(state) || state === 'verifying' || state === 'active' || state === 'retained';
