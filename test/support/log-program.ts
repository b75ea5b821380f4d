import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { compiled } from './compiled.js';

let place: string | undefined;

/** A log that runs as a server of EventStoreDB would, in a process of its own. */
export interface LogProgram {
  readonly url: string;
  readonly process: ChildProcess;
  /** Tells it to stop, and waits until it has. */
  stop(): Promise<void>;
}

/** @param most bytes of an append, a mebibyte unless it is given */
export async function logProgram(path: string, most?: number): Promise<LogProgram> {
  place ??= compiled(
    'libs/*.ts',
    'libs/sqlite/*.ts',
    'libs/{event-store,subscriptions}/**/*.ts',
    'test/support/log.program.ts',
  );
  const program = join(place, 'test/support/log.program.js');
  const child = spawn(process.execPath, [program, path, ...(most === undefined ? [] : [String(most)])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    url: String(said).trim(),
    process: child,
    async stop() {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    },
  };
}
