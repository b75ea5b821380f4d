import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { folder } from './options.js';
import type { Begin, Define } from './session.js';

interface Entry {
  readonly description: string;
  readonly load: () => Promise<{ readonly define: Define }>;
}

/** Every command. What one needs is loaded when it is asked for, since the whole program takes longer than a page of help. */
const commands: Readonly<Record<string, Entry>> = {
  start: { description: 'serve the API', load: () => import('./start.command.js') },
  demo: {
    description: 'make two years of a company up, report on them, and serve them',
    load: () => import('./demo.command.js'),
  },
  import: { description: 'bring in CSV files as a mapping says', load: () => import('./import.command.js') },
  report: { description: 'answer a report', load: () => import('./report.command.js') },
  history: { description: 'show everything that happened to something', load: () => import('./history.command.js') },
  'what-if': {
    description: 'replay the log under a policy that is not published',
    load: () => import('./what-if.command.js'),
  },
  chart: { description: 'show the structure of the organisation', load: () => import('./chart.command.js') },
  events: { description: 'print the log, one JSON document a line', load: () => import('./events.command.js') },
  move: { description: 'copy the log to another engine', load: () => import('./move.command.js') },
  projections: { description: 'show the state of every read model', load: () => import('./projections.command.js') },
  rebuild: { description: 'build read models again from the first event', load: () => import('./rebuild.command.js') },
  worker: {
    description: 'bring read models on a server up to the log, as one of any number of workers',
    load: () => import('./worker.command.js'),
  },
  status: {
    description: 'show what is in a data folder, and which program writes to it',
    load: () => import('./status.command.js'),
  },
};

/**
 * @param asked the arguments, which tell what has to be loaded
 * @param silent whether what commander has to say about mistakes is left to the caller
 */
export async function programFor(asked: readonly string[], begin: Begin, silent = false): Promise<Command> {
  const program = new Command('annals')
    .description('A CRM that never forgets: every change is an event, every report can be asked for any past moment.')
    .version(version())
    .showHelpAfterError('annals --help, or --help after a command, shows how it is used.')
    .configureOutput(silent ? { outputError: () => undefined, writeErr: () => undefined } : {})
    .helpCommand(false)
    .exitOverride();
  for (const [name, { description, load }] of Object.entries(commands)) {
    const command = program
      .command(name)
      .description(description)
      .option('--json', 'answer with one JSON document on standard output')
      .option('--data <folder>', 'where the data lies (default: ./data)', folder)
      .option('--extensions <folder>', 'projections and reports of your own (default: EXTENSIONS, or none)', folder);
    if (asked.includes(name)) await (await load()).define(command, begin, asked);
  }
  program
    .command('help')
    .description('show how a command is used')
    .argument('[commands...]', 'which one, such as `report` or `projections diff`')
    .action((names: readonly string[]) => helpOn(program, names));
  return program;
}

/** The help that commander comes with knows no commands of commands. */
function helpOn(program: Command, names: readonly string[]): never {
  let found = program;
  for (const name of names) {
    const { commands } = found;
    found =
      commands.find((command) => command.name() === name) ??
      found.error(`error: ${found.name()} has no command ${name}`);
  }
  return found.help();
}

/** From sources as from `dist`, which lies one folder deeper. */
function version(): string {
  for (const up of ['../..', '../../..']) {
    try {
      return (JSON.parse(readFileSync(new URL(`${up}/package.json`, import.meta.url), 'utf8')) as { version: string })
        .version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return 'unknown';
}
