import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Unavailable } from '../../libs/errors.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import type { Process } from '../../libs/processes/process.js';
import { ProcessRunner } from '../../libs/processes/process-runner.js';
import type { ProcessRunnerOptions } from '../../libs/processes/process-runner.js';
import { stateOf, wish } from '../../libs/processes/memory/process-state.js';
import type { ProcessState } from '../../libs/processes/memory/process-state.js';
import { StartTask } from '../../libs/tasks/commands.js';
import { task } from '../../libs/tasks/task.decider.js';
import { TasksModule } from '../../libs/tasks/tasks.module.js';
import { Mortal } from '../support/mortal.js';
import { created } from '../tasks/samples.js';
import { eventually, ownerId, Program } from './program.js';

const taskIds = ['a', 'b', 'c'].map((letter) => `0190f5a0-0000-7000-8000-00000000000${letter}`);
const [a, b, c] = taskIds.map((id) => `task-${id}`) as [string, string, string];

let program: Program;
let runners: ProcessRunner[];
/** Streams and positions in the order in which they were reacted to. */
let seen: string[];
let fails: (event: RecordedEvent) => void;

beforeEach(async () => {
  program = await Program.open([TasksModule]);
  runners = [];
  seen = [];
  fails = () => undefined;
  for (const taskId of taskIds) await program.record(task, taskId, [created({ taskId })]);
});
afterEach(async () => {
  for (const each of runners) await each.stop();
  await program.close();
});

/** Starts each task that was created. */
const starter: Process = {
  name: 'starter',
  version: 1,
  from: 'beginning',
  types: ['TaskCreated', 'TaskAssigned'],
  react(event) {
    fails(event);
    seen.push(`${event.stream} ${event.position}`);
    const { taskId } = event.data as { taskId: string };
    return event.type === 'TaskCreated' ? [{ command: new StartTask(taskId) }] : [];
  },
};
const runner = (options: Partial<ProcessRunnerOptions> = {}): ProcessRunner => {
  const { store, memory, report } = program;
  const runner = new ProcessRunner({
    store,
    memory,
    handlers: program.handlers(starter),
    report,
    rest: 1,
    ...options,
  });
  runners.push(runner);
  return runner;
};
const assign = (stream: string) =>
  program.record(task, stream.slice(5), [
    { type: 'TaskAssigned', data: { taskId: stream.slice(5), customerId: null, from: null, to: ownerId } },
  ]);
const started = async () => (await program.events('TaskStarted')).map(({ stream }) => stream).sort();
const broken =
  (...streams: string[]) =>
  ({ stream }: RecordedEvent) => {
    if (streams.includes(stream)) throw new Error('a fault');
  };
const reports = () => program.reports.map(({ what }) => what);

