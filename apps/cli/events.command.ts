import { Option } from 'commander';
import { entryLine, entryTitles } from '../../libs/audit/entry-lines.js';
import { entryOf } from '../../libs/audit/queries.js';
import type { Config } from '../../libs/config.js';
import { csv } from '../../libs/csv.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { readable } from '../../libs/event-store/foreign-events.js';
import { EventTypes } from '../../libs/event-store/event-types.js';
import { Reports, reportsFolder } from '../../libs/import/reports.js';
import { checkPosition } from '../../libs/read-models/asking/reading.js';
import { knownEventTypes } from '../program/contexts.js';
import { configOf, readingLog } from './contexts.js';
import { axisOf, between } from './moments.js';
import type { Between } from './moments.js';
import { csvOption, list, moment, wholeNumber } from './options.js';
import type { Common } from './options.js';
import type { Output } from './output.js';
import type { Define } from './session.js';
import { wantedEvents } from './wanted-events.js';
import type { Wanted } from './wanted-events.js';

interface EventsOptions extends Common, Between {
  readonly after: number;
  readonly type?: readonly string[];
  readonly stream?: readonly string[];
  readonly actor?: string;
  readonly import?: string;
  readonly axis?: 'occurred' | 'recorded';
  readonly csv?: true;
  readonly follow?: true;
}

export const define: Define = (command, begin) => {
  command
    .option('--after <position>', 'events after this position', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--type <types>', 'only events of these types, with commas between them', list)
    .option('--stream <streams>', 'only streams that begin so: customer-, opportunity-<id>', list)
    .option('--actor <id-or-name>', 'only what this person or rule did')
    .option('--import <id>', 'only what this import brought')
    .option('--since <moment>', 'only what happened then or later; a day means its beginning', moment)
    .option('--before <moment>', 'only what happened earlier; a day means its beginning', moment)
    .addOption(
      new Option('--axis <axis>', 'what --since and --before mean: when it was true, or when it was recorded').choices([
        'occurred',
        'recorded',
      ]),
    )
    .addOption(csvOption())
    .option('--follow', 'stay, and print what is recorded from now on')
    .action(async (options: EventsOptions) => {
      const session = begin(options);
      const config = configOf(options);
      const wanted = wantedOf(options, config.REPORT_ZONE);
      new EventTypes(knownEventTypes).check(wanted.range.types, 'type');
      await readingLog(config, session, async (app) => {
        const store = app.get(EventStore);
        app.get(Upcasting).verify(await store.storedVersions(), knownEventTypes);
        checkPosition('after', options.after, await store.head());
        const pages = wantedEvents(store, wanted, session.signal, ranWithoutEvents(config, session.output));
        await (options.csv ? asCsv(pages, session.output) : asJson(pages, session.output));
      });
    });
};

function wantedOf(options: EventsOptions, zone: string): Wanted {
  const { after, type: types, stream: streams, actor, import: importId, follow = false } = options;
  return {
    range: { after, ...(types && { types }), ...(streams && { streams }) },
    filter: { actor, importId, ...between(options, zone) },
    axis: axisOf(options.axis, options),
    follow,
  };
}

/** Whether an import ran that recorded nothing: then it says so, since no events may also mean that none fit. */
const ranWithoutEvents =
  (config: Config, output: Output) =>
  (importId: string): boolean => {
    const ran = new Reports(reportsFolder(config)).has(importId);
    if (ran) output.note(`The import ${importId} recorded no events.`);
    return ran;
  };

type Pages = AsyncIterable<readonly RecordedEvent[]>;

async function asJson(pages: Pages, output: Output): Promise<void> {
  for await (const events of pages) for (const event of events) await output.line(lineOf(event));
}

/** The titles wait for the first event, or for the end, so that a refusal stands alone. */
async function asCsv(pages: Pages, output: Output): Promise<void> {
  let titles: readonly (readonly string[])[] = [entryTitles];
  for await (const events of pages) {
    await output.part(csv([...titles, ...events.map((event) => entryLine(entryOf(event)))]));
    titles = [];
  }
  if (titles.length > 0) await output.part(csv(titles));
}

function lineOf(event: RecordedEvent) {
  const { position, stream, revision, id, type, schemaVersion, occurredAt, recordedAt, data, metadata, foreign } =
    event;
  return {
    position,
    stream,
    revision,
    id,
    type,
    schemaVersion,
    occurredAt,
    recordedAt,
    data,
    metadata,
    ...(foreign && { foreign: { contentType: foreign.contentType, metadata: readable(foreign.metadata) } }),
  };
}
