import { afterEach, beforeEach, describe } from '@jest/globals';
import type { EventStore } from '../../libs/event-store/event-store.js';
import type { Upcasting } from '../../libs/event-store/upcasting.js';
import { appending } from './event-store/appending.js';
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

/** The store under test: another one, on a fresh place, for every test. */
export interface Tested {
  readonly store: EventStore;
  /** Closes the store and opens it at the same place. */
  reopen(options?: { readonly upcasting?: Upcasting }): Promise<void>;
}

/** What an event store is, whichever engine keeps the log. */
export function eventStoreContract(name: string, makePlace: () => Promise<StorePlace>): void {
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
    };
    describe('appending', () => {
      appending(tested);
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
