import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { StreamDeleted } from './refusals.js';
import { isShown, shownOf } from './stream-metadata.js';

const LINK = '$>';

/** What a reader is given: an event, or a link and the event it leads to while there is one. */
export interface ResolvedEvent {
  readonly event?: RecordedEvent | undefined;
  readonly link?: RecordedEvent;
}

/** Where it lies that a reader is given this. */
export const originOf = ({ event, link }: ResolvedEvent): RecordedEvent => (link ?? event)!;

export const isLink = (event: RecordedEvent): boolean => event.type === LINK && event.foreign !== undefined;

/** Follows links, for who asks for that. */
export async function resolved(store: EventStore, event: RecordedEvent, resolveLinks: boolean): Promise<ResolvedEvent> {
  if (!resolveLinks || !isLink(event) || !event.foreign) return { event };
  const [, revision, stream] = /^(\d+)@(.+)$/s.exec(Buffer.from(event.foreign.data).toString()) ?? [];
  if (stream === undefined) return { event };
  return { event: await target(store, stream, Number(revision)), link: event };
}

async function target(store: EventStore, stream: string, revision: number): Promise<RecordedEvent | undefined> {
  try {
    const shown = await shownOf(store, stream);
    const { events } = await store.readStream(stream, { from: revision, to: revision });
    return shown && events.find((event) => isShown(event, shown));
  } catch (error) {
    if (error instanceof StreamDeleted) return undefined;
    throw error;
  }
}
