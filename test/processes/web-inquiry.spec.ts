import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { customer } from '../../libs/customers/customer.decider.js';
import { LogInteraction } from '../../libs/customers/commands.js';
import { logInteraction } from '../../libs/customers/interaction.rules.js';
import { handle } from '../../libs/event-store/handle.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { organisationId } from '../../libs/organisation/events.js';
import { followUpOnWeb } from '../../processes/follow-up-on-web.js';
import { interactionOfTask } from '../../processes/interaction-of-task.js';
import type { Process } from '../../libs/processes/process.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import { interactionIdOf } from '../../libs/tasks/facts.js';
import { CompleteTask } from '../../libs/tasks/commands.js';
import { TasksModule } from '../../libs/tasks/tasks.module.js';
import { taskList } from '../../projections/task-list.js';
import { aCall } from '../tasks/samples.js';
import { customerId, eventually, ownerId, Program, start } from './program.js';

const never = () => Promise.resolve({ imported: false });
let program: Program;

beforeEach(async () => {
  program = await Program.open([TasksModule], [handle(LogInteraction, customer, logInteraction, never)]);
});
afterEach(() => program.close());

const runnerOf = (...processes: Process[]): ProcessRunner => {
  const { store, memory, report } = program;
  const handlers = program.handlers(...processes.map((each) => ({ ...each, from: 'beginning' as const })));
  return new ProcessRunner({ store, memory, handlers, report, rest: 1 });
};

describe('an inquiry on the web site', () => {
  beforeEach(() => program.customerWithOwner());

  it('becomes one task of the owner, which leads back to it', async () => {
    await program.heardOf('web', { correlationId: 'the visit' });
    const runner = runnerOf(followUpOnWeb);
    await runner.catchUp();
    const [inquiry] = await program.events('InteractionLogged');
    const tasks = await program.events('TaskCreated');
    expect(tasks).toHaveLength(1);
    expect(tasks[0]).toMatchObject({
      occurredAt: inquiry!.occurredAt,
      data: { kind: 'follow_up', customerId, assigneeId: ownerId, dueAt: '2026-01-03T09:00:00.000Z' },
      metadata: {
        actor: { id: 'process:follow-up-on-web', name: 'follow-up-on-web' },
        source: 'process',
        rule: { name: 'follow-up-on-web', version: 1 },
        causationId: inquiry!.id,
        correlationId: 'the visit',
      },
    });
    await program.project();
    const { items } = await program.readModels.find(taskList, { filter: { assigneeId: ownerId } });
    expect(items).toMatchObject([{ kind: 'follow_up', status: 'open', createdBy: { rule: 'follow-up-on-web' } }]);
    expect(await runner.status()).toMatchObject([
      { name: 'follow-up-on-web', state: 'running', handled: 1, refused: 0, parked: [] },
    ]);
  });

  it('becomes no second task when the runner begins again, also without its checkpoint', async () => {
    await program.heardOf('web');
    await runnerOf(followUpOnWeb).catchUp();
    const again = runnerOf(followUpOnWeb);
    await again.catchUp();
    expect(await again.status()).toMatchObject([{ handled: 0 }]);
    await program.stands('follow-up-on-web', { position: 0 });
    const afresh = runnerOf(followUpOnWeb);
    await afresh.catchUp();
    expect(await afresh.status()).toMatchObject([{ handled: 1, refused: 0 }]);
    expect(await program.events('TaskCreated')).toHaveLength(1);
  });

  it('is reacted to while the program runs, and after it was down', async () => {
    const runner = runnerOf(followUpOnWeb);
    runner.start();
    await program.heardOf('web');
    await program.heardOf('email');
    await eventually(async () => (await program.events('TaskCreated')).length === 1);
    await runner.stop();
    expect(await runner.status()).toMatchObject([{ state: 'stopped' }]);
    await program.heardOf('web');
    const next = runnerOf(followUpOnWeb);
    next.start();
    await eventually(async () => (await program.events('TaskCreated')).length === 2);
    await next.stop();
    const last = (await program.events('InteractionLogged')).at(-1)!;
    expect(await program.position('follow-up-on-web')).toBeGreaterThanOrEqual(last.position);
  });

  it('still becomes a task when nobody was there to react for longer than the answer may take', async () => {
    await program.heardOf('web');
    program.clock.time = '2026-01-20T09:00:00.000Z';
    await runnerOf(followUpOnWeb).catchUp();
    expect(await program.events('TaskCreated')).toMatchObject([
      { occurredAt: start, recordedAt: program.clock.time, data: { dueAt: '2026-01-03T09:00:00.000Z' } },
    ]);
  });

  it('waits for an assignee when the owner may not act', async () => {
    await program.record(organisation, organisationId, [
      { type: 'EmployeeSuspended', data: { employeeId: ownerId, reason: 'a matter of its own' } },
    ]);
    await program.heardOf('web');
    const runner = runnerOf(followUpOnWeb);
    await runner.catchUp();
    expect(await program.events('TaskCreated')).toMatchObject([{ data: { customerId, assigneeId: null } }]);
    expect(await runner.status()).toMatchObject([{ handled: 1, refused: 1 }]);
    expect(program.reports).toMatchObject([{ what: 'reaction refused', details: { code: 'assignee-inactive' } }]);
  });

  it('stands in the history once it was answered, and makes no new task of the answer', async () => {
    await program.heardOf('web');
    const runner = runnerOf(followUpOnWeb, interactionOfTask);
    await runner.catchUp();
    const [follow] = await program.events('TaskCreated');
    const { taskId } = follow!.data as { taskId: string };
    const answer = { ...aCall, channel: 'web' as const, direction: 'inbound' as const };
    await program.send(new CompleteTask(taskId, { outcome: 'resolved', interaction: answer }));
    // Whose clock is behind has not seen the future: what follows has the time of its cause.
    program.clock.advance(-3_600_000);
    await runner.catchUp();
    const [done] = await program.events('TaskCompleted');
    expect((await program.events('InteractionLogged'))[1]).toMatchObject({
      occurredAt: done!.occurredAt,
      data: { customerId, interactionId: interactionIdOf(taskId), ownerId, summary: aCall.summary },
      metadata: {
        causationId: done!.id,
        correlationId: done!.metadata.correlationId,
        rule: { name: 'interaction-of-task' },
      },
    });
    expect(await program.events('TaskCreated')).toHaveLength(1);
    expect(await program.events('InteractionLogged')).toHaveLength(2);
  });
});
