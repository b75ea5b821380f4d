import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { customer } from '../../libs/customers/customer.decider.js';
import type { Owner } from '../../libs/customers/events.js';
import { CustomersModule } from '../../libs/customers/customers.module.js';
import { portfolio } from '../../libs/customers/portfolio.decider.js';
import { EsdbEventStore } from '../../libs/event-store/esdb/esdb.event-store.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { newId } from '../../libs/ids.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { OrganisationModule } from '../../libs/organisation/organisation.module.js';
import { organisationId } from '../../libs/organisation/events.js';
import { openProcessMemory } from '../../libs/processes/memory/open-process-memory.js';
import { isPresence } from '../../libs/read-models/lease.js';
import type { Lease } from '../../libs/read-models/lease.js';
import type { ReadModels } from '../../libs/read-models/read-models.js';
import { task } from '../../libs/tasks/task.decider.js';
import { TasksModule } from '../../libs/tasks/tasks.module.js';
import { addMilliseconds } from '../../libs/time.js';
import { compiled } from '../support/compiled.js';
import { wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { logProgram } from '../support/log-program.js';
import type { LogProgram } from '../support/log-program.js';
import { Worker } from '../support/workers.js';
import { aCall, createdData } from '../tasks/samples.js';
import { following, followingAlone } from './following.js';
import { JournalModule, keepJournal, ofTheBusiness } from './journal.js';
import { Program } from './program.js';

const PATIENCE = 90_000;
const CUSTOMERS = 4;
const all = [...ofTheBusiness, keepJournal];
const SHARES = ['clock', ...all.map(({ name }) => name)].sort();
const now = () => new SystemClock().now();
const contexts = [OrganisationModule, CustomersModule, TasksModule, JournalModule];

export interface Sharing {
  readonly readModels: ReadModels;
  /** Of the read models, as the programs open them. */
  readonly url: string;
  readonly exactlyOnce?: 'transactions' | 'order';
  /** How long a program may be silent before others take over, in milliseconds. */
  readonly timeToLive: number;
  /** How far the wall clocks of the programs are from that of the test, in milliseconds, in turn. */
  readonly skews?: readonly number[];
}

/**
 * Programs in processes of their own that share what reacts to one log, which lies behind an endpoint in yet another process.
 * The test makes the business and projects it.
 */
export class SharedPrograms {
  readonly all: Worker[] = [];
  readonly #closing = new AbortController();
  readonly #projected: Promise<void>;
  readonly #victim = join(
    compiled(
      'libs/**/*.ts',
      '{processes,projections,reports}/*.ts',
      'apps/program/contexts.ts',
      'test/support/skewed.ts',
      'test/processes/{foundation,journal,process-victim}.ts',
    ),
    'test',
  );
  readonly #customers: { readonly customerId: string; owner: Owner }[] = [];

  private constructor(
    private readonly sharing: Sharing,
    private readonly log: LogProgram,
    private readonly program: Program,
  ) {
    this.#projected = this.#project();
  }

  static async open(sharing: Sharing): Promise<SharedPrograms> {
    const log = await logProgram(join(folder(), 'events.db'));
    const store = await EsdbEventStore.open({ url: log.url });
    const { readModels } = sharing;
    const clock = new SystemClock();
    const memory = await openProcessMemory({ url: log.url, clock });
    const program = await Program.open(contexts, [], { store, readModels, memory, clock });
    const programs = new SharedPrograms(sharing, log, program);
    for (let each = 0; each < CUSTOMERS; each += 1) await programs.#register();
    return programs;
  }

  join(): Worker {
    const { url, exactlyOnce = 'transactions', timeToLive, skews = [0] } = this.sharing;
    const skew = String(skews[this.all.length % skews.length]);
    const program = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        `--import=${join(this.#victim, 'support/skewed.js')}`,
        join(this.#victim, 'processes/process-victim.js'),
        this.log.url,
        url,
        exactlyOnce,
        String(timeToLive),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SKEW: skew } },
    );
    this.all.push(new Worker(program));
    return this.all.at(-1)!;
  }

  get living(): readonly Worker[] {
    return this.all.filter(({ process: { exitCode, signalCode } }) => exitCode === null && signalCode === null);
  }

  /** What each of these says it runs. */
  runs(some: readonly Worker[] = this.living): readonly (readonly string[])[] {
    return some.map(({ said }) => {
      const last = said.findLast((line) => line.startsWith('runs '));
      return last ? (JSON.parse(last.slice('runs '.length)) as string[]) : [];
    });
  }

  /** Waits until each process, and the clock, is run by exactly one of these. */
  async shared(some: readonly Worker[] = this.living): Promise<void> {
    await this.until('each being run by one', () => this.runs(some).flat().sort().join() === SHARES.join());
  }

  /** What is held, by whom and under which epoch; without signs of life. */
  async held(): Promise<readonly Omit<Lease, 'beat'>[]> {
    const leases = await this.sharing.readModels.leases();
    return leases.filter(({ share }) => !isPresence(share)).map(({ beat: _, ...held }) => held);
  }

  /** Whether everything is held, and by nobody more than an even part: then nothing is to move. */
  async evenlyHeld(): Promise<boolean> {
    const holders = (await this.held()).map(({ holder }) => holder);
    const most = Math.ceil(SHARES.length / this.living.length);
    const even = this.living.every(({ id }) => holders.filter((holder) => holder === id).length <= most);
    return even && holders.length === SHARES.length && !holders.includes(null);
  }

  /** Waits until each of those that are there has looked a few times at what the others do. */
  async looked(): Promise<void> {
    const beats = async () => {
      const leases = await this.sharing.readModels.leases();
      return new Map(leases.filter(({ share }) => isPresence(share)).map(({ holder, beat }) => [holder, beat]));
    };
    const before = await beats();
    await this.until('each having looked', async () => {
      const now = await beats();
      return this.living.every(({ id }) => now.has(id) && now.get(id)! > (before.get(id) ?? 0) + 12);
    });
  }

  /** A customer is heard of; now and then a task comes due, one is done with a call, and customers go to somebody else. */
  async happens(round: number): Promise<void> {
    const { program } = this;
    const at = this.#customers[round % CUSTOMERS]!;
    const { customerId, owner } = at;
    await program.heardOf('web', {}, { customerId, ownerId: owner.employeeId });
    const about = { customerId, assigneeId: owner.employeeId };
    if (round % 3 === 0) {
      const taskId = newId();
      // In the past of whoever keeps the clock, however wrong theirs is.
      const soon = 300 - 2 * Math.max(0, ...(this.sharing.skews ?? []).map((skew) => Math.abs(skew)));
      const [dueAt, ...reminders] = [soon, soon - 200, soon - 100].map((after) => addMilliseconds(now(), after));
      await program.record(task, taskId, [
        { type: 'TaskCreated', data: createdData({ ...about, taskId, dueAt: dueAt!, reminders }) },
      ]);
    }
    if (round % 6 === 1) {
      const taskId = newId();
      const data = createdData({ ...about, taskId, dueAt: addMilliseconds(now(), 1e9) });
      const interaction = { ...aCall, interactionId: newId() };
      const done = { ...about, taskId, kind: data.kind, outcome: null, note: null, interaction };
      await program.record(task, taskId, [{ type: 'TaskCreated', data }]);
      await program.record(task, taskId, [{ type: 'TaskCompleted', data: done }]);
    }
    // What is said of a call depends on whose customer it is by then: those who are called stay with one.
    if (round % 10 === 0) await this.#handOver(at);
  }

  async until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
    for (const begun = performance.now(); !(await holds()); await sleep(50)) {
      if (performance.now() - begun < PATIENCE) continue;
      const said = this.all.map(({ id, said: each }) => [id, each.slice(-4)]);
      throw new Error(`it never came to ${what}: ${JSON.stringify({ said, held: await this.held() })}`);
    }
  }

  /** What followed is what follows where one program reacts to the same business without ever being interrupted. */
  async expectAsFromOne(): Promise<void> {
    const business = (await this.#log()).filter(({ metadata }) => metadata.source !== 'process');
    const expected = await followingAlone(business, all, contexts, now());
    expect(expected.size).toBeGreaterThan(0);
    const count = (lanes: ReadonlyMap<string, readonly unknown[]>) => [...lanes.values()].flat().length;
    await this.until(`all that follows`, async () => count(following(await this.#log())) >= count(expected));
    const log = await this.#log();
    await this.until('everything being kept', async () => {
      const kept = await Promise.all(all.map(({ name }) => this.program.position(name)));
      return kept.every((position) => position >= log.at(-1)!.position);
    });
    expect(following(await this.#log())).toEqual(expected);
    const ids = log.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { name } of all) expect(await this.program.parked(name)).toEqual([]);
    const refused = this.all
      .flatMap(({ said }) => said)
      .filter((line) => /^(reaction refused|reaction failed)/.test(line));
    expect(refused).toEqual([]);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.killed()));
    this.#closing.abort();
    await this.#projected;
    await this.program.close();
    await this.log.stop();
  }

  #log(): Promise<RecordedEvent[]> {
    return wholeLog(this.program.store);
  }

  async #project(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await this.program.project();
      await sleep(50);
    }
  }

  async #register(): Promise<void> {
    const customerId = newId();
    const owner = await this.#hired();
    this.#customers.push({ customerId, owner });
    await this.program.customer(customerId, owner);
    await this.#hold(customerId, owner);
  }

  async #hired(): Promise<Owner> {
    const employeeId = newId();
    await this.program.record(organisation, organisationId, [
      { type: 'EmployeeHired', data: { employeeId, name: 'Ada' } },
    ]);
    return { employeeId, name: 'Ada', orgUnitId: null, managerId: null };
  }

  async #handOver(at: { readonly customerId: string; owner: Owner }): Promise<void> {
    const { customerId, owner: from } = at;
    const to = await this.#hired();
    await this.#hold(customerId, to);
    await this.program.record(customer, customerId, [
      { type: 'CustomerOwnerAssigned', data: { customerId, from, to, basis: 'transfer' } },
    ]);
    at.owner = to;
  }

  #hold(customerId: string, { employeeId }: Owner): Promise<void> {
    return this.program.record(portfolio, employeeId, [
      { type: 'PortfolioPlaceReserved', data: { employeeId, customerId } },
    ]);
  }
}
