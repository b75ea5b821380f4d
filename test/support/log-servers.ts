import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll } from '@jest/globals';
import { compiled } from './compiled.js';

let child: ChildProcess | undefined;
let answers: AsyncIterator<string>;

async function ask(order: string): Promise<string> {
  if (!child) {
    const place = compiled(
      'libs/*.ts',
      'libs/sqlite/*.ts',
      'libs/{event-store,subscriptions}/**/*.ts',
      'test/support/log-servers.program.ts',
    );
    child = spawn(process.execPath, [join(place, 'test/support/log-servers.program.js')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }
  child.stdin!.write(`${order}\n`);
  const { value } = await answers.next();
  return value as string;
}

/** Logs behind their endpoint, all in one process that is not this one. @returns where it listens */
export const serveLog = (path: string): Promise<string> => ask(`open ${path}`);

export const endLog = (path: string): Promise<string> => ask(`close ${path}`);

afterAll(async () => {
  if (!child) return;
  const gone = once(child, 'exit');
  child.stdin!.end();
  await gone;
});
