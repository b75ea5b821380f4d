import { Upcasting } from '../../libs/event-store/upcasting.js';
import type { LogRange, RecordedEvent } from '../../libs/event-store/event-store.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { readable } from '../../libs/event-store/foreign.js';
import { EventTypes } from '../../libs/event-store/event-types.js';
import { checkPosition } from '../../libs/read-models/reading.js';
import { knownEventTypes } from '../api/event-types.js';
import { configOf, readingLog } from './contexts.js';
import { list, wholeNumber } from './options.js';
import type { Common } from './options.js';
import type { Define } from './session.js';

interface EventsOptions extends Common {
  readonly after: number;
  readonly type?: readonly string[];
  readonly stream?: readonly string[];
  readonly follow?: true;
}

export const define: Define = (command, begin) => {
  command
    .option('--after <position>', 'events after this position', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--type <types>', 'only events of these types, with commas between them', list)
    .option('--stream <streams>', 'only streams that begin so: customer-, opportunity-<id>', list)
    .option('--follow', 'stay, and print what is recorded from now on')
    .action(async (options: EventsOptions) => {
      const session = begin(options);
      const { output, signal } = session;
      const { after, type: types, stream: streams, follow = false } = options;
      new EventTypes(knownEventTypes).check(types, 'type');
      const range: LogRange = { after, ...(types && { types }), ...(streams && { streams }) };
      await readingLog(configOf(options), session, async (app) => {
        const store = app.get(EventStore);
        app.get(Upcasting).verify(await store.storedVersions(), knownEventTypes);
        checkPosition('after', after, await store.head());
        for await (const page of store.subscribe(range, signal)) {
          for (const event of page.events) await output.line(lineOf(event));
          if (page.end && !follow) return;
        }
      });
    });
};

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
