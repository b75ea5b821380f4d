import { afterEach, beforeEach, describe, it } from '@jest/globals';
import type { EventStore } from '../../libs/event-store/event-store.js';
import type { Upcasting } from '../../libs/event-store/upcasting.js';
import { appending } from './event-store/appending.js';
import { appendingSeveral } from './event-store/appending-several.js';
import { idempotence } from './event-store/idempotence.js';
import { readingLogs } from './event-store/reading-logs.js';
import { readingStreams } from './event-store/reading-streams.js';
import { subscribing } from './event-store/subscribing.js';

/** A place where one log lies. */
export interface StorePlace {
  /** Opens the store; again, once it was closed, to find there what was written. */
  open(options?: { readonly upcasting?: Upcasting }): Promise<EventStore>;
  remove(): Promise<void>;
}

/** What an engine can do that others cannot. */
export interface Known {
  /** Whether every place has a log of its own, or all are parts of one on a server that others write to as well. */
  readonly log?: 'own' | 'shared';
  /** Where an event of ours is known by its id: servers do not look beyond its stream. */
  readonly ids?: 'everywhere' | 'in its stream';
}

/** The store under test: another one, on a fresh place, for every test. */
export interface Tested {
  readonly store: EventStore;
  /** Closes the store and opens it at the same place. */
  reopen(options?: { readonly upcasting?: Upcasting }): Promise<void>;
  readonly ids: Known['ids'];
  /** A test that is about a log of one's own, which knows the ids of all its events; left out where others share it. */
  readonly alone: Pick<typeof it, 'each'> & ((name: string, test: () => Promise<void>) => void);
}

/** What an event store is, whichever engine keeps the log. */
export function eventStoreContract(
  name: string,
  makePlace: () => Promise<StorePlace>,
  { log = 'own', ids = 'everywhere' }: Known = {},
): void {
  describe(`an event store on ${name}`, () => {
    let place: StorePlace;
    let store: EventStore;

    beforeEach(async () => {
      place = await makePlace();
      store = await place.open();
    });

    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    const tested: Tested = {
      get store() {
        return store;
      },
      async reopen(options) {
        await store.close();
        store = await place.open(options);
      },
      ids,
      // On a log that others write to nothing is empty, and a real server knows ids in their stream only.
      alone: log === 'own' ? it : it.skip,
    };
    describe('appending', () => {
      appending(tested);
    });
    describe('appending to several streams, or depending on others', () => {
      appendingSeveral(tested);
    });
    describe('appending again', () => {
      idempotence(tested);
    });
    describe('reading a stream', () => {
      readingStreams(tested);
    });
    describe('reading the log', () => {
      readingLogs(tested);
    });
    describe('subscribing', () => {
      subscribing(tested);
    });
  });
}
