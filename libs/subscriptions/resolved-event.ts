import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { StreamDeleted } from './refusals.js';
import { isShown, shownOf } from './stream-metadata.js';

const LINK = '$>';

/** An event as readers get it: the event alone, or a link with its target, if that exists. */
export interface ResolvedEvent {
  readonly event?: RecordedEvent | undefined;
  readonly link?: RecordedEvent;
}

/** The event that stands in the stream being read: the link, if there is one. */
export const originOf = ({ event, link }: ResolvedEvent): RecordedEvent => (link ?? event)!;

export const isLink = (event: RecordedEvent): boolean => event.type === LINK && event.foreign !== undefined;

/** Resolves a link event to its target, if the reader wants that. */
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
