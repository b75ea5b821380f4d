import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { deadlines } from '../../apps/program/contexts.js';
import { SystemClock } from '../../libs/clock.js';
import { CustomersModule } from '../../libs/customers/customers.module.js';
import { EsdbEventStore } from '../../libs/event-store/esdb/esdb.event-store.js';
import type { NewEvent } from '../../libs/event-store/event-store.js';
import { OffboardingModule } from '../../libs/offboarding/offboarding.module.js';
import { OrganisationModule } from '../../libs/organisation/organisation.module.js';
import { ClockProcess } from '../../libs/processes/clock.js';
import { openProcessMemory } from '../../libs/processes/memory/open-process-memory.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import { ProcessHandler } from '../../libs/processes/reactions.js';
import { SharedRunner } from '../../libs/processes/shared-runner.js';
import { HeldLeases } from '../../libs/read-models/building/leases.js';
import { MongoReadModels } from '../../libs/read-models/mongo/mongo.read-models.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { TasksModule } from '../../libs/tasks/tasks.module.js';
import { Foundation } from './foundation.js';
import { JournalModule, keepJournal, ofTheBusiness } from './journal.js';

/**
 * One of several programs that share the processes. It says on standard output what it reports, and which shares it runs
 * whenever that changes. Told to, it stands still in the middle of a reaction: ahead of the append, or right behind it.
 */
const [log, url, exactlyOnce, lifetime] = process.argv.slice(2) as [
  log: string,
  url: string,
  exactlyOnce: 'transactions' | 'order',
  lifetime: string,
];
const timeToLive = Number(lifetime);
const say = (what: string) => process.stdout.write(`${what}\n`);
const report = (what: string, details: object) => say(`${what} ${JSON.stringify(details)}`);
const clock = new SystemClock();
const store = await EsdbEventStore.open({ url: log });
const readModels = url.startsWith('mongodb:')
  ? await MongoReadModels.open({ url, clock, exactlyOnce, note: () => undefined })
  : new SqliteReadModels({ path: url, clock });

const memory = await openProcessMemory({ url: log, clock });

let stopping: 'ahead' | 'behind' | undefined;
process.on('SIGUSR1', () => (stopping = 'ahead'));
process.on('SIGUSR2', () => (stopping = 'behind'));
const append = store.appendAll.bind(store);
store.appendAll = async (writes, checks) => {
  const events = writes.flatMap((write) => write.events) as NewEvent[];
  const ofProcess = events.some(({ metadata }) => metadata.rule?.name !== 'clock');
  const standStill = (where: typeof stopping) => {
    if (!ofProcess || stopping !== where) return;
    stopping = undefined;
    say('stopped');
    process.kill(process.pid, 'SIGSTOP');
  };
  standStill('ahead');
  const appended = await append(writes, checks);
  standStill('behind');
  return appended;
};

@Module({
  imports: [
    CqrsModule.forRoot(),
    Foundation.of({ clock, store, readModels, memory, definitions: [] }),
    OrganisationModule,
    CustomersModule,
    TasksModule,
    OffboardingModule,
    JournalModule,
  ],
})
class Victim {}

const program = await NestFactory.createApplicationContext(Victim, { logger: ['error'] });
const commands = program.get(CommandBus);
const handlers = [...ofTheBusiness, keepJournal].map((each) => new ProcessHandler(each, commands, report));
const claiming = { memory, former: readModels, report };
const runner = new SharedRunner({
  store,
  handlers,
  ...claiming,
  clockOf: () => new ClockProcess({ deadlines, readModels, commands, clock, report, interval: 50 }),
  leases: new HeldLeases({ readModels, kind: 'processes', timeToLive, id: `worker ${process.pid}` }),
  interval: timeToLive / 6,
  runnerOf: (each, lost) => new ProcessRunner({ store, handlers: [each], ...claiming, lost, rest: 20 }),
});
await runner.prepare();
runner.start();

let said = '';
setInterval(async () => {
  const running = (await runner.status()).filter(({ state }) => state === 'running').map(({ name }) => name);
  if (runner.clockStatus().state === 'running') running.push('clock');
  const runs = `runs ${JSON.stringify(running)}`;
  if (runs !== said) say((said = runs));
}, 100);
