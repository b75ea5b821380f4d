import { join } from 'node:path';
import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { Clock } from '../../libs/clock.js';
import { customer } from '../../libs/customers/customer.decider.js';
import type { InteractionChannel } from '../../libs/customers/events.js';
import type { Decider } from '../../libs/event-store/decider.js';
import { under } from '../../libs/event-store/envelope.js';
import type { Envelope } from '../../libs/event-store/envelope.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import type { EventOf, RecordedEvent } from '../../libs/event-store/event-store.js';
import { Streams } from '../../libs/event-store/streams.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { newId } from '../../libs/ids.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { organisationId } from '../../libs/organisation/events.js';
import { Past } from '../../libs/read-models/past.js';
import { Projector } from '../../libs/read-models/projector.js';
import { Reading } from '../../libs/read-models/reading.js';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { readModel } from '../../libs/read-models/rollup.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite.read-models.js';
import { deadlines } from '../../projections/deadlines.js';
import { taskList } from '../../projections/task-list.js';
import { TestClock } from '../support/clock.js';
import { folder } from '../support/folder.js';
import { sqliteStore } from '../support/stores.js';

export const start = '2026-01-02T09:00:00.000Z';
export const customerId = '0190f5a0-0000-7000-8000-000000000002';
export const ownerId = '0190f5a0-0000-7000-8000-000000000003';

const definitions = [readModel(deadlines), readModel(taskList)];

@Module({})
class Foundation {
  static of(providers: Provider[]): DynamicModule {
    const tokens = [Clock, EventStore, ReadModels, Streams, Upcasting, Reading];
    return { module: Foundation, global: true, providers: [...providers, Streams], exports: tokens };
  }
}

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
    readonly module: TestingModule,
  ) {}

  static async open(contexts: Parts, providers: Provider[] = []): Promise<Program> {
    const place = folder();
    const clock = new TestClock(start);
    const store = sqliteStore({ path: join(place, 'events.db'), clock, durability: 'normal' });
    const readModels = new SqliteReadModels({ path: join(place, 'read-models.db'), clock });
    const past = new Past(store, clock, definitions, 'UTC', () => {
      throw new Error('the past is not asked for here');
    });
    const foundation = Foundation.of([
      { provide: Clock, useValue: clock },
      { provide: EventStore, useValue: store },
      { provide: ReadModels, useValue: readModels },
      { provide: Upcasting, useValue: new Upcasting() },
      { provide: Reading, useValue: new Reading(store, readModels, past) },
    ]);
    const imports = [CqrsModule.forRoot(), foundation, ...contexts];
    const module = await Test.createTestingModule({ imports, providers }).compile();
    await module.init();
    return new Program(clock, store, readModels, module);
  }

  async close(): Promise<void> {
    await this.module.close();
    await this.store.close();
    await this.readModels.close();
  }

  get commands(): CommandBus {
    return this.module.get(CommandBus);
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
    const unknown = { taxId: null, domain: null, phone: null, sector: null, region: null, source: null };
    const details = { ...unknown, name: 'Customer One', establishedIn: null, employees: null, annualRevenue: null };
    const to = { employeeId: ownerId, name: 'Ada', orgUnitId: null, managerId: null };
    await this.record(customer, customerId, [
      {
        type: 'CustomerRegistered',
        data: {
          customerId,
          kind: 'org',
          details,
          tier: 'ordinary',
          tags: [],
          parentCustomerId: null,
          acceptedDuplicates: [],
        },
      },
      { type: 'CustomerOwnerAssigned', data: { customerId, from: null, to, basis: 'supervisor' } },
    ]);
  }

  /** The customer is heard of on a channel. @returns the interaction's id */
  async heardOf(channel: InteractionChannel, sent: Partial<Envelope> = {}): Promise<string> {
    const interactionId = newId();
    const rest = { contactIds: [], durationMinutes: null, location: null, nextStep: null };
    const data = {
      customerId,
      interactionId,
      ownerId,
      channel,
      direction: 'inbound' as const,
      summary: 'a question',
      ...rest,
    };
    await this.record(customer, customerId, [{ type: 'InteractionLogged', data }], sent);
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
