import { MongoClient } from 'mongodb';
import type { Document } from 'mongodb';
import { SystemClock } from '../libs/clock.js';
import { ListCustomers } from '../libs/customers/queries.js';
import { newId } from '../libs/ids.js';
import { openReadModels } from '../libs/read-models/open-read-models.js';
import { mongoServer } from '../test/support/mongo-server.js';
import { answerOf } from './child.js';
import { LIMIT, pagesOf, slowestOf } from './lists.js';
import { rounds, seconds } from './measure.js';
import type { Bench, Figure, Measurement } from './measure.js';
import { milliseconds } from './queries.js';
import { answering } from './query-bus.js';
import type { Rebuilt } from './rebuild-run.js';

/** Documents of a bulk: as many as the engine sends at a time. */
const BULK = 5_000;
/** Pages of a round. */
const TIMES = 20;

type Stored = Document & { readonly _id: string };

/** Of SecantusDB, whose own gigabyte is full after two builds. */
const CACHE = ['--cache-size', '4G'];

/**
 * Read models on a server that speaks MongoDB, the first that the suites find, against the bare driver on the same server. A small
 * log, since the server that stands in for MongoDB reads every customer for a page of them.
 */
export const mongo: Measurement = {
  name: 'mongo',
  async run(bench) {
    const server = await mongoServer(CACHE);
    // The server may be one that others use.
    const [all, list, bare] = ['all', 'list', 'bare'].map((name) => server.database(`annals-bench-${name}-${newId()}`));
    try {
      bench.note(`on ${server.name}`);
      const figures = [...(await rebuilds(bench, all!, list!, bare!)), ...(await lists(bench, all!))];
      return figures.map((figure) => ({ ...figure, note: [server.name, figure.note].filter(Boolean).join('; ') }));
    } finally {
      for (const url of [all!, list!, bare!]) await dropped(url);
      await server.stop();
    }
  },
};

async function rebuilds(
  { workspace, rounds: count }: Bench,
  everything: string,
  list: string,
  bare: string,
): Promise<Figure[]> {
  const { log, events, eventBytes } = await workspace.log('real');
  const rate = async (taken: Promise<number>) => events / (await taken);
  const run = async (task: string, ...of: readonly string[]) =>
    (await answerOf<Rebuilt>('rebuild-run', task, log, ...of)).seconds;
  await run('build', list, 'customer-list');
  await run('build', everything, 'all');
  const [ofList, ofAll] = [await collections(list), await collections(everything)];
  const done = await rounds(count, {
    scan: () => rate(run('scan')),
    oneBare: () => rate(written(bare, ofList)),
    one: () => rate(run('rebuild', list, 'customer-list')),
    allBare: () => rate(written(bare, ofAll)),
    all: () => rate(run('rebuild', everything, 'all')),
  });
  const scan = { name: 'bare scan with JSON.parse', values: done.scan };
  const bulk = (values: number[], of: Stored[][]) => ({
    name: `bulk writes of its ${of.flat().length} documents`,
    values,
  });
  const figure = (name: string, values: number[], ceiling: NonNullable<Figure['ceiling']>): Figure => ({
    name: `MongoDB: rebuild of ${name}, ${events.toLocaleString('en')} events`,
    unit: 'events/s',
    values,
    ceiling,
    eventBytes,
  });
  return [
    figure('customer-list', done.one, scan),
    figure('customer-list', done.one, bulk(done.oneBare, ofList)),
    figure('all read models and reports', done.all, scan),
    figure('all read models and reports', done.all, bulk(done.allBare, ofAll)),
  ];
}

/** @param url read models of the same log, as they were built */
async function lists({ workspace, rounds: count, note }: Bench, url: string): Promise<Figure[]> {
  const { folder, eventBytes } = await workspace.log('real');
  const name = (await namesOf(url, 'customer-list')).find((each) => each.startsWith('document_'));
  const client = new MongoClient(url);
  const documents = client.db().collection<Stored>(name!);
  const projection = { body: 1 } as const;
  const tier = 'ordinary';
  const found = await answering(
    folder,
    async (bus) => {
      const { items } = await bus.execute(new ListCustomers({ limit: LIMIT }));
      const ids = items.map(({ customerId }) => customerId);
      const asked = (over: ListCustomers['listing']) =>
        milliseconds(bus, () => new ListCustomers({ ...over, limit: LIMIT }), TIMES);
      note('asking for pages against bare finds');
      const timed = await rounds(count, {
        byId: () => each(() => documents.find({ _id: { $in: ids } }, { projection }).toArray()),
        first: () => asked({}),
        byIndex: () => each(() => documents.find({ 'd.tier': tier }, { projection }).limit(LIMIT).toArray()),
        filtered: () => asked({ tier }),
      });
      return { timed, size: await documents.countDocuments(), asked: await pagesOf(bus, { rounds: count, note }, 1) };
    },
    { READ_MODELS_URL: url },
  );
  await client.close();
  const { timed, size, asked } = found;
  const page = `MongoDB: list page with ${size.toLocaleString('en')} customers`;
  const bare = (how: string, values: number[]) => ({ name: `bare find of as many by ${how}`, values });
  return [
    { name: `${page}, first by name`, unit: 'ms', values: timed.first, ceiling: bare('_id', timed.byId) },
    {
      name: `${page}, first by name of a tier`,
      unit: 'ms',
      values: timed.filtered,
      ceiling: bare('index', timed.byIndex),
    },
    { name: `${page}, slowest with no or one filter`, ...slowestOf(asked) },
  ].map((figure) => ({ ...figure, eventBytes }) as Figure);
}

/** Seconds that the driver takes to write these documents, in bulks, to collections that are empty. */
async function written(url: string, all: readonly (readonly Stored[])[]): Promise<number> {
  const client = new MongoClient(url, { writeConcern: { w: 'majority' } });
  const db = client.db();
  for (const at of all.keys()) await db.createCollection(`c${at}`);
  const taken = await seconds(async () => {
    for (const [at, documents] of all.entries()) {
      for (let from = 0; from < documents.length; from += BULK) {
        const operations = documents.slice(from, from + BULK).map((document) => ({ insertOne: { document } }));
        await db.collection<Stored>(`c${at}`).bulkWrite(operations, { ordered: false });
      }
    }
  });
  await client.close();
  await dropped(url);
  return taken;
}

async function dropped(url: string): Promise<void> {
  const client = new MongoClient(url);
  await client.db().dropDatabase();
  await client.close();
}

/** What is stored of what serves, by collection. */
async function collections(url: string): Promise<Stored[][]> {
  const client = new MongoClient(url);
  const found: Stored[][] = [];
  for (const name of await namesOf(url)) found.push(await client.db().collection<Stored>(name).find().toArray());
  await client.close();
  return found.filter((documents) => documents.length > 0);
}

/** Names of the collections of what serves. @param of one read model; all of them when absent */
async function namesOf(url: string, of?: string): Promise<string[]> {
  const readModels = await openReadModels({ url, clock: new SystemClock(), readOnly: true, note: () => undefined });
  const serving = (await readModels.generations()).filter(
    ({ name, state }) => state === 'active' && (of ?? name) === name,
  );
  await readModels.close();
  const client = new MongoClient(url);
  const names = (await client.db().listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  await client.close();
  const own = serving.map(({ id }) => new RegExp(`^(document|cell)_${id}(_|$)`));
  return names.filter((name) => own.some((each) => each.test(name)));
}

async function each(work: () => Promise<unknown>): Promise<number> {
  const taken = await seconds(async () => {
    for (let time = 0; time < TIMES; time += 1) await work();
  });
  return (taken * 1_000) / TIMES;
}
