import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerOf } from './child.js';
import { rounds } from './measure.js';
import type { Measurement } from './measure.js';
import type { Rebuilt } from './rebuild-run.js';
import { project, readModelsIn } from './workspace.js';

const cli = join(project, 'dist/apps/cli/main.js');

/** From the start of the process until it says that it is ready. */
export const start: Measurement = {
  name: 'start',
  async run({ workspace, rounds: count }) {
    const { folder, log, events, eventBytes } = await workspace.log('year');
    const kept = workspace.copy(folder);
    await answerOf<Rebuilt>('rebuild-run', 'build', log, readModelsIn(kept), 'all');
    // The first start of a folder reacts to what is in the log; what is measured is every one after it.
    await started(kept);
    const { again } = await rounds(count, { again: () => started(kept) });
    const first = [await started(workspace.copy(folder))];
    const size = events.toLocaleString('en');
    return [
      {
        name: `start on ${size} events until ready`,
        unit: 's',
        values: again,
        eventBytes,
        target: { of: 'value', atMost: 1.5 },
      },
      { name: 'the same without read models, which are built first', unit: 's', values: first, eventBytes },
    ];
  },
};

async function started(folder: string): Promise<number> {
  const begun = performance.now();
  const args = [
    '--disable-warning=ExperimentalWarning',
    cli,
    'start',
    '--port',
    '0',
    '--subscriptions-port',
    '0',
    '--data',
    folder,
    '--json',
  ];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const part of server.stdout.setEncoding('utf8')) {
    text += String(part);
    if (text.includes('}')) break;
  }
  const { url } = JSON.parse(text) as { url: string };
  while (!(await fetch(`${url}/health/ready`)).ok) await sleep(5);
  const taken = (performance.now() - begun) / 1_000;
  const exit = once(server, 'exit');
  server.kill('SIGTERM');
  await exit;
  return taken;
}
