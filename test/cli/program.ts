import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

const main = resolve(import.meta.dirname, '../../dist/apps/cli/main.js');

/** Several programs run at the same time, none of them at a port of its own. */
export const env: NodeJS.ProcessEnv = {
  ...process.env,
  SUBSCRIPTIONS_PORT: '0',
};

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** How long something may take to be said, in milliseconds: other suites run beside it. */
const PATIENCE = 60_000;

/** The built program in a process of its own. */
export class Program {
  #out = '';
  #err = '';
  readonly ended: Promise<Ended>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout!.on('data', (chunk) => (this.#out += chunk));
    child.stderr!.on('data', (chunk) => (this.#err += chunk));
    this.ended = new Promise((settle) => {
      child.on('close', (code) => settle({ code, out: this.#out, err: this.#err }));
    });
  }

  static start(...args: string[]): Program {
    return Program.with({}, ...args);
  }

  /** @param settings what its environment says besides */
  static with(settings: Readonly<Record<string, string>>, ...args: string[]): Program {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...env, ...settings },
    });
    return new Program(child);
  }

  /** Waits until it has said something on standard output. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    const over = this.ended.then(({ out, err }) => {
      throw new Error(`it ended before it said ${String(pattern)}: ${out}${err}`);
    });
    over.catch(() => undefined);
    for (const begun = performance.now(); performance.now() - begun < PATIENCE;) {
      const found = pattern.exec(this.#out);
      if (found) return found;
      await Promise.race([over, new Promise((settle) => setTimeout(settle, 20))]);
    }
    throw new Error(`it did not say ${String(pattern)} but: ${this.#out}${this.#err}`);
  }

  /** What it has said on standard error so far, line by line. */
  get complaints(): readonly string[] {
    return this.#err.split('\n').filter((line) => line !== '');
  }

  interrupt(): Promise<Ended> {
    this.child.kill('SIGINT');
    return this.ended;
  }

  kill(): Promise<Ended> {
    this.child.kill('SIGKILL');
    return this.ended;
  }
}

export const run = (...args: string[]): Promise<Ended> => Program.start(...args).ended;

/** The one document it answers with. */
export async function answerOf<Answer>(...args: string[]): Promise<Answer> {
  const { code, out, err } = await run(...args, '--json');
  if (code !== 0) throw new Error(`annals ${args.join(' ')} ended with ${code}: ${out}${err}`);
  return JSON.parse(out) as Answer;
}

/** The program with what it says going where the shell is told: `| head`, `> file`. */
export function piped(args: readonly string[], where: string): Promise<Ended> {
  const program = [process.execPath, '--disable-warning=ExperimentalWarning', main, ...args]
    .map((arg) => `'${arg}'`)
    .join(' ');
  const child = spawn('bash', ['-c', `set -o pipefail; ${program} ${where}`], { env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  return new Promise((settle) => child.on('close', (code) => settle({ code, out, err })));
}
