import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Clock, SystemClock } from '../../libs/clock.js';
import type { Config } from '../../libs/config.js';
import { faultOf, Invalid, Refusal, Unavailable } from '../../libs/errors.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import type { Holder } from '../../libs/event-store/sqlite/lock.js';
import { Importer } from '../../libs/import/importer.js';
import type { ImportOptions, Progress as ImportProgress } from '../../libs/import/importer.js';
import { readMapping } from '../../libs/import/mapping-check.js';
import type { ImportReport, Rejection } from '../../libs/import/report.js';
import { Reports, reportsFolder } from '../../libs/import/reports.js';
import { surveyed } from '../../libs/import/survey.js';
import { BackgroundProjector } from '../../libs/read-models/building/projector-thread.js';
import { AppModule } from '../program/app.module.js';
import { running } from '../program/running.js';
import { importTargets as targets } from '../program/contexts.js';
import { awaited, onDemand } from './consequences.js';
import { configOf, tryingOut, unlessAborted, within } from './contexts.js';
import type { Common } from './options.js';
import type { Output } from './output.js';
import { Progress } from './progress.js';
import { PausedProjector } from './paused-projector.js';
import type { Define } from './session.js';

interface Options extends Common {
  readonly dryRun?: true;
  readonly retryRejected?: true;
  readonly strict?: true;
}

export const define: Define = (command, begin) => {
  command
    .argument('<mapping>', 'JSON file that says how columns become commands; docs/import.md explains it')
    .argument('<folder>', 'where the CSV files are')
    .option('--dry-run', 'decide everything and write nothing')
    .option('--retry-rejected', 'try rows again that an earlier import was refused')
    .option('--strict', 'end with 1 when a row was rejected or is incomplete')
    .action(async (path: string, folder: string, options: Options) => {
      const { output, signal } = begin(options);
      const mapping = await readMapping(path);
      if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
        throw new Invalid('folder-missing', `There is no folder ${folder}.`, { folder });
      }
      const config = configOf(options);
      // The files are checked first, so that wrong ones leave no trace.
      const looked = await unlessAborted(signal, surveyed(mapping, targets, folder, new SystemClock().now()));
      const { dryRun = false, retryRejected = false } = options;
      const work = (app: INestApplicationContext) =>
        imported(app, mapping, folder, { signal, dryRun, retryRejected, surveyed: looked }, config);
      const stopped = options.dryRun ? '' : ' What was accepted stays; the same import again goes on from there.';
      signal.addEventListener('abort', () => output.note(`Stopped.${stopped}`));
      const report = options.dryRun ? await tryingOut(config, signal, work) : await asWriter(config, signal, work);
      output.answer(report, () => textOf(output, report, config));
      const { rejected } = report.rows;
      if (options.strict && rejected + report.incomplete.length > 0) process.exitCode = 1;
    });
};

type Work = (app: INestApplicationContext) => Promise<ImportReport>;

/** Runs an import as the writing process; a stopped import is continued by running it again. */
async function asWriter(config: Config, signal: AbortSignal, work: Work): Promise<ImportReport> {
  try {
    return await within(AppModule.forRoot(PausedProjector.of(running(config, 'annals import'))), signal, work);
  } catch (error) {
    throw heldByAnother(error) ?? brokenOff(error);
  }
}

/** Of an import that can write no more, what was recorded by then stays; only the last append changed nothing. */
export function brokenOff(error: unknown): unknown {
  if (error instanceof Unavailable)
    error.message = `${faultOf(error)} What was imported by then is recorded and stays: the same import again goes on from there.`;
  return error;
}

function heldByAnother(error: unknown): Refusal | undefined {
  if (!(error instanceof Refusal) || error.code !== 'data-held') return undefined;
  const holder = error.details['holder'] as Holder | undefined;
  if (!holder) return undefined;
  const through = holder.url ? `, or send the commands to its API, documented at ${holder.url}/docs` : '';
  return new Refusal(
    'data-held',
    `${error.message} Stop it (kill -INT ${holder.pid}) and import again${through}.`,
    error.details,
  );
}

/** Read models start after this part of the rows, so that their pages stay large. */
const MOST = 0.3;

