import { join } from 'node:path';
import { afterAll, expect } from '@jest/globals';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { cellsOf } from '../../libs/read-models/cells.js';
import { foldPage, idsOf } from '../../libs/read-models/building/fold.js';
import { Window } from '../../libs/read-models/building/windows.js';
import type { Generation } from '../../libs/read-models/generation.js';
import type { PageWrite, ReadModels, StoredDocument } from '../../libs/read-models/read-models.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { TestClock } from './clock.js';
import { folder } from './folder.js';

export interface FiveWaysOptions {
  readonly zone?: string;
  /** Where pages are cut by chance: from 0 to below 1. */
  readonly random?: () => number;
  /** Where they are folded into; the embedded engine unless told otherwise. */
  readonly readModels?: ReadModels;
}

const nothingParked: ReadonlySet<string> = new Set();
let opened: SqliteReadModels | undefined;
const scratch = () =>
  (opened ??= new SqliteReadModels({ path: join(folder(), 'five-ways.db'), clock: new TestClock() }));
afterAll(() => opened?.close());

/** Every way must come to the same documents and cells, whatever the history. */
export async function expectFiveWaysAlike(
  readModel: ReadModel,
  events: readonly RecordedEvent[],
  options: FiveWaysOptions = {},
) {
  const { singly, ...others } = await fiveWays(readModel, events, options);
  for (const [way, content] of Object.entries(others)) expect({ way, content }).toEqual({ way, content: singly });
}

/**
 * Folds a history event by event, in pages, in pages cut by chance, with every page delivered twice, and with a crash before
 * every page; and twice as for a read model that is being built, with the cells counted at the end: page by page, and in windows
 * with crashes while they are written. @returns what each left, as canonical JSON
 */
export async function fiveWays(readModel: ReadModel, events: readonly RecordedEvent[], options: FiveWaysOptions = {}) {
  const { zone = 'Europe/Berlin', random = seeded(1), readModels = scratch() } = options;
  const by = (size: () => number, way: Way = {}) => foldInto(readModels, readModel, pagesOf(events, size), zone, way);
  const byChance = () => 1 + Math.floor(random() * 20);
  return {
    singly: await by(() => 1, { forgetful: true }),
    inPages: await by(() => 50),
    byChance: await by(byChance),
    twice: await by(byChance, { twice: true }),
    crashing: await by(byChance, { crashing: true, forgetful: true }),
    counted: await by(() => 50, { counted: true }),
    gathered: await gatherInto(readModels, readModel, pagesOf(events, byChance), zone, random),
  };
}

/** The plain way, for a history that is too long for all five. */
export async function foldAlone(
  readModel: ReadModel,
  events: readonly RecordedEvent[],
  zone: string,
): Promise<string[]> {
  return foldInto(
    scratch(),
    readModel,
    pagesOf(events, () => 500),
    zone,
    { forgetful: true },
  );
}

interface Way {
  /** Reads every document anew, as a program does that was just started. */
  readonly forgetful?: boolean;
  readonly twice?: boolean;
  readonly crashing?: boolean;
  /** Folds without the reports, and counts their cells from the documents that it ends with. */
  readonly counted?: boolean;
}

async function foldInto(
  readModels: ReadModels,
  readModel: ReadModel,
  pages: RecordedEvent[][],
  zone: string,
  way: Way,
) {
  let generation = await readModels.create(readModel, 'five ways');
  const kept = new Map<string, StoredDocument>();
  const fold = async (page: readonly RecordedEvent[]): Promise<PageWrite> => {
    const ids = idsOf(readModel, page, nothingParked);
    const before = await readModels.documents(generation, ids);
    if (!way.forgetful) for (const id of ids.filter((each) => kept.has(each))) before.set(id, kept.get(id)!);
    for (const stored of before.values()) freeze(stored.document);
    const folded = foldPage(way.counted ? { ...readModel, rollups: [] } : readModel, page, before, zone);
    for (const [id, { document, position }] of folded.documents) kept.set(id, { document: freeze(document), position });
    return { generation, readModel, from: generation.position, to: page.at(-1)!.position, rate: 0, ...folded };
  };
  for (const page of pages) {
    const write = await fold(page);
    if (way.crashing) {
      // The page is written, and then something in the same transaction fails: nothing of it may be left.
      await expect(readModels.write([write, { ...write, from: -1 }])).rejects.toThrow('another program');
      await readModels.write([await fold(page)]);
    } else {
      await readModels.write([write]);
    }
    if (way.twice) {
      await expect(readModels.write([write])).rejects.toThrow('another program');
      generation = { ...generation, position: write.to };
      await readModels.write([await fold(page)]);
    }
    generation = { ...generation, position: write.to };
  }
  if (way.counted) await count(readModels, readModel, generation, zone);
  return drained(readModels, readModel, generation);
}

