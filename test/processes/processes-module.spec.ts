import { afterEach, expect, it } from '@jest/globals';
import { deadlines, processes, sweeps } from '../../apps/program/contexts.js';
import { CustomersModule } from '../../libs/customers/customers.module.js';
import { ProcessesModule } from '../../libs/processes/processes.module.js';
import { Processes } from '../../libs/processes/processes.js';
import { TasksModule } from '../../libs/tasks/tasks.module.js';
import { eventually, Program } from './program.js';

let program: Program | undefined;
afterEach(() => program?.close());

it('processes and the clock run as long as the program does', async () => {
  program = await Program.open([
    CustomersModule,
    TasksModule,
    ProcessesModule.forRoot({ processes, sweeps, deadlines }),
  ]);
  const { module } = program;
  await program.customerWithOwner();
  await program.heardOf('web');
  await eventually(async () => (await program!.events('TaskCreated')).length === 1);
  await program.project();
  program.clock.time = '2026-01-04T09:00:00.000Z';
  await eventually(async () => (await program!.events('TaskBecameOverdue')).length === 1);
  const running = module.get(Processes);
  expect(await running.status()).toMatchObject({
    processes: [...processes, ...sweeps].map(({ name }) => ({ name, state: 'running', parked: [] })),
    clock: { state: 'running', recorded: 1, failing: [] },
  });
  expect(await running.retry('follow-up-on-web', 'customer-1')).toBe(false);
  await module.close();
  const { processes: stopped, clock } = await running.status();
  expect(new Set([...stopped, clock].map(({ state }) => state))).toEqual(new Set(['stopped']));
  const [inquiry] = await program.events('InteractionLogged');
  expect(await program.position('follow-up-on-web')).toBeGreaterThanOrEqual(inquiry!.position);
});

it('every process has a name of its own, since its checkpoint is kept under it', () => {
  const names = processes.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
