import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { deadlines, processes } from '../../apps/program/contexts.js';
import { ClockProcess } from '../../libs/processes/clock.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import { SharedRunner } from '../../libs/processes/shared-runner.js';
import { HeldLeases } from '../../libs/read-models/building/leases.js';
import { TasksModule } from '../../libs/tasks/tasks.module.js';
import { eventually, Program } from './program.js';

const TIME_TO_LIVE = 400;

let program: Program;
let runners: SharedRunner[];
beforeEach(async () => {
  program = await Program.open([TasksModule]);
  runners = [];
  await program.customerWithOwner();
});
afterEach(async () => {
  for (const runner of runners) await runner.stop();
  await program.close();
});

/** A program among others, which reaches the read models and the memory by way of these. */
function joins(id: string, { readModels, memory }: Pick<Program, 'readModels' | 'memory'> = program): SharedRunner {
  const { store, commands, clock, report } = program;
  const claiming = { memory, former: readModels, report };
  const runner = new SharedRunner({
    store,
    handlers: program.handlers(...processes),
    ...claiming,
    leases: new HeldLeases({ readModels, kind: 'processes', timeToLive: TIME_TO_LIVE, id }),
    runnerOf: (handler, lost) => new ProcessRunner({ store, handlers: [handler], ...claiming, lost, rest: 5 }),
    clockOf: () => new ClockProcess({ deadlines, readModels, commands, clock, report, interval: 20 }),
    interval: 20,
  });
  runners.push(runner);
  runner.start();
  return runner;
}

const holderOf = async (share: string) =>
  (await program.readModels.leases()).find((lease) => lease.share === share)?.holder ?? null;
const tasks = async () => (await program.events('TaskCreated')).length;

it('each process is run by one of those who share them, and by another when that one leaves', async () => {
  const [ann, bob] = [joins('ann'), joins('bob')];
  const states = async () =>
    Promise.all([ann, bob].map(async (runner) => (await runner.status()).map(({ state }) => state)));
  await eventually(async () => {
    const [anns, bobs] = await states();
    return anns!.every((state, at) => (state === 'running') !== (bobs![at] === 'running'));
  });
  await program.heardOf('web');
  await eventually(async () => (await tasks()) === 1);
  const first = (await holderOf('process:follow-up-on-web')) === 'ann' ? ann : bob;
  await first.stop();
  await program.heardOf('web');
  await eventually(async () => (await tasks()) === 2);
  const other = first === ann ? bob : ann;
  await eventually(async () => (await other.status()).every(({ state }) => state === 'running'));
  expect(other.clockStatus().state).toBe('running');
});

it('the clock waits while its program asks for that, also when the program takes it over meanwhile', async () => {
  await program.project();
  const ann = joins('ann');
  ann.holdClock(true);
  await eventually(async () => ann.clockStatus().state === 'running');
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(ann.clockStatus().lookedAt).toBeNull();
  ann.holdClock(false);
  await eventually(async () => ann.clockStatus().lookedAt !== null);
});

it('one that stands still is gone on for; what it keeps afterwards is refused, and nothing is done twice', async () => {
  let paused: Promise<void> | undefined;
  const slowed = <Target extends object>(whole: Target): Target =>
    new Proxy(whole, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          await paused;
          return (await Reflect.apply(member, target, args)) as unknown;
        };
      },
    });
  const ann = joins('ann', { readModels: slowed(program.readModels), memory: slowed(program.memory) });
  await eventually(async () => (await ann.status()).every(({ state }) => state === 'running'));
  await program.heardOf('web');
  await eventually(async () => (await tasks()) === 1);
  const { promise, resolve: goOn } = Promise.withResolvers<void>();
  paused = promise;
  // It has begun this one and cannot say so.
  await program.heardOf('web');
  const bob = joins('bob');
  await eventually(async () => (await bob.status()).every(({ state }) => state === 'running'));
  await eventually(async () => (await tasks()) === 2);
  await bob.stop();
  const before = await program.position('follow-up-on-web');
  const { epoch } = (await program.readModels.leases()).find(({ share }) => share === 'process:follow-up-on-web')!;
  expect(epoch).toBe(2);
  paused = undefined;
  goOn();
  // It takes part again, under an epoch of its own.
  await eventually(async () => (await ann.status()).every(({ state }) => state === 'running'));
  await program.heardOf('web');
  await eventually(async () => (await tasks()) === 3);
  const inquiries = new Set((await program.events('TaskCreated')).map(({ metadata }) => metadata.causationId));
  expect(inquiries.size).toBe(3);
  await eventually(async () => (await program.position('follow-up-on-web')) > before);
  await eventually(() => program.reports.some(({ details }) => /taken over/.test(String(details['error']))));
});

it('a parked stream is tried again by whoever runs the process', async () => {
  const failed = { position: 1, attempts: 5, error: 'failed', waiting: 1, last: 1 };
  const head = await program.store.head();
  await program.stands('follow-up-on-web', { position: head, begun: head, parked: { 'customer-x': failed } });
  const [ann, bob] = [joins('ann'), joins('bob')];
  await eventually(async () => (await holderOf('process:follow-up-on-web')) !== null);
  for (const runner of [ann, bob]) expect(await runner.retry('follow-up-on-web', 'customer-y')).toBe(false);
  const other = (await holderOf('process:follow-up-on-web')) === 'ann' ? bob : ann;
  expect(await other.retry('follow-up-on-web', 'customer-x')).toBe(true);
  await eventually(async () => (await program.parked('follow-up-on-web')).length === 0);
});