describe('a stream that cannot be reacted to', () => {
  it('is parked after a few attempts; the others and the checkpoint go on', async () => {
    await assign(b);
    fails = broken(b);
    const running = runner();
    await running.catchUp();
    expect(await started()).toEqual([a, c]);
    const head = await program.store.head();
    expect(await running.status()).toMatchObject([
      { position: head, handled: 2, parked: [{ stream: b, position: 2, attempts: 5, error: 'a fault', waiting: 2 }] },
    ]);
    expect(reports()).toEqual([...Array(4).fill('reaction failed'), 'stream parked']);
    expect(await stateOf(program.memory, 'starter')).toMatchObject({ position: head, begun: head });
  });

  it('stays it over a restart, with what happens in it meanwhile', async () => {
    fails = broken(b);
    await runner().catchUp();
    fails = () => undefined;
    seen = [];
    const restarted = runner();
    await assign(b);
    await assign(a);
    await restarted.catchUp();
    expect(seen).toEqual([expect.stringContaining(a)]);
    expect((await restarted.status())[0]!.parked).toMatchObject([{ stream: b, waiting: 2 }]);
  });

  it('is reacted to in order when somebody wants it tried again, also by the next program', async () => {
    fails = broken(b);
    await runner().catchUp();
    await assign(b);
    const next = runner();
    await next.catchUp();
    expect(await next.retry('starter', a)).toBe(false);
    expect(await next.retry('unknown', b)).toBe(false);
    expect(await next.retry('starter', b)).toBe(true);
    fails = () => undefined;
    seen = [];
    const last = runner();
    await last.catchUp();
    expect(seen).toEqual([`${b} 2`, expect.stringContaining(b)]);
    expect(await started()).toEqual([a, b, c]);
    expect((await last.status())[0]!.parked).toEqual([]);
    await assign(b);
    await last.catchUp();
    expect(seen).toHaveLength(3);
  });

  it('is tried again while the program runs, and what happens meanwhile comes behind it', async () => {
    fails = broken(b);
    const running = runner();
    running.start();
    await eventually(async () => (await program.parked('starter')).length === 1);
    let assigned = false;
    fails = ({ stream, type }) => {
      if (stream !== b || assigned) return;
      expect(type).toBe('TaskCreated');
      throw new Unavailable('store-busy', 'Too many writes are waiting.', 1);
    };
    seen = [];
    expect(await running.retry('starter', b)).toBe(true);
    await eventually(() => reports().includes('reaction waits'));
    await assign(b);
    await assign(a);
    await eventually(() => seen.some((each) => each.startsWith(a)));
    assigned = true;
    await eventually(async () => (await program.parked('starter')).length === 0);
    await running.stop();
    expect(seen.filter((each) => each.startsWith(b))).toEqual([`${b} 2`, expect.stringContaining(b)]);
    expect(await started()).toEqual([a, b, c]);
  });

  it.each(['put aside', 'kept'])('is forgotten as parked only when nothing was %s in the last moment', async (how) => {
    fails = broken(b);
    const running = runner();
    running.start();
    const { store } = program;
    await eventually(async () => (await program.parked('starter')).length === 1);
    fails = () => undefined;
    const readStream = store.readStream.bind(store);
    let looks = 0;
    store.readStream = async (stream, range) => {
      const found = await readStream(stream, range);
      if (stream !== b || (looks += 1) > 1) return found;
      await assign(b);
      await eventually(async () => running.status()[0]!.position === (await store.head()));
      if (how === 'kept') await eventually(async () => (await program.parked('starter'))[0]!.waiting === 2);
      return found;
    };
    seen = [];
    await running.retry('starter', b);
    await eventually(async () => (await program.parked('starter')).length === 0);
    await running.stop();
    expect(seen).toEqual([`${b} 2`, expect.stringContaining(b)]);
  });

  it('is not tried again further on than it was met: a program before put that aside without its checkpoint', async () => {
    await assign(b);
    const failed = { position: 2, attempts: 5, error: 'failed', waiting: 2, last: 4 };
    await program.stands('starter', { position: 1, begun: 1, parked: { [b]: failed } });
    await wish(program.memory, 'starter', b);
    await runner().catchUp();
    expect(seen.filter((each) => each.startsWith(b))).toEqual([`${b} 2`, `${b} 4`]);
    expect(await program.parked('starter')).toEqual([]);
  });

  it('stays parked when it fails again, at what it failed on', async () => {
    fails = broken(b);
    await runner().catchUp();
    await assign(b);
    const second = runner();
    await second.catchUp();
    await second.retry('starter', b);
    fails = ({ stream, type }) => {
      if (stream === b && type === 'TaskAssigned') throw new Error('another fault');
    };
    await runner().catchUp();
    expect(await program.parked('starter')).toMatchObject([{ stream: b, error: 'another fault', waiting: 1 }]);
    expect(reports()).toContain('stream stays parked');
    expect(await started()).toEqual([a, b, c]);
  });

  it('is given up after attempts of several programs', async () => {
    fails = broken(b);
    for (let starts = 0; starts < 2; starts += 1) {
      const running = runner({ rest: 100_000 });
      running.start();
      await eventually(() => reports().filter((what) => what === 'reaction failed').length === starts + 1);
      await running.stop();
    }
    program.reports.length = 0;
    await runner().catchUp();
    expect(reports()).toEqual(['reaction failed', 'reaction failed', 'stream parked']);
  });

  it('is given up too where a program before got further with it', async () => {
    await assign(b);
    await program.stands('starter', { attempts: { [b]: { position: 4, attempts: 1, error: 'failed once' } } });
    fails = broken(b);
    await runner().catchUp();
    expect(await program.parked('starter')).toMatchObject([{ stream: b, waiting: 2, error: 'a fault' }]);
  });

  it('is not given up while the attempts cannot be counted', async () => {
    fails = broken(b);
    const { memory } = program;
    const write = memory.write.bind(memory);
    let left = 8;
    memory.write = (name, document, revision) => {
      const counts = b in (document as ProcessState).attempts || b in (document as ProcessState).parked;
      if (!counts || (left -= 1) < 0) return write(name, document, revision);
      return Promise.reject(new Unavailable('storage-full', 'The disk is full.', 1));
    };
    await runner().catchUp();
    expect(left).toBeLessThan(0);
    expect(reports()).toContain('attempt not counted');
    expect(await program.parked('starter')).toMatchObject([{ stream: b, waiting: 1 }]);
  });

  it('stops everything where there are too many, until some have been dealt with', async () => {
    fails = broken(a, b);
    const running = runner({ mostParked: 2 });
    running.start();
    await eventually(async () => (await running.status())[0]!.state === 'failed');
    await assign(c);
    await eventually(() => reports().includes('too many parked streams'));
    seen = [];
    fails = () => undefined;
    expect(await running.retry('starter', a)).toBe(true);
    await eventually(() => seen.some((each) => each.startsWith(c)));
    expect((await running.status())[0]).toMatchObject({ state: 'running', parked: [{ stream: b }] });
    await running.stop();
  });
});

