import { loadavg } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Output } from '../apps/cli/output.js';
import { appends } from './appends.js';
import { commands } from './commands.js';
import { clockLooks } from './deadlines.js';
import { esdb } from './esdb.js';
import { importing } from './import.js';
import { lists } from './lists.js';
import { machine } from './machine.js';
import { isMet, ratiosOf, spreadOf } from './measure.js';
import type { Figure, Measurement } from './measure.js';
import { memory } from './memory.js';
import { mongo } from './mongo.js';
import { moving } from './moving.js';
import { past } from './past.js';
import { queries } from './queries.js';
import { rfm } from './rfm.js';
import { refusals } from './refusals.js';
import { rebuild } from './rebuild.js';
import { serverMemory } from './server-memory.js';
import { stalled } from './stalled.js';
import { start } from './start.js';
import { states } from './states.js';
import { subscribers } from './subscribers.js';
import { tables } from './tables.js';
import { claims } from './claims.js';
import { tiers } from './tiers.js';
import { markdownOf, tableOf } from './table.js';
import { workers } from './workers.js';
import { Workspace } from './workspace.js';

const measurements: readonly Measurement[] = [
  commands,
  appends,
  esdb,
  moving,
  rebuild,
  mongo,
  past,
  states,
  clockLooks,
  queries,
  rfm,
  lists,
  tables,
  tiers,
  claims,
  importing,
  refusals,
  start,
  memory,
  serverMemory,
  subscribers,
  stalled,
  workers,
];

interface Options {
  readonly json?: true;
  readonly markdown?: true;
  readonly only?: readonly string[];
  readonly large?: true;
  readonly rounds: number;
}

function count(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('A number from 1 to 99.');
  return Number(text);
}

const names = measurements.map(({ name }) => name);

function named(text: string): readonly string[] {
  const asked = text.split(',');
  if (asked.every((each) => names.includes(each))) return asked;
  throw new InvalidArgumentError(`There are: ${names.join(', ')}.`);
}

const options = new Command('bench')
  .description('Measures what Annals does on this machine, each figure against what the machine could do at best.')
  .option('--json', 'one JSON document on standard output')
  .option('--markdown', 'the table as docs/benchmarks.md has it')
  .addOption(new Option('--only <names>', 'some measurements, with commas between them').argParser(named))
  .option('--large', 'also what takes minutes and gigabytes: memory from one to three million events')
  .addOption(new Option('--rounds <number>', 'times everything is measured').default(5).argParser(count))
  .parse()
  .opts<Options>();

const output = new Output(options.json === true);
const begun = performance.now();
const at = machine();
const workspace = new Workspace((text) => output.note(text));
process.once('exit', () => workspace.close());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const results: (Figure & { measurement: string })[] = [];
for (const { name, large, run } of measurements) {
  if (options.only !== undefined ? !options.only.includes(name) : large && !options.large) continue;
  output.note(`${name} …`);
  const figures = await run({ workspace, rounds: options.rounds, note: (text) => output.note(`  ${text}`) });
  results.push(...figures.map((figure) => ({ measurement: name, ...figure })));
}
const seconds = Math.round((performance.now() - begun) / 1_000);
const answer = {
  machine: { ...at, loadAfter: loadavg()[0] },
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
    options.markdown ? markdownOf(results) : output.table(tableOf(results)),
  ].join('\n'),
);
