import { Refusal } from '../../libs/errors.js';
import type { Holder } from '../../libs/event-store/sqlite-lock.js';
import { Projecting } from '../../libs/read-models/projecting.js';
import { Rebuilds } from '../../libs/read-models/rebuilds.js';
import { configOf, unlessAborted, writing } from './contexts.js';
import type { Common } from './options.js';
import { Progress } from './progress.js';
import { rebuilt } from './rebuilding.js';
import type { Rebuilt } from './rebuilding.js';
import { RemoteRebuilds } from './remote.js';
import type { Define } from './session.js';

export const define: Define = (command, begin) => {
  command
    .argument('[names...]', 'read models to build again; `annals projections` names them')
    .option('--all', 'every one')
    .action(async (names: readonly string[], options: Common & { readonly all?: true }) => {
      const { output, signal } = begin(options);
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
          return await rebuilt(source, wanted, (step) => progress.show(step), signal, faultOf);
        } finally {
          progress.end();
        }
      };
      const done = await throughWriter(run);
      output.answer({ rebuilt: done, seconds: Number(((performance.now() - started) / 1000).toFixed(3)) }, () =>
        output.table(gridOf(done)),
      );

      /** In this process when nobody else writes, otherwise in the one that does. */
      async function throughWriter(work: typeof run): Promise<readonly Rebuilt[]> {
        try {
          return await writing(configOf(options), 'annals rebuild', signal, (app) =>
            work(app.get(Rebuilds), () => app.get(Projecting).fault),
          );
        } catch (error) {
          const holder =
            error instanceof Refusal && error.code === 'data-held'
              ? (error.details['holder'] as Holder | undefined)
              : undefined;
          if (!holder?.url) throw error;
          output.note(
            `${holder.program} (process ${holder.pid}) writes to this data: rebuilding through ${holder.url}`,
          );
          return unlessAborted(signal, work(new RemoteRebuilds(holder.url)));
        }
      }
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
