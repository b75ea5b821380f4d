import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { ownedCustomers } from '../../libs/customers/belongings.js';
import { CustomersModule } from '../../libs/customers/customers.module.js';
import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { OffboardingModule } from '../../libs/offboarding/offboarding.module.js';
import { OrganisationModule } from '../../libs/organisation/organisation.module.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import { SqliteProcessMemory } from '../../libs/processes/memory/sqlite.process-memory.js';
import { ProcessHandler } from '../../libs/processes/reactions.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { handingOver } from '../../processes/handing-over.js';
import { Foundation } from '../processes/foundation.js';

/** Hands over what a log tells off, and ends when every event there was has been reacted to. It says when it begins. */
const [log, memoryPath, readModelsPath] = process.argv.slice(2) as [string, string, string];
const clock = new SystemClock();
const writer = { pid: process.pid, program: 'handing over', since: new Date().toISOString() };
const store = new SqliteEventStore({ path: log, clock, writer });
const memory = new SqliteProcessMemory({ path: memoryPath, clock });
const readModels = new SqliteReadModels({ path: readModelsPath, clock });

@Module({
  imports: [
    CqrsModule.forRoot(),
    Foundation.of({ clock, store, readModels, memory, definitions: [] }),
    OrganisationModule,
    CustomersModule,
    OffboardingModule,
  ],
})
class HandingOver {}

const program = await NestFactory.createApplicationContext(HandingOver, { logger: ['error'] });
const report = (): void => undefined;
const handler = new ProcessHandler(handingOver([ownedCustomers]), program.get(CommandBus), report);
const runner = new ProcessRunner({ store, memory, handlers: [handler], report });
process.stdout.write('begins\n');
await runner.catchUp();
await runner.stop();
await program.close();
await memory.close();
await readModels.close();
await store.close();