describe('a program that ends while it reacts', () => {
  /** Ends with the event for which `kills` holds, as long as it does. @returns how often it ended */
  async function untilItLives(kills: (event: RecordedEvent) => boolean): Promise<number> {
    for (let deaths = 0; deaths < 20; deaths += 1) {
      const mortal = new Mortal(program.memory, Infinity, false, new Set());
      fails = (event) => {
        if (mortal.dead) throw new Error('this program is dead');
        if (!kills(event)) return;
        mortal.dead = true;
        throw new Error('dead');
      };
      const running = runner({ memory: mortal.target });
      running.start();
      await eventually(
        async () => mortal.dead || (await running.status())[0]!.position === (await program.store.head()),
      );
      await running.stop();
      if (!mortal.dead) return deaths;
    }
    throw new Error('it never lived');
  }

  it('at the same event again and again has its stream parked', async () => {
    await assign(b);
    expect(await untilItLives(({ position }) => position === 2)).toBe(5);
    expect(await started()).toEqual([a, c]);
    expect(await program.parked('starter')).toEqual([expect.objectContaining({ stream: b, position: 2, waiting: 2 })]);
    expect((await program.parked('starter'))[0]!.error).toBe(
      'TaskCreated at position 2: the program ended while this was being reacted to',
    );
    // Tried again by request it ends the program once more, and not by itself after that.
    await wish(program.memory, 'starter', b);
    expect(await untilItLives(({ position }) => position === 2)).toBe(1);
    await wish(program.memory, 'starter', b);
    expect(await untilItLives(() => false)).toBe(0);
    expect(await program.parked('starter')).toEqual([]);
    expect(await started()).toEqual([a, b, c]);
  });

  it('by none of its events puts none aside, however often', async () => {
    for (let death = 0; death < 12; death += 1) {
      // The first writing takes over. At first it dies of the one after the events; later too, since what was begun is known by then.
      const mortal = new Mortal(program.memory, death === 0 ? 3 : 2, false, new Set(['write']));
      await expect(runner({ memory: mortal.target }).catchUp()).rejects.toThrow('dead');
    }
    await runner().catchUp();
    expect(await program.parked('starter')).toEqual([]);
    expect(await started()).toEqual([a, b, c]);
  });
});
