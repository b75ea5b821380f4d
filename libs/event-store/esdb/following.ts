import eventstore from '@eventstore/db-client';
import type { AllStreamResolvedEvent, EventStoreDBClient, ReadableSubscription } from '@eventstore/db-client';
import { EsdbError, failureOf } from './failures.js';
import { eventOf, positionOf } from './wire-event.js';
import type { EsdbEvent } from './wire-event.js';

const { START, eventTypeFilter, streamNameFilter } = eventstore;

/** Server-side filter by prefixes of event types or of stream names; `'all'` excludes only the server's own events. */
export type EsdbFilter = { readonly types: readonly string[] } | { readonly streams: readonly string[] } | 'all';

/** Callbacks of a subscription to the log, called in order. */
export interface EsdbFollower {
  event(event: EsdbEvent): void;
  /** The filter has passed this position. */
  checkpoint(position: number): void;
  caughtUp(): void;
  ended(error: EsdbError): void;
}

export interface EsdbFollowing {
  /** Whether every event that has arrived has been passed to the follower. */
  readonly drained: boolean;
  pause(): void;
  resume(): void;
  /** Ends the subscription; no further callbacks. */
  stop(): void;
}

/** An open call of the client, which `dispose` would leave open. */
export interface Destroyable {
  destroy(error: Error): unknown;
}

/** A filtered subscription gives a checkpoint after `WINDOW * WINDOWS` positions. */
const WINDOW = 500;
const WINDOWS = 10;
/** Events that the client buffers for a follower. */
const READY = 64;

/**
 * Subscribes to the log after a position.
 * @param open open calls of the client, which are ended with it
 */
export function follow(
  client: EventStoreDBClient,
  open: Set<Destroyable>,
  after: number,
  filter: EsdbFilter,
  follower: EsdbFollower,
): EsdbFollowing {
  const told = {
    maxSearchWindow: WINDOW,
    checkpointInterval: WINDOWS,
    checkpointReached: async (_: unknown, { commit }: { readonly commit: bigint }) =>
      follower.checkpoint(Number(commit)),
  };
  const subscription: ReadableSubscription<AllStreamResolvedEvent> = client.subscribeToAll(
    {
      fromPosition: after === 0 ? START : positionOf(after),
      filter:
        filter === 'all'
          ? eventTypeFilter({ regex: '^[^\\$].*', ...told })
          : 'types' in filter
            ? eventTypeFilter({ prefixes: [...filter.types], ...told })
            : streamNameFilter({ prefixes: [...filter.streams], ...told }),
    },
    { highWaterMark: READY },
  );
  open.add(subscription);
  let over = false;
  const end = (error: unknown) => {
    open.delete(subscription);
    if (over) return;
    over = true;
    follower.ended(failureOf(error));
  };
  subscription.on('data', ({ event }) => {
    if (!over && event) follower.event(eventOf(event));
  });
  subscription.on('caughtUp', () => {
    if (!over) follower.caughtUp();
  });
  subscription.on('error', end);
  subscription.on('end', () => end(new EsdbError('silent', 'the server ended the subscription')));
  return {
    get drained() {
      return subscription.readableLength === 0;
    },
    pause: () => void subscription.pause(),
    resume: () => void subscription.resume(),
    stop: () => {
      over = true;
      open.delete(subscription);
      subscription.resume();
      subscription.unsubscribe().catch(() => undefined);
    },
  };
}
