import { Rebuilds } from '../../libs/read-models/rebuilds.js';
import type { GenerationStatus, ProjectionStatus } from '../../libs/read-models/rebuilds.js';
import { configOf, reading } from './contexts.js';
import { time } from './event-words.js';
import type { Common } from './options.js';
import type { Define } from './session.js';
import type { Grid } from './table.js';

export const define: Define = (command, begin) => {
  command.action(async (options: Common) => {
    const session = begin(options);
    const { output } = session;
    const projections = await reading(configOf(options), session, (app) => app.get(Rebuilds).status());
    output.answer(projections, () => output.table(gridOf(projections)));
  });
};

/**
 * A line for each copy of a read model: the one that serves, then what is built, kept or has failed beside it; where there are
 * partitions, or workers that share the work, for each of them.
 */
function gridOf(projections: readonly ProjectionStatus[]): Grid {
  const all = projections.flatMap(({ active, others }) => [...(active ? [active] : []), ...others]);
  const shared = all.some(({ partitions, holder }) => partitions > 1 || holder !== null);
  return {
    columns: [
      { title: 'read model' },
      ...(shared ? [{ title: 'partition' }, { title: 'held by' }] : []),
      { title: 'state' },
      { title: 'position', number: true },
      { title: 'behind', number: true },
      { title: 'events/s', number: true },
      { title: 'moved (UTC)', number: true },
      { title: 'parked', number: true },
      { title: 'definition' },
    ],
    rows: projections.flatMap((projection) => {
      const { name, active, others, parked } = projection;
      const lines = [...(active ? [active] : []), ...others].sort(
        (a, b) => Number(b.state === 'active') - Number(a.state === 'active') || a.id - b.id,
      );
      if (lines.length === 0)
        return [
          [
            name,
            ...(shared ? ['', ''] : []),
            'not built',
            '0',
            String(projection.lag),
            '',
            '',
            '',
            projection.definition,
          ],
        ];
      return lines.map((line, index) => [
        index === 0 ? name : '',
        ...(shared ? [`${line.partition + 1}/${line.partitions}`, line.holder ?? 'nobody'] : []),
        ...cellsOf(line, projection),
        index === 0 ? parkedOf(parked) : '',
        line.definition,
      ]);
    }),
  };
}

const cellsOf = (
  { state, error, position, lag, rate, updatedAt }: GenerationStatus,
  { definition, active }: ProjectionStatus,
) => [
  `${state}${error ? `: ${error}` : ''}${state === 'active' && active?.definition !== definition ? ', outdated' : ''}`,
  ...[position, lag, lag > 0 ? rate : ''].map(String),
  time(updatedAt),
];

const parkedOf = (parked: ProjectionStatus['parked']): string => (parked.length > 0 ? String(parked.length) : '');
