import { createServer } from 'node:net';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { History } from '../../libs/audit/queries.js';
import { inFolder, readConfig } from '../../libs/config.js';
import type { Config } from '../../libs/config.js';
import { ArchiveCustomer } from '../../libs/customers/commands.js';
import { GetCustomer } from '../../libs/customers/queries.js';
import { Refusal } from '../../libs/errors.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { GetStructureChart } from '../../libs/organisation/queries.js';
import { BackgroundProjector } from '../../libs/read-models/building/projector-thread.js';
import { GetReport } from '../../libs/reports/queries.js';
import { Reports } from '../../libs/reports/reports.js';
import { reports } from '../program/definitions.js';
import { createHttp, listen } from '../program/http.js';
import { isMissing, running } from '../program/running.js';
import { Subscriptions } from '../program/subscriptions.js';
import { caughtUp } from './caught-up.js';
import { chartLines } from './chart.command.js';
import { awaited } from './consequences.js';
import { unlessAborted } from './contexts.js';
import { BEFORE, play, StoryClock } from './demo/play.js';
import { Calendar, DAY, HOUR, MINUTE } from './demo/calendar.js';
import { twoYears } from './demo/two-years.js';
import { writtenBy } from './demo/written.js';
import type { Story } from './demo/two-years.js';
import { historyText, wholeHistory } from './history.command.js';
import { port, portOrOff, wholeNumber } from './options.js';
import type { Common } from './options.js';
import type { Output } from './output.js';
import { Progress } from './progress.js';
import type { Define } from './session.js';
import { PausedProjector } from './paused-projector.js';
import { reportText } from './report.command.js';

interface DemoOptions extends Common {
  readonly seed: number;
  readonly serve: boolean;
  readonly port?: number;
  readonly subscriptionsPort?: number | 'off';
}

export const define: Define = (command, begin) => {
  command
    .option('--seed <number>', 'another number makes another company up', wholeNumber(0, 999_999_999), 1)
    .option('--no-serve', 'only report')
    .option('--port <number>', 'port to listen on (default: PORT or 3000, another one when that is taken)', port)
    .option(
      '--subscriptions-port <number>',
      'port for clients of EventStoreDB, or off (default: SUBSCRIPTIONS_PORT or 2113, another one when that is taken)',
      portOrOff,
    )
    .action(async (options: DemoOptions) => {
      const { output, signal } = begin(options);
      const { seed, serve, data = `./data/demo-${seed}` } = options;
      const config = await configOf(data, options);
      // After an interrupted run, deadlines of the unfinished story must not become due before it is completed below.
      const clock = new StoryClock(isMissing(config.EVENT_STORE_URL) ? undefined : BEFORE);
      const app = await createHttp({ ...PausedProjector.of(running(config, 'annals demo')), clock });
      try {
        await app.init();
        const story = await unlessAborted(signal, told(app, seed, clock, data, signal));
        const shown = await unlessAborted(signal, answersOf(app, story, seed));
        if (!serve)
          return output.answer({ seed, data, ...shown }, () =>
            textOf(output, story, shown, suggestions(story, data, shown)),
          );
        if (!output.json) output.raw(`${textOf(output, story, shown)}\n`);
        const url = await listen(app);
        const subscriptions = await app.get(Subscriptions).listen();
        const store = app.get(EventStore);
        if (store instanceof SqliteEventStore) store.announce(url);
        output.answer({ seed, data, url, subscriptions, ...shown }, () =>
          suggestions(story, data, shown, { url, subscriptions }),
        );
        await unlessAborted(signal, new Promise<never>(() => undefined));
      } finally {
        await app.close();
      }
    });
};

/** Settings of the demo. Its data can be made again, so writes do not wait for the disk. */
async function configOf(
  folder: string,
  { serve, port: wanted, subscriptionsPort, extensions }: DemoOptions,
): Promise<Config> {
  const config = readConfig({
    ...inFolder(folder),
    DURABILITY: 'normal',
    ...(extensions !== undefined && { EXTENSIONS: extensions }),
    ...(wanted !== undefined && { PORT: wanted }),
    ...(subscriptionsPort !== undefined && { SUBSCRIPTIONS_PORT: subscriptionsPort }),
  });
  const { HOST, PORT, SUBSCRIPTIONS_HOST, SUBSCRIPTIONS_PORT } = config;
  if (serve && wanted === undefined && !(await isFree(HOST, PORT))) config.PORT = 0;
  const searches = serve && subscriptionsPort === undefined && SUBSCRIPTIONS_PORT !== 'off';
  if (searches && !(await isFree(SUBSCRIPTIONS_HOST, SUBSCRIPTIONS_PORT))) config.SUBSCRIPTIONS_PORT = 0;
  return config;
}

/** Whether a port is free, since the demo chooses another one by itself. */
function isFree(host: string, wanted: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(wanted, host, () => probe.close(() => resolve(true)));
  });
}

