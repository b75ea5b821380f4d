import type { Command } from 'commander';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import type { CopyDifferences, GenerationStatus, ProjectionStatus } from '../../libs/read-models/building/rebuilds.js';
import { configOf, reading } from './contexts.js';
import { time } from './event-words.js';
import { wholeNumber } from './options.js';
import type { Common } from './options.js';
import type { Output } from './output.js';
import type { Begin, Define } from './session.js';
import type { Grid } from './table.js';
import { throughWriter } from './through-writer.js';

export const define: Define = (command, begin) => {
  command.helpCommand(true).action(async (options: Common) => {
    const session = begin(options);
    const { output } = session;
    const projections = await reading(configOf(options), session, (app) => app.get(Rebuilds).status());
    output.answer(projections, () => textOf(output, projections));
  });
  command
    .command('diff')
    .description('how the copy that is being built, or was replaced last, differs from the one that serves')
    .argument('<name>', 'which read model')
    .option('--limit <number>', 'documents to list (default: 10)', wholeNumber(0, 1_000))
    .action(async (name: string, { limit }: { readonly limit?: number }, asked: Command) => {
      const options: Common = asked.optsWithGlobals();
      const session = begin(options);
      const { output } = session;
      const found = await reading(configOf(options), session, (app) => app.get(Rebuilds).diff(name, limit));
      output.answer(found, () => diffText(output, found));
    });
  changing(command, begin, 'rollback', 'go back to the copy that served before');
  changing(command, begin, 'cancel', 'give up a rebuild; what serves goes on serving');
};

function changing(command: Command, begin: Begin, how: 'rollback' | 'cancel', description: string): void {
  command
    .command(how)
    .description(description)
    .argument('<name>', 'which read model')
    .action(async (name: string, _: object, asked: Command) => {
      const options: Common = asked.optsWithGlobals();
      const session = begin(options);
      const { output } = session;
      const program = `annals projections ${how}`;
      const copy = await throughWriter(configOf(options), program, session, (source) => source[how](name));
      output.answer(copy, () => `${name}: generation ${copy.id}, ${copy.definition}, is ${copy.state}.`);
    });
}

/** The table, and below it what is too long for a column. */
function textOf(output: Output, projections: readonly ProjectionStatus[]): string {
  const errors = projections.flatMap(({ name, active, others, parked }) => [
    ...[...(active ? [active] : []), ...others]
      .filter(({ error }) => error !== null)
      .map(({ id, state, error }) => `${name}, generation ${id}, ${state}: ${error}`),
    ...parked.map(({ key, position, error }) => `${name}, parked ${key} at position ${position}: ${error}`),
  ]);
  return [output.table(gridOf(projections)), ...(errors.length > 0 ? ['', ...errors] : [])].join('\n');
}

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
      const { name, active, others, parked, lag, definition } = projection;
      const lines = [...(active ? [active] : []), ...others].sort(
        (a, b) => Number(b.state === 'active') - Number(a.state === 'active') || a.id - b.id,
      );
      const noHolder = shared ? ['', ''] : [];
      if (lines.length === 0) return [[name, ...noHolder, 'not built', '0', String(lag), '', '', '', definition]];
      return lines.map((line, index) => [
        index === 0 ? name : '',
        ...(shared ? [`${line.partition + 1}/${line.partitions}`, line.holder ?? 'none'] : []),
        ...cellsOf(line, projection),
        index === 0 ? parkedOf(parked) : '',
        line.definition,
      ]);
    }),
  };
}

const cellsOf = (
  { state, position, lag, rate, updatedAt }: GenerationStatus,
  { definition, active }: ProjectionStatus,
) => [
  `${state}${state === 'active' && active?.definition !== definition ? ', outdated' : ''}`,
  ...[position, lag, lag > 0 ? rate : ''].map(String),
  time(updatedAt),
];

const parkedOf = (parked: ProjectionStatus['parked']): string => (parked.length > 0 ? String(parked.length) : '');

function diffText(output: Output, found: CopyDifferences): string {
  const { name, active, other, position, documents, differ, onlyInActive, onlyInOther, notCompared, examples } = found;
  const copies = `generation ${active.generation} (${active.definition}, serves) and ${other.generation} (${other.definition}, ${other.state})`;
  const counts = [
    `${documents.active} and ${documents.other} documents`,
    `${differ} differ`,
    `${onlyInActive} only in ${active.generation}`,
    `${onlyInOther} only in ${other.generation}`,
    ...(notCompared > 0 ? [`${notCompared} changed since, not compared`] : []),
  ];
  const listed = examples.map(({ id, in: where, fields, made, events }) =>
    [
      `${id}${where === 'both' ? '' : `, only in ${where === 'active' ? active.generation : other.generation}`}`,
      ...fields.map((each) => `  ${each.path}: ${each.active ?? 'not there'} | ${each.other ?? 'not there'}`),
      `  ${made === 1 ? '1 event' : `${made} events`}: ${events.map(({ type, position: at }) => `${type} at ${at}`).join(', ')}`,
    ].join('\n'),
  );
  return [output.title(`${name}: ${copies}, at position ${position}`), counts.join(', '), ...listed].join('\n');
}
