import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ClockProcess } from '../../libs/processes/clock.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import { processes } from '../../libs/processes/processes.module.js';
import { SharedRunner } from '../../libs/processes/shared-runner.js';
import { Holding } from '../../libs/read-models/building/leases.js';
import type { ReadModels } from '../../libs/read-models/read-models.js';
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

/** A program among others, which reaches the read models by way of this. */
function joins(id: string, readModels: ReadModels = program.readModels): SharedRunner {
  const { store, commands, clock, report } = program;
  const runner = new SharedRunner({
    readModels,
    processes,
    report,
    holding: new Holding({ readModels, kind: 'processes', timeToLive: TIME_TO_LIVE, id }),
    runnerOf: (process, kept) =>
      new ProcessRunner({ store, readModels: kept, commands, processes: [process], report, rest: 5 }),
    clockOf: () => new ClockProcess({ readModels, commands, clock, report, interval: 20 }),
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

it('one that stands still is gone on for; what it keeps afterwards is refused, and nothing is done twice', async () => {
  let paused: Promise<void> | undefined;
  const slow = new Proxy(program.readModels, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        await paused;
        return (await Reflect.apply(member, target, args)) as unknown;
      };
    },
  });
  const ann = joins('ann', slow);
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
  const before = await program.readModels.checkpoint('follow-up-on-web');
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
  await eventually(async () => (await program.readModels.checkpoint('follow-up-on-web')).position > before.position);
  await eventually(() => program.reports.some(({ details }) => /taken over/.test(String(details['error']))));
});

it('a parked stream is tried again by whoever runs the process', async () => {
  const [ann, bob] = [joins('ann'), joins('bob')];
  await eventually(async () => (await holderOf('process:follow-up-on-web')) !== null);
  await program.readModels.attempt('follow-up-on-web', 'customer-x', 1, 'failed', 1);
  for (const runner of [ann, bob]) expect(await runner.retry('follow-up-on-web', 'customer-y')).toBe(false);
  const other = (await holderOf('process:follow-up-on-web')) === 'ann' ? bob : ann;
  expect(await other.retry('follow-up-on-web', 'customer-x')).toBe(true);
  await eventually(async () => (await program.readModels.parked()).length === 0);
});