async function imported(
  app: INestApplicationContext,
  mapping: unknown,
  folder: string,
  options: ImportOptions & Required<Pick<ImportOptions, 'dryRun' | 'signal'>>,
  config: Config,
): Promise<ImportReport> {
  const { dryRun, signal } = options;
  const [bar, closing] = [
    new Progress(dryRun ? 'trying out' : 'importing'),
    new Progress('bringing read models up to date'),
  ];
  const consequences = dryRun ? await onDemand(app) : awaited(app, signal, (step) => closing.show(step));
  const reports = new Reports(reportsFolder(config));
  const parts = { targets, commands: app.get(CommandBus), store: app.get(EventStore), clock: app.get(Clock) };
  const started = performance.now();
  const progress = ({ step, done, rows }: ImportProgress): void => {
    if (!dryRun && done > rows * MOST) app.get<PausedProjector>(BackgroundProjector).begin();
    const rate = Math.round((done * 1000) / Math.max(1, performance.now() - started));
    const secondsLeft = rate > 0 ? Math.ceil((rows - done) / rate) : null;
    bar.show({ done, total: rows, rate, secondsLeft, doing: step });
    if (done === rows) bar.end();
  };
  try {
    const importer = new Importer({ ...parts, reports, consequences });
    return await importer.run(mapping, folder, { ...options, progress });
  } finally {
    bar.end();
    closing.end();
  }
}

/** Rejections that are listed on the screen; the report has the others. */
const LISTED = 20;

/** Selects rejections for the screen evenly by code, so that rare ones are not hidden by frequent ones. */
export function listedOf(all: readonly Rejection[]): readonly Rejection[] {
  const byCode = [...Map.groupBy(all, ({ code }) => code).values()];
  const shown = new Set<Rejection>();
  for (let place = 0; shown.size < Math.min(LISTED, all.length); place += 1) {
    for (const list of byCode) {
      const each = list[place];
      if (each && shown.size < LISTED) shown.add(each);
    }
  }
  return all.filter((each) => shown.has(each));
}

function textOf(output: Output, report: ImportReport, config: Config): string {
  const { source, dryRun, rows, steps, byCode, rejections, incomplete, remembered, events, importId } = report;
  const listed = listedOf([...rejections, ...incomplete]);
  const more = rows.rejected + incomplete.length - listed.length;
  const said = dryRun ? 'would be' : 'were';
  const kept = join(reportsFolder(config), `${importId}.json`);
  const count = (number: number) => number.toLocaleString('en');
  return [
    output.title(
      `${source}: ${count(rows.accepted)} rows ${said} accepted, ${count(rows.unchanged)} unchanged, ${count(rows.rejected)} rejected${
        incomplete.length > 0 ? `, ${count(incomplete.length)} of those that stay incomplete` : ''
      }`,
    ),
    output.table({
      columns: [
        { title: 'step' },
        { title: 'target' },
        { title: 'file' },
        ...['accepted', 'unchanged', 'rejected'].map((title) => ({ title, number: true })),
      ],
      rows: steps.map(({ step, target, file, ...counts }) => [
        step,
        target,
        file ?? '',
        count(counts.accepted),
        count(counts.unchanged),
        count(counts.rejected),
      ]),
    }),
    ...(listed.length === 0
      ? []
      : [
          output.table({
            columns: [{ title: 'refused for' }, { title: 'rows', number: true }],
            rows: Object.entries(byCode).map(([code, number]) => [code, count(number)]),
          }),
          output.table({
            columns: [{ title: 'file' }, { title: 'line', number: true }, { title: 'code' }, { title: 'why' }],
            rows: listed.map((each) => [each.file ?? '', String(each.line), each.code, whyOf(each)]),
          }),
          ...(more > 0 ? [`${count(more)} more are in the report.`] : []),
        ]),
    ...(remembered === 0
      ? []
      : [
          `${count(remembered)} were refused by an earlier import and not tried again; --retry-rejected tries them again.`,
        ]),
    dryRun
      ? `Nothing was written; the log would grow by ${count(events)} events.`
      : `The log grew by ${count(events)} events.${existsSync(kept) ? ` The report is kept in ${kept}.` : ''}`,
  ].join('\n\n');
}

/** Its message, and the lists that a rule named beside its code, such as what a gate missed. */
function whyOf({ message, details = {}, incomplete, target }: Rejection): string {
  const lists = Object.entries(details).flatMap(([name, list]) =>
    Array.isArray(list) && !message.includes(String(list[0])) ? [`${name}: ${list.map(wordsOf).join(', ')}`] : [],
  );
  return [...(incomplete ? [`${target}:`] : []), message, ...lists].join(' ');
}

const wordsOf = (entry: unknown): string =>
  typeof entry === 'object' && entry !== null ? Object.values(entry).map(String).join(' ') : String(entry);
