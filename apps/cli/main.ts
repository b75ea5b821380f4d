import { constants } from 'node:os';
import { CommanderError } from 'commander';
import { Invalid } from '../../libs/errors.js';
import type { Common } from './options.js';
import { Output } from './output.js';
import { programFor } from './program.js';

/** 0 done · 1 refused · 2 not understood · 128 + signal when stopped. */
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // A second time means at once; so does a framework that has shut down in good order and passes the signal on.
    if (interruption.signal.aborted) process.exit(process.exitCode);
    process.exitCode = 128 + constants.signals[signal];
    interruption.abort();
  });
}
// Whoever reads has seen enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const asked = process.argv.slice(2);
const json = asked.includes('--json');
try {
  const begin = ({ json: wanted }: Common) => ({ output: new Output(wanted === true), signal: interruption.signal });
  const program = await programFor(asked, begin, json);
  await program.parseAsync(asked, { from: 'user' });
} catch (error) {
  process.exitCode = ended(error);
}
// A reader may be slower than we are, and what it has not taken yet would be lost.
if (!interruption.signal.aborted) {
  for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write('', resolve));
}
process.exit();

function ended(error: unknown): number {
  if (interruption.signal.aborted) return Number(process.exitCode);
  if (!(error instanceof CommanderError)) {
    new Output(json).refuse(error);
    return 1;
  }
  if (error.exitCode === 0) return 0;
  if (json) {
    const why = error.message.replace(/^error: /, '').replace(/\s+/g, ' ');
    new Output(json).refuse(new Invalid('usage-invalid', `The command line is not understood: ${why}`));
  }
  return 2;
}
