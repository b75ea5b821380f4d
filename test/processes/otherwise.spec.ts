import type { CommandBus } from '@nestjs/cqrs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '../../libs/errors.js';
import { idFrom, newId } from '../../libs/ids.js';
import type { Process, Reaction } from '../../libs/processes/process.js';
import { ScratchProcessMemory } from '../../libs/processes/memory/scratch.process-memory.js';
import { ProcessHandler } from '../../libs/processes/reactions.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import { CreateTask, StartTask } from '../../libs/tasks/commands.js';
import { task } from '../../libs/tasks/task.decider.js';
import { TasksModule } from '../../libs/tasks/tasks.module.js';
import { recorded } from '../support/given.js';
import { created } from '../tasks/samples.js';
import { Program, start } from './program.js';

let program: Program;
const taskId = newId();
beforeEach(async () => {
  program = await Program.open([TasksModule]);
  await program.record(task, taskId, [created({ taskId })]);
});
afterEach(() => program.close());

/** There is no such task: refused, `task-unknown`. */
const refused = () => new StartTask(newId());
const another = (title: string) => new CreateTask(newId(), { kind: 'care', title, dueAt: start });

/** What comes of a reaction to one event. */
async function following(reaction: Reaction): Promise<ProcessRunner> {
  const { store, memory, report } = program;
  const process: Process = {
    name: 'p',
    version: 3,
    from: 'beginning',
    types: ['TaskStarted'],
    react: () => [reaction],
  };
  await program.send(new StartTask(taskId));
  const runner = new ProcessRunner({ store, memory, report, handlers: program.handlers(process) });
  await runner.catchUp();
  return runner;
}

const tasks = async () => (await program.events('TaskCreated')).slice(1);

describe('what is asked for when a rule refuses', () => {
  it('is told why, and may itself be refused, any number of times', async () => {
    const codes: string[] = [];
    const told = (next: Reaction | null) => (refusal: Refusal) => {
      codes.push(refusal.code);
      return next;
    };
    const last: Reaction = { command: another('the third'), otherwise: told({ command: another('never') }) };
    const second: Reaction = { command: refused(), otherwise: told(last) };
    const runner = await following({ command: refused(), otherwise: told(second) });
    expect(codes).toEqual(['task-unknown', 'task-unknown']);
    expect(runner.status()).toMatchObject([{ handled: 1, refused: 2, parked: [] }]);
    expect(await tasks()).toMatchObject([{ data: { title: 'the third' } }]);
  });

  it('may be nothing', async () => {
    const runner = await following({ command: refused(), otherwise: () => null });
    expect(runner.status()).toMatchObject([{ handled: 1, refused: 1, parked: [] }]);
    expect(await tasks()).toEqual([]);
  });

  it.each([
    [0, '0'],
    [1, '0 otherwise'],
    [2, '0 otherwise otherwise'],
  ])('has an id of its own after %i refusals, which stays', async (steps, key) => {
    const [event] = await program.events('TaskStarted');
    expect(event).toBeUndefined();
    let reaction: Reaction = { command: another('at last') };
    for (let step = 0; step < steps; step += 1) {
      const next = reaction;
      reaction = { command: refused(), otherwise: () => next };
    }
    await following(reaction);
    const [cause] = await program.events('TaskStarted');
    expect((await tasks())[0]!.metadata.commandId).toBe(idFrom('process', 'p', '3', cause!.id, key));
  });
});

describe('a program that ends between a refusal and what is asked for instead', () => {
  it('goes on with that, whatever the rule would say by now', async () => {
    const sent: string[] = [];
    const memory = new ScratchProcessMemory();
    const [event] = recorded([{ type: 'Happened', data: {} }]);
    const process: Process = {
      name: 'p',
      version: 1,
      from: 'beginning',
      types: ['Happened'],
      react: () => [
        {
          command: { asks: 'first' },
          otherwise: ({ code, details }) => ({ command: { asks: `instead of ${code}, ${String(details['why'])}` } }),
        },
      ],
    };
    const running = (answer: (asks: string) => void) =>
      new ProcessHandler(
        process,
        {
          execute: async ({ asks }: { asks: string }) => {
            sent.push(asks);
            answer(asks);
          },
        } as unknown as CommandBus,
        () => undefined,
        undefined,
        memory,
      );
    const dying = running((asks) => {
      if (asks === 'first') throw new Refusal('no-room', 'There is no room.', { why: 'full' });
      throw new Error('the program ends here');
    });
    await expect(dying.handle([event!])).rejects.toThrow('the program ends here');
    // There is room by now.
    expect(await running(() => undefined).handle([event!])).toBe(1);
    expect(sent).toEqual(['first', 'instead of no-room, full', 'instead of no-room, full']);
  });
});
