import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Clock, SystemClock } from '../../libs/clock.js';
import { Config, fileOf, isFile, readConfig } from '../../libs/config.js';
import { Refusal } from '../../libs/errors.js';
import { EventStoreModule } from '../../libs/event-store/event-store.module.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { holderOf } from '../../libs/event-store/sqlite/lock.js';
import type { Holder } from '../../libs/event-store/sqlite/lock.js';
import { Reports, reportsFolder } from '../../libs/import/reports.js';
import { BackgroundProjector } from '../../libs/read-models/building/projector-thread.js';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import { upcasters } from '../../libs/upcasters.js';
import { AppModule } from '../program/app.module.js';
import { installationOf } from '../program/definitions.js';
import { checkLogIsNotLost, isMissing, running } from '../program/running.js';
import type { Common } from './options.js';
import type { Output } from './output.js';
import type { Session } from './session.js';

/** Settings from the command line and the environment; the command line takes precedence. */
export const configOf = ({ data, extensions }: Common, over: Partial<Config> = {}): Config =>
  readConfig({ ...over, ...(extensions !== undefined && { EXTENSIONS: extensions }) }, data);

/** Read models are kept up by the process that writes, if there is one. */
class NoProjector extends BackgroundProjector {
  readonly fault = undefined;
  start(): void {}
  async stop(): Promise<void> {}
}

type Work<Result> = (app: INestApplicationContext) => Promise<Result>;

/** The log alone. */
@Module({})
class LogModule {
  static forRoot(config: Config): DynamicModule {
    const given = [
      { provide: Config, useValue: config },
      { provide: Clock, useClass: SystemClock },
    ];
    return {
      module: LogModule,
      global: true,
      imports: [EventStoreModule.forRoot(upcasters, 'read')],
      providers: given,
      exports: given,
    };
  }
}

/** @throws Refusal `data-missing` · `log-cut` */
export async function readingLog<Result>(config: Config, { signal }: Session, work: Work<Result>): Promise<Result> {
  checkLog(config);
  return within(Promise.resolve(LogModule.forRoot(config)), signal, async (app) => {
    try {
      return await work(app);
    } finally {
      await app.get(EventStore).close();
    }
  });
}

/**
 * Runs `work` in a read-only program, also while another process writes.
 * @param stale whether it goes without saying when read models do not show all that happened
 * @throws Refusal `data-missing` · `log-cut`
 */
export async function reading<Result>(
  config: Config,
  { signal, output }: Session,
  work: Work<Result>,
  stale?: 'whatever they show',
): Promise<Result> {
  checkLog(config);
  const readModels = fileOf(config.READ_MODELS_URL);
  if (isMissing(config.READ_MODELS_URL)) {
    throw new Refusal(
      'data-missing',
      `${readModels} is missing or empty: \`annals rebuild --all\` makes it again from the log.`,
      { path: readModels },
    );
  }
  const installation = await installationOf(config);
  for (const { extension, fault } of installation.extensions.faults) output.note(`extension ${extension}: ${fault}`);
  const module = AppModule.forRoot({ config, installation, projecting: () => new NoProjector() });
  return within(module, signal, async (app) => {
    const isBehind = !stale && !writerOf(config) && (await warnOfLag(app, config, output));
    try {
      return await work(app);
    } catch (error) {
      throw isBehind ? maybeNotThereYet(error) : error;
    }
  });
}

/** Adds to "not found" that the read models are behind the log, so the thing may exist. */
function maybeNotThereYet(error: unknown): unknown {
  if (error instanceof Refusal && error.status === 404)
    error.message += ' It may not be in the read models yet, which are behind the log.';
  return error;
}

/**
 * Warns when read models are behind the log and no process writes, since then they stay behind.
 * @returns whether they are behind
 */
async function warnOfLag(app: INestApplicationContext, config: Config, output: Output): Promise<boolean> {
  const status = await app.get(Rebuilds).status();
  const lag = Math.max(0, ...status.map((each) => each.lag));
  if (lag === 0) return false;
  const events = lag === 1 ? '1 event' : `${lag.toLocaleString('en')} events`;
  const behind = `Read models are ${events} behind the log`;
  output.note(
    (await brokeOff(app.get(EventStore), config))
      ? `${behind}, and the import that wrote last did not come to its end: the same \`annals import\` again goes on where it stopped, records nothing twice, and reports catch up with it. \`annals rebuild --all\` or \`annals start\` brings up what is there.`
      : `${behind}: \`annals rebuild --all\` or \`annals start\` brings them up.`,
  );
  return true;
}

/** Whether the last import was interrupted: it has no report. Unknown for a server, whose reports may be on another machine. */
async function brokeOff(store: EventStore, config: Config): Promise<boolean> {
  if (!isFile(config.EVENT_STORE_URL)) return false;
  const [last] = await store.at(await store.head());
  const importId = last?.metadata.importId;
  return importId !== undefined && !new Reports(reportsFolder(config)).hasReport(importId);
}

/** The process that writes to an embedded log; nothing for a server, where many may write. */
export const writerOf = ({ EVENT_STORE_URL }: Config): Holder | undefined =>
  isFile(EVENT_STORE_URL) ? holderOf(fileOf(EVENT_STORE_URL)) : undefined;

function checkLog(config: Config): void {
  checkLogIsNotLost(config);
  if (!isFile(config.EVENT_STORE_URL)) return;
  const path = fileOf(config.EVENT_STORE_URL);
  if (existsSync(path)) return;
  throw new Refusal(
    'data-missing',
    `There is no data in ${dirname(path)} yet: \`annals demo\` makes some, \`annals import\` brings yours, \`annals start\` begins empty. --data names another folder.`,
    { path },
  );
}

/**
 * Runs `work` in the program without its HTTP server, as the only writing process.
 * @throws Refusal `data-held` while another process writes · `log-cut`
 */
export async function writing<Result>(
  config: Config,
  program: string,
  signal: AbortSignal,
  work: Work<Result>,
): Promise<Result> {
  return within(AppModule.forRoot(running(config, program)), signal, work);
}

/**
 * Runs `work` as a dry run: it decides like a writer and records nothing. Works while another process writes.
 * @throws Refusal `log-cut`
 */
export async function tryingOut<Result>(config: Config, signal: AbortSignal, work: Work<Result>): Promise<Result> {
  checkLogIsNotLost(config);
  return within(AppModule.forRoot({ config, dryRun: true, projecting: () => new NoProjector() }), signal, work);
}

/** Time for aborted work to end, in milliseconds. */
const GRACE = 1_000;

/** Starts the program, runs `work`, and closes the program in any case. */
export async function within<Result>(
  module: Promise<DynamicModule>,
  signal: AbortSignal,
  work: Work<Result>,
): Promise<Result> {
  const app = await NestFactory.createApplicationContext(await module, { logger: false, abortOnError: false });
  const working = work(app);
  try {
    return await unlessAborted(signal, working);
  } finally {
    // Gives work that handles the signal itself time to end.
    if (signal.aborted) await Promise.race([working.catch(() => undefined), sleep(GRACE)]);
    await app.close();
  }
}

/** Stops waiting when the signal aborts; the work itself ends with the process. */
export async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
