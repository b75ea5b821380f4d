import { Command, Option } from 'commander';
import { Output } from '../apps/cli/output.js';
import { appends } from './appends.js';
import { commands } from './commands.js';
import { importing } from './import.js';
import { lists } from './lists.js';
import { machine } from './machine.js';
import { isMet, ratiosOf, spreadOf } from './measure.js';
import type { Figure, Measurement } from './measure.js';
import { memory } from './memory.js';
import { past } from './past.js';
import { queries } from './queries.js';
import { rebuild } from './rebuild.js';
import { start } from './start.js';
import { tableOf } from './table.js';
import { Workspace } from './workspace.js';

const measurements: readonly Measurement[] = [
  commands,
  appends,
  rebuild,
  past,
  queries,
  lists,
  importing,
  start,
  memory,
];

interface Options {
  readonly json?: true;
  readonly only?: string;
  readonly large?: true;
  readonly rounds: number;
}

const options = new Command('bench')
  .description('Measures what Annals does on this machine, each figure against what the machine could do at best.')
  .option('--json', 'one JSON document on standard output')
  .addOption(new Option('--only <name>', 'one measurement').choices(measurements.map(({ name }) => name)))
  .option('--large', 'also what takes minutes and gigabytes: memory from one to three million events')
  .addOption(new Option('--rounds <number>', 'times everything is measured').default(5).argParser(Number))
  .parse()
  .opts<Options>();

const output = new Output(options.json === true);
const begun = performance.now();
const at = machine();
const workspace = new Workspace((text) => output.note(text));
process.once('SIGINT', () => process.exit(130)).once('exit', () => workspace.close());
const results: (Figure & { measurement: string })[] = [];
for (const { name, large, run } of measurements) {
  if (options.only !== undefined ? options.only !== name : large && !options.large) continue;
  output.note(`${name} …`);
  const figures = await run({ workspace, rounds: options.rounds, note: (text) => output.note(`  ${text}`) });
  results.push(...figures.map((figure) => ({ measurement: name, ...figure })));
}
const seconds = Math.round((performance.now() - begun) / 1_000);
const answer = {
  machine: at,
  rounds: options.rounds,
  seconds,
  figures: results.map((figure) => ({
    ...figure,
    ...spreadOf(figure.values),
    ...(figure.ceiling && { ratio: ratiosOf(figure) }),
    met: isMet(figure) ?? null,
  })),
};
output.answer(answer, () =>
  [
    `${at.at}, ${at.cores} cores (${at.cpu}), Node ${at.node}, SQLite ${at.sqlite}, load ${at.load} before, ${seconds} s`,
    `median of ${options.rounds}, with least and most; ratios are of values of the same round`,
    '',
    output.table(tableOf(results)),
  ].join('\n'),
);
