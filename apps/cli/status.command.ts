import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { installationOf } from '../program/definitions.js';
import { isMissing } from '../program/running.js';
import { fileOf, isFile } from '../../libs/config.js';
import type { Config } from '../../libs/config.js';
import { SystemClock } from '../../libs/clock.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import type { ExtensionStatus } from '../../libs/extensions/load.js';
import { withoutLogin } from '../../libs/event-store/esdb/url.js';
import { openProcessMemory } from '../../libs/processes/memory/open-process-memory.js';
import { stateOf } from '../../libs/processes/memory/process-state.js';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import type { ProjectionStatus } from '../../libs/read-models/building/rebuilds.js';
import { freeBytes, ROOM } from '../../libs/sqlite/wal.js';
import { processes } from '../program/contexts.js';
import { configOf, reading, readingLog, writerOf } from './contexts.js';
import { time } from './event-words.js';
import type { Common } from './options.js';
import type { Define } from './session.js';

export const define: Define = (command, begin) => {
  command.action(async (options: Common) => {
    const session = begin(options);
    const { output } = session;
    const config = configOf(options);
    const log = await readingLog(config, session, async (app) => logOf(app.get(EventStore), config));
    const extensions = (await installationOf(config)).extensions.all;
    const projections = isMissing(config.READ_MODELS_URL)
      ? []
      : await reading(config, session, (app) => app.get(Rebuilds).status(), 'whatever they show');
    const parkedStreams = await parkedIn(config);
    const readModels = { ...summary(projections, config), parkedStreams };
    const writer = writerOf(config) ?? null;
    output.answer({ log, readModels, extensions, writer }, () => {
      const { url, program, pid, since } = writer ?? {};
      return output.table({
        columns: [{ title: 'what' }, { title: 'is' }],
        rows: [
          [
            'log',
            log.bytes === null
              ? `up to position ${log.position}, ${log.path}`
              : `${log.events} events, ${megabytes(log.bytes)}, ${log.path}`,
          ],
          ['last event', log.recordedAt ? `recorded ${time(log.recordedAt)} UTC` : 'none yet'],
          [
            'read models',
            [
              `${readModels.upToDate} of ${readModels.all} up to date`,
              ...(readModels.bytes === null ? [] : [megabytes(readModels.bytes)]),
              readModels.path,
            ].join(', '),
          ],
          ...[...new Set([log.fault, readModels.fault])].flatMap((fault) => (fault === null ? [] : [['fault', fault]])),
          ...(readModels.behind.length > 0 ? [['behind', readModels.behind.join(', ')]] : []),
          ...(readModels.building.length > 0 ? [['being built', readModels.building.join(', ')]] : []),
          ...(readModels.failed.length > 0 ? [['failed', readModels.failed.join(', ')]] : []),
          ...(readModels.parked > 0 ? [['parked documents', String(readModels.parked)]] : []),
          ...(parkedStreams > 0 ? [['parked streams of processes', String(parkedStreams)]] : []),
          ...extensions.map((each) => [`extension ${each.extension}`, each.fault ?? addedBy(each)]),
          [
            'written by',
            writer
              ? `${program}, process ${pid}, since ${time(since!)} UTC${url ? `, at ${url}` : ''}`
              : log.bytes === null
                ? 'any program that the event store permits'
                : 'no program at the moment',
          ],
        ],
      });
    });
  });
};

const addedBy = ({ projections, reports }: ExtensionStatus): string =>
  [...projections.map((name) => `projection ${name}`), ...reports.map((name) => `report ${name}`)].join(', ');

/** How many events a server holds, and how much room they take, is not known here. */
async function logOf(store: EventStore, { EVENT_STORE_URL }: Config) {
  const inFile = isFile(EVENT_STORE_URL);
  const path = inFile ? fileOf(EVENT_STORE_URL) : withoutLogin(EVENT_STORE_URL);
  const position = await store.head();
  const last = await store.at(position);
  const recordedAt = last[0]?.recordedAt ?? null;
  return {
    path,
    position,
    events: inFile ? position : null,
    bytes: inFile ? sizeOf(path) : null,
    recordedAt,
    fault: faultOf(path, inFile),
  };
}

/** How many streams processes have put aside, as far as that is remembered. */
async function parkedIn({ EVENT_STORE_URL: url }: Config): Promise<number> {
  const memory = await openProcessMemory({ url, clock: new SystemClock(), readOnly: true });
  try {
    const states = await Promise.all(processes.map(({ name }) => stateOf(memory, name)));
    return states.reduce((count, state) => count + Object.keys(state?.parked ?? {}).length, 0);
  } finally {
    await memory.close();
  }
}

function summary(projections: readonly ProjectionStatus[], { READ_MODELS_URL }: Config) {
  const inFile = isFile(READ_MODELS_URL);
  // Leaves user and password out of the output.
  const path = inFile ? fileOf(READ_MODELS_URL) : READ_MODELS_URL.replace(/\/\/[^/]*@/, '//').replace(/\?.*/, '');
  const namesOf = (those: (projection: ProjectionStatus) => boolean) =>
    projections.filter(those).map(({ name }) => name);
  const withCopy =
    (...states: string[]) =>
    ({ others }: ProjectionStatus) =>
      others.some(({ state }) => states.includes(state));
  const behind = ({ active, definition }: ProjectionStatus) =>
    !active || active.lag > 0 || active.definition !== definition;
  return {
    path,
    /** What is on another machine is not known. */
    bytes: inFile ? sizeOf(path) : null,
    fault: faultOf(path, inFile),
    all: projections.length,
    upToDate: projections.length - namesOf(behind).length,
    behind: namesOf(behind),
    building: namesOf(withCopy('building', 'catching-up', 'verifying', 'ready')),
    failed: namesOf(withCopy('failed')),
    parked: projections.reduce((count, { parked }) => count + parked.length, 0),
  };
}

/** Why nothing can be written, as far as the disk shows it; what a server on another machine lacks, that server says. */
function faultOf(path: string, inFile: boolean): string | null {
  const free = inFile ? freeBytes(path) : undefined;
  if (free === undefined || free >= ROOM) return null;
  return `the disk of ${dirname(path)} is full: ${megabytes(free)} are left`;
}

/** What SQLite keeps beside the file counts too. */
const sizeOf = (path: string): number =>
  ['', '-wal'].reduce((sum, suffix) => sum + (statSync(`${path}${suffix}`, { throwIfNoEntry: false })?.size ?? 0), 0);

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;
