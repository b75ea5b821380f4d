import { withoutLogin } from '../../libs/event-store/esdb/url.js';
import { checkApart, openMovable } from '../../libs/event-store/move/open-movable.js';
import { move } from '../../libs/event-store/move/move.js';
import { SystemClock } from '../../libs/clock.js';
import { checkMovable, moveMemory } from '../../libs/processes/memory/moving.js';
import { openProcessMemory } from '../../libs/processes/memory/open-process-memory.js';
import type { ProcessMemory } from '../../libs/processes/memory/process-memory.js';
import { processes } from '../program/contexts.js';
import { configOf } from './contexts.js';
import type { Common } from './options.js';
import { Progress } from './progress.js';
import type { Define } from './session.js';

const TITLES = { copying: 'copying the log', verifying: 'reading it back' } as const;

export const define: Define = (command, begin) => {
  command
    .option('--from <url>', 'where the log is, as in EVENT_STORE_URL (default: EVENT_STORE_URL)')
    .requiredOption('--to <url>', 'where it is to be: empty, or what an earlier move left there')
    .action(async (options: Common & { readonly from?: string; readonly to: string }) => {
      const { output, signal } = begin(options);
      const { EVENT_STORE_URL: from } = configOf(options, options.from ? { EVENT_STORE_URL: options.from } : {});
      const { EVENT_STORE_URL: to, START_PATIENCE_SECONDS: seconds } = configOf(options, {
        EVENT_STORE_URL: options.to,
      });
      checkApart(from, to);
      const stopped = () => output.note('Stopped. What was copied stays; the same move again goes on from there.');
      signal.addEventListener('abort', stopped);
      const writer = { pid: process.pid, program: 'annals move', since: new Date().toISOString() };
      const source = await openMovable(from, 'source', writer, seconds * 1_000);
      try {
        const target = await openMovable(to, 'target', writer, seconds * 1_000);
        try {
          await using memories = new Memories(from, to);
          const names = processes.map(({ name }) => name);
          const here = { log: source, memory: await memories.ofSource() };
          await checkMovable(names, here);
          const bars = new Bars();
          const moved = await move(source, target, { signal, progress: bars.show }).finally(bars.end);
          const known = await moveMemory(names, here, { log: target, memory: await memories.ofTarget() });
          const answer = { from: withoutLogin(from), to: withoutLogin(to), ...moved, processes: known };
          output.answer(answer, () => textOf(answer));
          if (known.length < names.length && moved.events > 0) output.note(forgotten(names, known));
        } finally {
          await target.close();
        }
      } finally {
        await source.close();
      }
    });
};

/** The memories of processes at both ends, that of the target only when it is to be written. */
class Memories {
  readonly #opened: ProcessMemory[] = [];

  constructor(
    private readonly from: string,
    private readonly to: string,
  ) {}

  ofSource(): Promise<ProcessMemory> {
    return this.#open(this.from, true);
  }

  ofTarget(): Promise<ProcessMemory> {
    return this.#open(this.to, false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const memory of this.#opened) await memory.close();
  }

  async #open(url: string, readOnly: boolean): Promise<ProcessMemory> {
    const memory = await openProcessMemory({ url, clock: new SystemClock(), readOnly });
    this.#opened.push(memory);
    return memory;
  }
}

/** A bar for every step. */
class Bars {
  #step: keyof typeof TITLES | undefined;
  #bar: Progress | undefined;
  #began = 0;

  readonly show = (step: keyof typeof TITLES, done: number, total: number): void => {
    if (step !== this.#step) {
      this.end();
      this.#step = step;
      this.#bar = new Progress(TITLES[step]);
      this.#began = performance.now();
    }
    const rate = Math.round((done * 1000) / Math.max(1, performance.now() - this.#began));
    this.#bar!.show({ done, total, secondsLeft: rate > 0 ? Math.ceil((total - done) / rate) : null });
  };

  readonly end = (): void => this.#bar?.end();
}

const forgotten = (names: readonly string[], known: readonly string[]): string =>
  `Where ${names.filter((name) => !known.includes(name)).join(', ')} stood is not known beside the log that was moved: they begin ` +
  'behind it. If it was written by a version that kept this among the read models, start Annals on it once before it is moved.';

const textOf = (moved: { from: string; to: string; events: number; copied: number; hash: string }): string =>
  [
    `${moved.events.toLocaleString('en')} events are in ${moved.to} as they are in ${moved.from}` +
      `${moved.copied === moved.events ? '' : `, ${moved.copied.toLocaleString('en')} of them since this began`}.`,
    `sha256 over all of them: ${moved.hash}`,
    `Set EVENT_STORE_URL=${moved.to} with a READ_MODELS_URL where nothing is yet: positions are others there, so read models are`,
    'computed again, and subscribers that keep positions have to begin again. Processes go on where they stood.',
  ].join('\n');