/** Generates the story and records it, as far as that has not been done before. */
async function told(
  app: INestApplicationContext,
  seed: number,
  clock: StoryClock,
  folder: string,
  signal: AbortSignal,
): Promise<Story> {
  const store = app.get(EventStore);
  const projecting = app.get<PausedProjector>(BackgroundProjector);
  const { events } = await store.readLog({ after: 0, limit: 1 });
  const [first] = events;
  const end = first
    ? Date.parse(first.occurredAt) - MINUTE + Calendar.days * DAY
    : Math.floor(Date.now() / HOUR) * HOUR;
  const story = twoYears(seed, end);
  if (first && !beginsSo(story, first.data)) {
    throw new Refusal(
      'data-not-demo',
      `${folder} holds other data than the demo of seed ${seed}. --data names another folder.`,
      { folder },
    );
  }
  const { events: last } = await store.readStream(`task-${story.lastTaskId}`, { limit: 1 });
  if (last.length > 0) {
    clock.show(undefined);
    projecting.begin();
    await caughtUp(app, signal);
    return story;
  }
  await projecting.prepare();
  // Commands of the story are under way side by side: the one that completes a task may come after one that occurred when it was overdue.
  const consequences = awaited(app, signal, () => undefined);
  const progress = new Progress(`making up two years of ${story.company}`);
  try {
    const total = story.told.length;
    // The rule for archiving a customer queries read models for references to it.
    const asking = story.told.findIndex(({ command }) => command instanceof ArchiveCustomer);
    const follow = Math.min(total * MOST, asking === -1 ? total : asking - ARCHIVES_AHEAD);
    const show = (done: number) => {
      progress.show({ done, total });
      if (done > follow) projecting.begin();
    };
    await play(story.told, seed, app.get(CommandBus), clock, signal, show);
    await consequences.all();
  } finally {
    progress.end();
  }
  return story;
}

/** Read models start after this part of the story, and at the latest this many commands before the first query. */
const MOST = 0.6;
const ARCHIVES_AHEAD = 200;

const beginsSo = ({ told: [first] }: Story, data: unknown): boolean =>
  (first!.command as { orgUnitId?: string }).orgUnitId === (data as { orgUnitId?: string }).orgUnitId;

async function answersOf(app: INestApplicationContext, { hero: { customerId }, told }: Story, seed: number) {
  const queries = app.get(QueryBus);
  const [chart, funnel, retention, customer, history, events, head] = await Promise.all([
    queries.execute(new GetStructureChart()),
    queries.execute(new GetReport('funnel')),
    queries.execute(new GetReport('retention')),
    queries.execute(new GetCustomer(customerId)),
    wholeHistory(queries, 'customer', customerId, {}),
    writtenBy(app.get(EventStore), seed, told.length),
    app.get(EventStore).head(),
  ]);
  return { events, head, chart, funnel, retention, customer, history };
}

type Shown = Awaited<ReturnType<typeof answersOf>>;

function textOf(
  output: Output,
  { hero, company }: Story,
  { events, chart, funnel, retention, history }: Shown,
  ...more: readonly string[]
): string {
  const byName = new Reports(reports);
  return [
    output.title(`${company}: two years in ${events.toLocaleString('en')} events`),
    chartLines(output, chart),
    reportText(output, funnel, byName.of('funnel')),
    reportText(output, retention, byName.of('retention')),
    historyText(output, history as History, hero.name),
    ...more,
  ].join('\n\n');
}

function suggestions(
  { hero, beforeReorganisation }: Story,
  folder: string,
  { customer, head }: Shown,
  { url, subscriptions }: { readonly url?: string; readonly subscriptions?: string | null } = {},
): string {
  const data = `--data ${folder}`;
  const tier = customer.tier === 'important' ? 'potential' : 'important';
  const change = [
    `curl -X POST ${url}/customers/${hero.customerId}/tier -H 'content-type: application/json' \\`,
    `     -d '{"tier": "${tier}", "reason": "seen in the demo"}'`,
    `   ./annals history customer '${hero.name}' --type CustomerTierOverridden ${data}`,
  ].join('\n');
  return [
    ...(url ? [`Listening on ${url}, documented at ${url}/docs; Ctrl-C stops it.`] : []),
    ...(subscriptions ? [`Subscriptions at ${subscriptions}, for clients of EventStoreDB.`] : []),
    'Three things to try:',
    `1. the organisation before its best customers got a team of their own`,
    `   ./annals chart --as-of ${beforeReorganisation} ${data}`,
    `2. what sellers and their managers had won by then`,
    `   ./annals report performance --by manager,employee --as-of ${beforeReorganisation} ${data}`,
    ...(url
      ? ['3. change something, and find it in the history', `   ${change}`]
      : [
          '3. everything that is recorded from now on, while `annals demo` serves',
          `   ./annals events --after ${head} --follow ${data}`,
        ]),
  ].join('\n');
}
