import { join } from 'node:path';
import type { DynamicModule, Provider } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { deadlines } from '../../apps/program/contexts.js';
import { customer } from '../../libs/customers/customer.decider.js';
import type { InteractionChannel, Owner } from '../../libs/customers/events.js';
import type { Decider } from '../../libs/event-store/decider.js';
import { under } from '../../libs/event-store/envelope.js';
import type { Envelope } from '../../libs/event-store/envelope.js';
import type { EventOf, EventStore, RecordedEvent } from '../../libs/event-store/event-store.js';
import { Streams } from '../../libs/event-store/streams.js';
import { newId } from '../../libs/ids.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { organisationId } from '../../libs/organisation/events.js';
import type { Handler } from '../../libs/processes/handler.js';
import { standing } from '../../libs/processes/memory/claim.js';
import { NONE } from '../../libs/processes/memory/process-memory.js';
import type { ProcessMemory } from '../../libs/processes/memory/process-memory.js';
import { parkedStreams, stateName, stateOf } from '../../libs/processes/memory/process-state.js';
import type { ParkedStream, ProcessState } from '../../libs/processes/memory/process-state.js';
import { ScratchProcessMemory } from '../../libs/processes/memory/scratch.process-memory.js';
import type { Process } from '../../libs/processes/process.js';
import { ProcessHandler } from '../../libs/processes/reactions.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import type { ReadModels } from '../../libs/read-models/read-models.js';
import { readModel } from '../../libs/read-models/rollup.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { taskList } from '../../projections/task-list.js';
import { TestClock } from '../support/clock.js';
import { folder } from '../support/folder.js';
import { sqliteStore } from '../support/stores.js';
import { Foundation } from './foundation.js';
import type { Engines } from './foundation.js';

export const start = '2026-01-02T09:00:00.000Z';
export const customerId = '0190f5a0-0000-7000-8000-000000000002';
export const ownerId = '0190f5a0-0000-7000-8000-000000000003';

const definitions = [readModel(deadlines.projection), readModel(taskList)];

type Parts = NonNullable<DynamicModule['imports']>;

/** The program without its edges: a log and read models in a folder that goes with them, and the contexts that are named. */
export class Program {
  readonly reports: { what: string; details: Readonly<Record<string, unknown>> }[] = [];
  readonly report = (what: string, details: Readonly<Record<string, unknown>>): void => {
    this.reports.push({ what, details });
  };

  private constructor(
    readonly clock: TestClock,
    readonly store: EventStore,
    readonly readModels: ReadModels,
    readonly memory: ProcessMemory,
    readonly module: TestingModule,
  ) {}

  /** @param engines in the place of files in that folder */
  static async open(contexts: Parts, providers: Provider[] = [], engines: Partial<Engines> = {}): Promise<Program> {
    const place = folder();
    const clock = new TestClock(start);
    const store = engines.store ?? sqliteStore({ path: join(place, 'events.db'), clock, durability: 'normal' });
    const readModels = engines.readModels ?? new SqliteReadModels({ path: join(place, 'read-models.db'), clock });
    const memory = engines.memory ?? new ScratchProcessMemory();
    const foundation = Foundation.of({ clock: engines.clock ?? clock, store, readModels, memory, definitions });
    const imports = [CqrsModule.forRoot(), foundation, ...contexts];
    const module = await Test.createTestingModule({ imports, providers }).compile();
    await module.init();
    return new Program(clock, store, readModels, memory, module);
  }

  async close(): Promise<void> {
    await this.module.close();
    await this.store.close();
    await this.readModels.close();
    await this.memory.close();
  }

  get commands(): CommandBus {
    return this.module.get(CommandBus);
  }

  /** Processes as a runner runs them. */
  handlers(...processes: readonly Process[]): readonly Handler[] {
    return processes.map((process) => new ProcessHandler(process, this.commands, this.report));
  }

  /** Where a process stands, as far as that is remembered. */
  async position(process: string): Promise<number> {
    return (await stateOf(this.memory, process))?.position ?? 0;
  }

  /** Has it remembered that a process stands there. */
  async stands(process: string, state: Partial<ProcessState>): Promise<void> {
    const name = stateName(process);
    const { revision = NONE } = (await this.memory.read(name)) ?? {};
    await this.memory.write(name, { ...standing(0), ...state }, revision);
  }

  /** The streams that a process has put aside, as far as that is remembered. */
  async parked(process: string): Promise<readonly ParkedStream[]> {
    return parkedStreams(Object.entries((await stateOf(this.memory, process))?.parked ?? {}));
  }

  /** Brings the read models up to the log. */
  async project(): Promise<void> {
    const { store, readModels, report } = this;
    await new Projector({ store, readModels, definitions, zone: 'UTC', report }).catchUp();
  }

  send(command: object, sent: Partial<Envelope> = {}): Promise<unknown> {
    return under({ ...byHand(), ...sent }, () => this.commands.execute(command));
  }

  /** Writes what happened, past every rule. */
  async record<State, Events>(
    of: Decider<State, Events>,
    id: string,
    events: readonly EventOf<Events>[],
    sent: Partial<Envelope> = {},
  ): Promise<void> {
    await under({ ...byHand(), ...sent }, () => this.module.get(Streams).decide(of, id, () => events));
  }

  /** A customer and the employee who answers for it. */
  async customerWithOwner(): Promise<void> {
    await this.record(organisation, organisationId, [
      { type: 'EmployeeHired', data: { employeeId: ownerId, name: 'Ada' } },
    ]);
    await this.customer(customerId, { employeeId: ownerId, name: 'Ada', orgUnitId: null, managerId: null });
  }

  /** A customer for whom this employee answers. */
  async customer(id: string, to: Owner): Promise<void> {
    const unknown = { taxId: null, domain: null, phone: null, sector: null, region: null, source: null };
    const details = { ...unknown, name: 'Customer One', establishedIn: null, employees: null, annualRevenue: null };
    await this.record(customer, id, [
      {
        type: 'CustomerRegistered',
        data: {
          customerId: id,
          kind: 'org',
          details,
          tier: 'ordinary',
          tags: [],
          parentCustomerId: null,
          acceptedDuplicates: [],
        },
      },
      { type: 'CustomerOwnerAssigned', data: { customerId: id, from: null, to, basis: 'supervisor' } },
    ]);
  }

  /** The customer is heard of on a channel. @returns the interaction's id */
  async heardOf(
    channel: InteractionChannel,
    sent: Partial<Envelope> = {},
    of = { customerId, ownerId },
  ): Promise<string> {
    const interactionId = newId();
    const rest = { contactIds: [], durationMinutes: null, location: null, nextStep: null };
    const data = {
      ...of,
      interactionId,
      channel,
      direction: 'inbound' as const,
      summary: 'a question',
      ...rest,
    };
    await this.record(customer, of.customerId, [{ type: 'InteractionLogged', data }], sent);
    return interactionId;
  }

  /** Events of these types, in log order. */
  async events(...types: string[]): Promise<readonly RecordedEvent[]> {
    return (await this.store.readLog({ after: 0, types })).events;
  }
}

const byHand = (): Envelope => ({ actor: { id: 'tester', name: 'Tester' }, source: 'api', correlationId: newId() });

/** Waits for something that comes about by itself. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 10) {
    if (waited > 5_000) throw new Error('it did not come about');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