/** Gathers pages in windows of some pages each. Every other write of a window ends in a crash before its last part. */
async function gatherInto(
  readModels: ReadModels,
  readModel: ReadModel,
  pages: RecordedEvent[][],
  zone: string,
  random: () => number,
) {
  let generation = await readModels.create(readModel, 'five ways');
  const plain = { ...readModel, rollups: [] };
  let crashes = false;
  for (let from = 0; from < pages.length;) {
    const some = pages.slice(from, from + 1 + Math.floor(random() * 5));
    const window = new Window(generation.position, readModel.projection.lists.length > 0);
    for (const page of some) {
      const before = new Map<string, StoredDocument>();
      const ids = idsOf(plain, page, nothingParked);
      const stored = await readModels.documents(generation, ids);
      for (const id of ids) {
        const document = window.get(id) ?? stored.get(id);
        if (document) before.set(id, { ...document, document: freeze(document.document) });
      }
      window.add(foldPage(plain, page, before, zone), page.at(-1)!.position);
    }
    crashes = !crashes;
    for (const { to, ...part } of window.parts(3)) {
      if (to !== undefined && crashes) break;
      const { position } = generation;
      const write = { generation, readModel: plain, from: position, to: to ?? position, rate: 0, cells: new Map() };
      await readModels.write([{ ...write, ...part }]);
      if (to === undefined) continue;
      generation = { ...generation, position: to };
      from += some.length;
    }
  }
  await count(readModels, readModel, generation, zone);
  return drained(readModels, readModel, generation);
}

async function count(readModels: ReadModels, readModel: ReadModel, generation: Generation, zone: string) {
  const documents = readModels.contents(generation, { ...readModel, rollups: [] });
  await readModels.fill(generation, readModel, cellsOf(documents, readModel.rollups, zone, uncounted));
}

async function drained(readModels: ReadModels, readModel: ReadModel, generation: Generation): Promise<string[]> {
  const content = await contentOf(readModels, generation, readModel);
  await readModels.transition(generation.id, ['building'], 'dropped');
  return content;
}

function uncounted(id: string, error: unknown): never {
  throw new Error(`document ${id} cannot be counted`, { cause: error });
}

/** Everything in a generation as lines of canonical JSON, in order. */
export async function contentOf(
  readModels: ReadModels,
  generation: Generation,
  readModel: ReadModel,
): Promise<string[]> {
  const content: string[] = [];
  for await (const some of readModels.contents(generation, readModel)) {
    for (const [name, ...texts] of some) content.push([name, ...texts.map(canonical)].join(' '));
  }
  return content.sort();
}

function pagesOf(events: readonly RecordedEvent[], size: () => number): RecordedEvent[][] {
  const pages: RecordedEvent[][] = [];
  for (let from = 0; from < events.length;) {
    const to = from + size();
    // Parts of one stored event are never in two pages.
    let end = Math.min(to, events.length);
    while (end < events.length && events[end]!.position === events[end - 1]!.position) end += 1;
    pages.push(events.slice(from, end));
    from = end;
  }
  return pages;
}

function canonical(text: string): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== 'object') return value;
    const object = value as Record<string, unknown>;
    return Object.fromEntries(
      Object.keys(object)
        .sort()
        .map((key) => [key, sorted(object[key])]),
    );
  };
  return JSON.stringify(sorted(JSON.parse(text)));
}

/** A projection that changes a document in place fails on it here, as it would be wrong by chance elsewhere. */
function freeze<Value>(value: Value): Value {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of Object.values(value)) freeze(each);
  }
  return value;
}

/** Chance that can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
