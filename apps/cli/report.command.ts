import { Argument } from 'commander';
import { QueryBus } from '@nestjs/cqrs';
import { csv } from '../../libs/csv.js';
import { notesOf } from '../../libs/reports/notes.js';
import { GetReport } from '../../libs/reports/queries.js';
import type { Report } from '../../libs/reports/answer.js';
import type { Parameters } from '../../libs/reports/question.js';
import type { Definition } from '../../libs/reports/report.js';
import { Reports } from '../../libs/reports/reports.js';
import { linesOf, table } from '../../libs/reports/table.js';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { extensionsFolder } from '../../libs/config.js';
import { installationOf } from '../program/definitions.js';
import { configOf, reading } from './contexts.js';
import { time } from './event-words.js';
import { idOf, idsIn } from './names.js';
import { axis, csvOption, day, listOrNone, moment, values } from './options.js';
import type { Common } from './options.js';
import type { Output } from './output.js';
import type { Define } from './session.js';

interface ReportOptions extends Common, Omit<Parameters, 'after'> {
  readonly csv?: true;
}

export const define: Define = async (command, begin, asked) => {
  const { reports } = await installationOf({ EXTENSIONS: extensionsFolder(extensionsIn(asked)) });
  command
    .addArgument(new Argument('<report>', 'which one').choices(reports.map(({ name }) => name)))
    .option('--from <day>', 'first day of the window', day)
    .option('--to <day>', 'the day after its last one', day)
    .option(
      '--by <dimensions>',
      "what to keep apart, with commas between: employee, manager, product, month …; '' to add everything up",
      listOrNone,
    )
    .option(
      '--where <dimension=values>',
      "only what has one of these values, with commas between, such as product=GTX or owner='Ada Lin'; people, units, customers and pipelines by id, name, or how the name begins; an empty value, as in owner=, is one that is not known. May be given again",
      values,
    )
    .option(
      '--basis <basis>',
      'way of counting: cohort, activity, rolling, churn …; each report has its own, docs/reports.md explains them',
    )
    .option('--pipeline <id-or-name>', 'only this pipeline')
    .option('--zone <zone>', 'time zone whose days count, such as Europe/Berlin')
    .option('--as-of <moment>', 'as it was then; a day means its end', moment)
    .addOption(axis())
    .addOption(csvOption())
    .action(async (name: string, options: ReportOptions) => {
      const session = begin(options);
      const { output } = session;
      const definition = new Reports(reports).of(name);
      const { json: _, data: __, csv: wantsCsv, pipeline, where, ...parameters } = options;
      const report = await reading(configOf(options), session, async (app) => {
        const readModels = app.get(ReadModels);
        const id = pipeline === undefined ? undefined : await idOf(readModels, 'pipeline', pipeline);
        const ids = where && (await idsIn(readModels, definition, where));
        return app.get(QueryBus).execute(new GetReport(name, { ...parameters, pipeline: id, where: ids }));
      });
      if (wantsCsv) {
        output.raw(csv(linesOf(table(report, definition, 'data'))));
        for (const note of notesOf(report)) output.note(note);
      } else output.answer(report, () => reportText(output, report, definition, where));
    });
};

/** The folder that is named before the arguments are taken apart: what there is to choose from depends on it. */
function extensionsIn(asked: readonly string[]): string | undefined {
  const at = asked.findLastIndex((each) => each === '--extensions' || each.startsWith('--extensions='));
  if (at === -1) return undefined;
  return asked[at] === '--extensions' ? asked[at + 1] : asked[at]!.slice('--extensions='.length);
}

export function reportText(
  output: Output,
  report: Report,
  definition: Pick<Definition, 'bases'>,
  where: Parameters['where'] = {},
): string {
  const only = Object.entries(where).map(
    ([dimension, values]) => `only ${dimension} ${values.map((value) => value ?? 'not known').join(' or ')}`,
  );
  const { from, to } = report.window;
  const rows = report.rows.length === 0 ? 'Nothing to report.' : output.table(table(report, definition));
  return [
    output.title(headingOf(report, only)),
    output.remark(`definition ${report.definition}`),
    ...(from || to ? [output.remark(`the window selects: ${definition.bases[report.basis]!.window}`)] : []),
    rows,
    ...notesOf(report),
  ].join('\n');
}

/** What the figures are about, in one line. */
function headingOf(
  { report, basis, by, window, axis: on, zone, awaited, position }: Report,
  said: readonly string[],
): string {
  const { from, to, asOf } = window;
  return [
    `${report[0]!.toUpperCase()}${report.slice(1)} (${basis})`,
    ...(by.length > 0 ? [`by ${by.join(', ')}`] : []),
    ...said,
    ...(from ? [`from ${from}`] : []),
    ...(to ? [`to before ${to}`] : []),
    ...(asOf ? [`as of ${time(asOf)} UTC (${on})`] : []),
    ...(zone === 'UTC' && (awaited?.zone ?? zone) === zone ? [] : [zone]),
    `at position ${position}`,
  ].join(', ');
}
