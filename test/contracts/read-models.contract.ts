import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { foldPage, idsOf } from '../../libs/read-models/building/fold.js';
import type { Generation } from '../../libs/read-models/generation.js';
import type { PageWrite, ReadModels } from '../../libs/read-models/read-models.js';
import { partOf } from '../../libs/read-models/partitions.js';
import { definitionOf } from '../../libs/read-models/rollup.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';
import { recorded } from '../support/given.js';
import { documents } from './read-models/documents.js';
import { generations } from './read-models/generations.js';
import { filteredLists } from './read-models/filtered-lists.js';
import { lists } from './read-models/lists.js';
import { reports } from './read-models/reports.js';
import { sharing } from './read-models/sharing.js';
import { writing } from './read-models/writing.js';

/** A place where read models lie. */
export interface ReadModelsPlace {
  /** Opens them; also a second time beside the first, as another thread or program does. */
  open(options?: { readonly readOnly?: boolean }): Promise<ReadModels>;
  remove(): Promise<void>;
  /** Names of the tables or collections there are. */
  tables(): Promise<readonly string[]>;
}

/** What a server is not able to do. */
export interface Cannot {
  /** What it answers who asks for a report with durations, where it cannot be relied on for others either. */
  readonly reports?: RegExp;
  /** Whether of two who change one document at a time both may find it as it was. */
  readonly oneStep?: boolean;
}

type Test = (name: string, work: () => Promise<void>) => void;

/** The read models under test: others, on a fresh place, for every test. */
export interface Tested {
  /** A test that asks for a report with durations: expects that this is refused where there are none. */
  readonly itReports: Test;
  /** A test in which several change one document at a time: not there where that goes wrong. */
  readonly itRaces: Test;
  readonly readModels: ReadModels;
  open(options?: { readonly readOnly?: boolean }): Promise<ReadModels>;
  /** Names of the tables or collections in which generations keep documents and cells. */
  tables(): Promise<readonly string[]>;
  /** Builds a generation from these events and lets it serve. */
  serve(
    readModel: ReadModel,
    events: readonly { type: string; data: unknown; occurredAt?: string }[],
    partitions?: number,
  ): Promise<Generation>;
}

/** What these events do to a generation that stands at `from`. */
export async function pageOf(
  readModels: ReadModels,
  generation: Generation,
  readModel: ReadModel,
  events: readonly RecordedEvent[],
  options: { readonly from?: number; readonly to?: number; readonly parked?: ReadonlySet<string> } = {},
): Promise<PageWrite> {
  const { from = generation.position, parked = new Set() } = options;
  const to = options.to ?? events.at(-1)?.position ?? from;
  const before = await readModels.documents(generation, idsOf(readModel, events, parked));
  return { generation, readModel, from, to, rate: 0, ...foldPage(readModel, events, before, 'UTC', parked) };
}

/** More than one wherever there is more than one event, so that documents change that have been stored. */
function pagesOf(events: readonly RecordedEvent[]): (readonly RecordedEvent[])[] {
  const size = Math.max(1, Math.ceil(events.length / 4));
  return Array.from({ length: Math.ceil(events.length / size) }, (_, index) =>
    events.slice(index * size, (index + 1) * size),
  );
}

/** What read models are, whichever engine keeps them. */
export function readModelsContract(name: string, makePlace: () => Promise<ReadModelsPlace>, cannot: Cannot = {}): void {
  describe(`read models on ${name}`, () => {
    let place: ReadModelsPlace;
    let opened: ReadModels[];

    beforeEach(async () => {
      place = await makePlace();
      opened = [await place.open()];
    });

    afterEach(async () => {
      for (const readModels of opened) await readModels.close();
      await place.remove();
    });

    const tested: Tested = {
      itReports: (what, work) =>
        cannot.reports ? it(`${what}: refused`, () => expect(work()).rejects.toThrow(cannot.reports)) : it(what, work),
      // Where two may both win there is no outcome to expect; `ferretdb.own.ts` expects that they do.
      itRaces: cannot.oneStep ? it.skip : it,
      get readModels() {
        return opened[0]!;
      },
      async open(options) {
        opened.push(await place.open(options));
        return opened.at(-1)!;
      },
      tables: async () => (await place.tables()).filter((each) => /^(document|list|cell)\w*_\d/.test(each)).sort(),
      async serve(readModel, events, partitions = 1) {
        const { readModels } = tested;
        const generation = await readModels.create(readModel, definitionOf(readModel, 'UTC'), partitions);
        for (let at of (await readModels.generations()).filter(({ set }) => set === generation.set)) {
          const part = partOf(readModel, at);
          for (const page of pagesOf(recorded(events))) {
            const write = await pageOf(readModels, at, part, page);
            await readModels.write([write]);
            at = { ...at, position: write.to };
          }
          await readModels.index(at, readModel);
          await readModels.transition(at.id, ['building'], 'ready');
        }
        await readModels.activate(generation);
        return (await readModels.generations()).find(({ id }) => id === generation.id)!;
      },
    };
    describe('documents', () => {
      documents(tested);
    });
    describe('lists', () => {
      lists(tested);
      filteredLists(tested);
    });
    // Where they are refused, the five tests of other parts that ask for one (`itReports`) expect that refusal.
    (cannot.reports ? describe.skip : describe)('reports', () => {
      reports(tested);
    });
    describe('generations', () => {
      generations(tested);
    });
    describe('writing', () => {
      writing(tested);
    });
    describe('shares', () => {
      sharing(tested);
    });
  });
}
