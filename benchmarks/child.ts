import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const quiet = ['--disable-warning=ExperimentalWarning'];
/** How the launcher starts the program. */
const heap = ['--max-semi-space-size=8', '--heap-growing-percent=40'];
/** Programs that stand for the program itself, or for its thread that projects. */
const asLaunched = new Set(['server', 'rebuild-run', 'tiers-run']);

/** A program of this folder in a process of its own, which answers messages one by one. */
export class Child<Ask, Answer> {
  readonly #process: ChildProcess;

  /** @param program name of the file, without its ending */
  constructor(program: string, ...args: readonly string[]) {
    const path = fileURLToPath(new URL(`./${program}.js`, import.meta.url));
    this.#process = fork(path, args, {
      execArgv: [...quiet, ...(asLaunched.has(program) ? heap : []), ...profiling()],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** @throws Error when the child ends instead of answering */
  async ask(question: Ask): Promise<Answer> {
    this.#process.send(question as object);
    return this.answer();
  }

  async answer(): Promise<Answer> {
    const gone = new AbortController();
    const ended = once(this.#process, 'exit', { signal: gone.signal }).then(([code]) => {
      throw new Error(`the child process ended with ${code}`);
    });
    try {
      const [answer] = (await Promise.race([once(this.#process, 'message', { signal: gone.signal }), ended])) as [
        Answer,
      ];
      return answer;
    } finally {
      ended.catch(() => undefined);
      gone.abort();
    }
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.disconnect();
    await exit;
  }
}

/** What a child of its own accord says once, before it ends. */
export async function answerOf<Answer>(program: string, ...args: readonly string[]): Promise<Answer> {
  const child = new Child<never, Answer>(program, ...args);
  const answer = await child.answer();
  await child.stop();
  return answer;
}

/** Runs the command line of the program. @returns what it wrote to standard output */
export async function annals(cli: string, ...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [...quiet, ...heap, ...profiling(), cli, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [answer, said] = [child.stdout, child.stderr].map((stream) => text(stream));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`annals ${args.join(' ')} ended with ${code}: ${await answer!}${await said!}`);
  return answer!;
}

/** `BENCH_PROFILE=FOLDER` has every child write a CPU profile there. */
function profiling(): string[] {
  const folder = process.env['BENCH_PROFILE'];
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}
