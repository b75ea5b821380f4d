import { EsdbClient } from '../../libs/event-store/esdb/client.js';
import { VERSIONS_STREAM } from '../../libs/event-store/esdb/events.js';
import { EsdbEventStore } from '../../libs/event-store/esdb/esdb.event-store.js';
import type { NewEvent } from '../../libs/event-store/event-store.js';

/** Appends an event of a new version, and is killed once that version is `listed`, or once the event itself is `appended`. */
const [, , url, when, event] = process.argv as [string, string, string, string, string];
const append = EsdbClient.prototype.append;
EsdbClient.prototype.append = async function (this: EsdbClient, ...given) {
  const appended = await append.apply(this, given);
  if ((given[0] === VERSIONS_STREAM) === (when === 'listed')) process.kill(process.pid, 'SIGKILL');
  return appended;
};
const store = await EsdbEventStore.open({ url });
await store.append('new-1', 'no-stream', [JSON.parse(event) as NewEvent]);
