import { Argument } from 'commander';
import { QueryBus } from '@nestjs/cqrs';
import { GetHistory, subjects } from '../../libs/audit/queries.js';
import type { History, HistoryEntry, HistoryRange, Subject } from '../../libs/audit/queries.js';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { millisecondsBetween } from '../../libs/time.js';
import { configOf, reading } from './contexts.js';
import { endOf } from './moments.js';
import { recorded, time } from './event-words.js';
import { idOf } from './names.js';
import { axis, list, moment } from './options.js';
import type { Common } from './options.js';
import type { Output } from './output.js';
import type { Define } from './session.js';
import type { Column, Grid } from './table.js';

interface HistoryOptions extends Common {
  readonly asOf?: string;
  readonly axis?: 'occurred' | 'recorded';
  readonly type?: readonly string[];
  readonly actor?: string;
}

export const define: Define = (command, begin) => {
  command
    .addArgument(new Argument('<subject>', 'what to show the history of').choices(Object.keys(subjects)))
    .argument('<id-or-name>', 'its id, its name, or how its name begins')
    .option('--as-of <moment>', 'only what had happened by then; a day means its end', moment)
    .addOption(axis())
    .option('--type <types>', 'only events of these types, with commas between them', list)
    .option('--actor <id-or-name>', 'only what this person or rule did')
    .action(async (subject: Subject, given: string, options: HistoryOptions) => {
      const session = begin(options);
      const { output } = session;
      const config = configOf(options);
      const { type: types, actor, axis: chosen } = options;
      const range = { types, actor, axis: chosen, asOf: endOf(options.asOf, config.REPORT_ZONE) };
      const history = await reading(config, session, async (app) =>
        wholeHistory(app.get(QueryBus), subject, await idOf(app.get(ReadModels), subject, given), range),
      );
      output.answer(history, () => historyText(output, history, given));
    });
};

/** All of it in one page: a history is never cut short. */
export function wholeHistory(queries: QueryBus, subject: Subject, id: string, range: HistoryRange): Promise<History> {
  return queries.execute(new GetHistory(subject, id, { ...range, limit: Infinity }));
}

export function historyText(output: Output, { subject, id, position, entries }: History, name = id): string {
  const count = entries.length === 1 ? '1 event' : `${entries.length} events`;
  return [
    output.title(`History of ${subject} ${name}: ${count}, at position ${position}`),
    ...(entries.length > 0 ? [output.table(historyGrid(entries))] : []),
  ].join('\n');
}

const HOUR = 3_600_000;

function historyGrid(entries: readonly HistoryEntry[]): Grid {
  const columns: (Column & { readonly of: (entry: HistoryEntry) => string })[] = [
    { title: '#', number: true, of: ({ position }) => String(position) },
    { title: 'occurred (UTC)', number: true, of: ({ occurredAt }) => time(occurredAt) },
    { title: 'late by', number: true, of: delay },
    { title: 'event', least: 22, of: ({ type }) => type },
    { title: 'what', least: 16, of: recorded },
    { title: 'who', of: ({ actor }) => actor.name },
    { title: 'why', of: why },
  ];
  const told = columns.filter(({ of }) => entries.some((entry) => of(entry) !== ''));
  return { columns: told, rows: entries.map((entry) => told.map(({ of }) => of(entry))) };
}

/** How long afterwards it was written down, when that is worth a word. */
function delay({ occurredAt, recordedAt }: HistoryEntry): string {
  const hours = Math.floor(millisecondsBetween(occurredAt, recordedAt) / HOUR);
  return hours < 1 ? '' : hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

const why = ({ reason, rule }: HistoryEntry): string =>
  [reason, rule && `rule ${rule.name} ${rule.version}`].filter(Boolean).join(' · ');
