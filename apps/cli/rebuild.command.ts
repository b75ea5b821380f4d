import type { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import { configOf } from './contexts.js';
import type { Common } from './options.js';
import { Progress } from './progress.js';
import { rebuildAndWait } from './rebuild-wait.js';
import type { Rebuilt } from './rebuild-wait.js';
import type { Define } from './session.js';
import { throughWriter } from './through-writer.js';

export const define: Define = (command, begin) => {
  command
    .argument('[names...]', 'read models to build again; `annals projections` names them')
    .option('--all', 'every one')
    .action(async (names: readonly string[], options: Common & { readonly all?: true }) => {
      const session = begin(options);
      const { output, signal } = session;
      const named = names.length > 0;
      if (named === (options.all === true)) {
        command.error('error: name the read models to build again, or all of them with --all');
      }
      const wanted = options.all ? 'all' : names;
      const started = performance.now();
      const run = async (source: Pick<Rebuilds, 'status' | 'rebuild'>, faultOf?: () => string | undefined) => {
        const progress = new Progress(
          wanted === 'all' ? 'rebuilding all read models' : `rebuilding ${names.join(', ')}`,
        );
        try {
          return await rebuildAndWait(source, wanted, (step) => progress.show(step), signal, faultOf);
        } finally {
          progress.end();
        }
      };
      const done = await throughWriter(configOf(options), 'annals rebuild', session, run);
      output.answer({ rebuilt: done, seconds: Number(((performance.now() - started) / 1000).toFixed(3)) }, () =>
        output.table(gridOf(done)),
      );
    });
};

const gridOf = (done: readonly Rebuilt[]) => ({
  columns: [
    { title: 'read model' },
    { title: 'generation', number: true },
    { title: 'position', number: true },
    { title: 'hash' },
  ],
  rows: done.map(({ name, generation, position, hash }) => [
    name,
    String(generation),
    String(position),
    (hash ?? '').slice(0, 16),
  ]),
});
