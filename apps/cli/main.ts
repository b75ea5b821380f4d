import { constants } from 'node:os';
import { CommanderError } from 'commander';
import { Invalid, Refusal } from '../../libs/errors.js';
import type { Common } from './options.js';
import { Output } from './output.js';
import { programFor } from './program.js';

/** Exit codes: 0 done · 1 refused · 2 wrong usage · 128 + signal when stopped. */
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // A second signal ends the process at once; so does the framework, which sends the signal again after its shutdown.
    if (interruption.signal.aborted) process.exit(process.exitCode);
    process.exitCode = 128 + constants.signals[signal];
    interruption.abort();
  });
}
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has closed the pipe, as `head` does.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  new Output(false).refuse(new Refusal('output-unwritable', `Standard output cannot be written: ${error.message}.`));
  process.exit(1);
});
// Without a reader, messages and progress are lost and the work goes on.
process.stderr.on('error', () => undefined);

const asked = process.argv.slice(2);
const json = asked.includes('--json');
try {
  const begin = ({ json: wanted }: Common) => ({ output: new Output(wanted === true), signal: interruption.signal });
  const program = await programFor(asked, begin, json);
  await program.parseAsync(asked, { from: 'user' });
} catch (error) {
  process.exitCode = ended(error);
}
// Waits for a slow reader, since unread output would be lost at the exit.
if (!interruption.signal.aborted) {
  for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write('', resolve));
}
process.exit();

function ended(error: unknown): number {
  if (interruption.signal.aborted) return Number(process.exitCode);
  if (!(error instanceof CommanderError)) {
    new Output(json).refuse(fileRefusal(error) ?? error);
    return 1;
  }
  if (error.exitCode === 0) return 0;
  if (json) {
    const why = error.message.replace(/^error: /, '').replace(/\s+/g, ' ');
    new Output(json).refuse(new Invalid('usage-invalid', `The command line is not understood: ${why}`));
  }
  return 2;
}

/** Turns an error of the operating system about a given file or folder into a refusal. */
function fileRefusal(error: unknown): Refusal | undefined {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || code === undefined || path === undefined) return undefined;
  const [reason = code] = message.split(',');
  return new Refusal('file-unusable', `${path} cannot be used: ${reason}.`, { path });
}
