import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import { afterAll } from '@jest/globals';
import { compiled } from './compiled.js';

/** Logs behind their endpoint, in a process of their own, as a server would be. */
export class LogServers {
  #child: ChildProcessWithoutNullStreams | undefined;
  #lines: Interface | undefined;

  /** Serves the log in this file. @returns where */
  open = (path: string): Promise<string> => this.#ask({ do: 'open', path });

  /** Lets go of the log in this file. */
  close = (path: string): Promise<string> => this.#ask({ do: 'close', path });

  async #ask(order: object): Promise<string> {
    if (!this.#child) {
      const program = process.env['SCRATCH'] ?? join(compiledHere(), 'test/support/log-servers.program.js');
      this.#child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], { stdio: 'pipe' });
      this.#child.stderr.pipe(process.stderr);
      this.#lines = createInterface({ input: this.#child.stdout });
      afterAllOnce(() => this.#child?.kill());
    }
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
    const [answer] = (await once(this.#lines!, 'line')) as [string];
    return answer;
  }
}
const ends: (() => void)[] = [];
const afterAllOnce = (end: () => void) => ends.push(end);
afterAll(() => { for (const end of ends) end(); });
let here: string | undefined;
const compiledHere = () => (here ??= compiled('libs/*.ts', 'libs/{event-store,subscriptions}/*.ts', 'test/support/log-servers.program.ts'));
