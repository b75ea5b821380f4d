import { Argument } from 'commander';
import { QueryBus } from '@nestjs/cqrs';
import { entryLine, entryTitles } from '../../libs/audit/entry-lines.js';
import type { Names } from '../../libs/audit/names.js';
import { GetHistory } from '../../libs/audit/queries.js';
import type { History, HistoryEntry, HistoryRange } from '../../libs/audit/queries.js';
import { csv } from '../../libs/csv.js';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { subjects } from '../program/contexts.js';
import { configOf, reading } from './contexts.js';
import { between } from './moments.js';
import type { Between } from './moments.js';
import { recorded, time } from './event-words.js';
import { thingOf } from './names.js';
import { axis, csvOption, list, moment } from './options.js';
import type { Common } from './options.js';
import type { Output } from './output.js';
import type { Define } from './session.js';
import type { Column, Grid } from './table.js';

interface HistoryOptions extends Common, Between {
  readonly asOf?: string;
  readonly axis?: 'occurred' | 'recorded';
  readonly type?: readonly string[];
  readonly actor?: string;
  readonly import?: string;
  readonly csv?: true;
}

export const define: Define = (command, begin) => {
  command
    .addArgument(new Argument('<subject>', 'what to show the history of').choices(Object.keys(subjects)))
    .argument('<id-or-name>', 'its id, its name, or how its name begins')
    .option('--as-of <moment>', 'only what had happened by then; a day means its end', moment)
    .addOption(axis())
    .option('--type <types>', 'only events of these types, with commas between them', list)
    .option('--actor <id-or-name>', 'only what this person or rule did')
    .option('--import <id>', 'only what this import brought')
    .option('--since <moment>', 'only what happened then or later; a day means its beginning', moment)
    .option('--before <moment>', 'only what happened earlier; a day means its beginning', moment)
    .addOption(csvOption())
    .action(async (subject: string, given: string, options: HistoryOptions) => {
      const session = begin(options);
      const { output } = session;
      const config = configOf(options);
      const { type: types, actor, axis: chosen, asOf, import: importId } = options;
      const range = { types, actor, importId, ...between(options, config.REPORT_ZONE), axis: chosen, asOf };
      const { history, name } = await reading(config, session, async (app) => {
        const { id, name } = await thingOf(app.get(ReadModels), subject, given);
        return { history: await wholeHistory(app.get(QueryBus), subject, id, range), name };
      });
      if (options.csv) output.raw(csv([entryTitles, ...history.entries.map(entryLine)]));
      else output.answer(history, () => historyText(output, history, name));
    });
};

/** All of it in one page: a history is never cut short. */
export function wholeHistory(queries: QueryBus, subject: string, id: string, range: HistoryRange): Promise<History> {
  return queries.execute(new GetHistory(subject, id, { ...range, limit: Infinity }));
}

export function historyText(output: Output, { subject, id, position, entries, names }: History, name = id): string {
  const count = entries.length === 1 ? '1 event' : `${entries.length} events`;
  return [
    output.title(`History of ${subject} ${name}: ${count}, at position ${position}`),
    ...(entries.length > 0 ? [output.table(historyGrid(entries, without(names, id)))] : []),
  ].join('\n');
}

/** The subject is named above its history, and not again in every line. */
const without = (names: Names, id: string): Names =>
  Object.fromEntries(Object.entries(names).filter(([each]) => each !== id));

const columns: readonly (Column & { readonly of: (entry: HistoryEntry, names: Names) => string })[] = [
  { title: '#', number: true, of: ({ position }) => String(position) },
  { title: 'occurred (UTC)', number: true, of: ({ occurredAt }) => time(occurredAt) },
  { title: 'recorded (UTC)', number: true, of: ({ recordedAt }) => time(recordedAt) },
  { title: 'event', least: 16, of: ({ type }) => type },
  { title: 'what', of: recorded },
  { title: 'who', least: 8, of: ({ actor }) => actor.name },
  { title: 'why', of: why },
];

/** The same columns for every history, whatever they hold. */
const historyGrid = (entries: readonly HistoryEntry[], names: Names): Grid => ({
  columns,
  rows: entries.map((entry) => columns.map(({ of }) => of(entry, names))),
});

function why({ reason, rule }: HistoryEntry): string {
  return [reason, rule && `rule ${rule.name} ${rule.version}`].filter(Boolean).join(' · ');
}
