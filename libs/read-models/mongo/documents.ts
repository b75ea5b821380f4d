import type { ClientSession } from 'mongodb';
import type { Placed } from '../merge.js';
import type { MongoConnection, Operation, Stored } from './connection.js';
import { fieldOf, listField, MongoQuery } from './query.js';
import { listAt, valueAt } from '../paths.js';
import type { Projection } from '../projection.js';
import { plain } from '../filter.js';
import type { Content, DocumentChange, Filter, Find, Scalar, StoredDocument } from '../read-models.js';

export const documentCollection = (generation: number): string => `document_${generation}`;

/**
 * The documents of a generation. The `body` is the document as JSON text, which is what is read: the order of its keys, odd
 * keys and odd texts come back as they were folded, and the same history has the same content hash on every engine.
 * Beside it lies what can be asked about: under `d` every scalar at a path that may be named, under `l0`, `l1` … the texts of the
 * lists that are searched, `p` the position of its last event, `w` the number of the write that left it so.
 */
export class MongoDocuments {
  constructor(private readonly connection: MongoConnection) {}

  async index(generation: number, { indexes, filters, lists }: Projection): Promise<void> {
    const collection = this.#of(generation);
    const ascending = (fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, 1 as const]));
    for (const [at, paths] of indexes.entries()) {
      const passing = filters.filter((path) => !paths.includes(path));
      const fields = [...paths.map(fieldOf), '_id', ...passing.map(fieldOf)];
      await collection.createIndex(ascending(fields), { name: `order_${at}` });
    }
    for (const [at, path] of filters.entries()) {
      await collection.createIndex(ascending([fieldOf(path), '_id']), { name: `filter_${at}` });
    }
    for (const at of lists.keys()) {
      await collection.createIndex(ascending([listField(at), '_id']), { name: `list_${at}` });
    }
  }

  async get(generation: number, id: string): Promise<unknown> {
    const found = await this.#of(generation).findOne({ _id: id }, { projection: { body: 1 } });
    return typeof found?.['body'] === 'string' ? JSON.parse(found['body']) : undefined;
  }

  /** In order, with one more than asked for when there is more. */
  async find<Document>(generation: number, projection: Projection, find: Find): Promise<readonly Placed<Document>[]> {
    const { sort = [], limit = 50 } = find;
    const { where, order } = new MongoQuery(projection).page(find);
    const rows = await this.#of(generation)
      .find(where, { projection: { body: 1 } })
      .sort(order)
      .limit(limit + 1)
      .toArray();
    return rows.map(({ _id, body }) => {
      const document = JSON.parse(String(body)) as Document;
      const values = sort.map((key) => plain((valueAt(document, key.replace(/^-/, '')) ?? null) as Scalar));
      return { keys: [...values, _id], document: () => document };
    });
  }

  count(generation: number, projection: Projection, filter?: Filter): Promise<number> {
    return this.#of(generation).countDocuments(new MongoQuery(projection).filter(filter));
  }

  async read(generation: number, ids: readonly string[]): Promise<Map<string, StoredDocument>> {
    const found = new Map<string, StoredDocument>();
    if (ids.length === 0) return found;
    const rows = this.#of(generation).find({ _id: { $in: [...ids] } }, { projection: { p: 1, body: 1 } });
    for (const { _id, p, body } of await rows.toArray()) {
      found.set(_id, { document: typeof body === 'string' ? JSON.parse(body) : null, position: Number(p) });
    }
    return found;
  }

  /** Every document that has not been removed. */
  async *contents(generation: number, session?: ClientSession): AsyncGenerator<Content> {
    const options = { projection: { body: 1 }, ...(session && { session }) };
    for await (const { _id, body } of this.#of(generation).find({ body: { $ne: null } }, options)) {
      yield [_id, String(body)];
    }
  }

  #of(generation: number) {
    return this.connection.collection(documentCollection(generation));
  }
}

/** Each document put in or replaced whole, unless this write, or a later one, has been there. */
export function documentOperations(
  projection: Projection,
  changes: ReadonlyMap<string, DocumentChange>,
  write: number,
): Operation[] {
  return [...changes].map(([_id, change]) => {
    const stored = storedOf(projection, change, write);
    // Said as what it is: an upsert costs a server several times as much.
    if (change.isNew) return { insertOne: { document: { _id, ...stored } } };
    return { replaceOne: { filter: { _id, w: { $lt: write } }, replacement: stored, upsert: true } };
  });
}

function storedOf({ lists }: Projection, { document, position }: DocumentChange, write: number): Omit<Stored, '_id'> {
  if (document === null) return { w: write, p: position };
  const texts = lists.map((path, at) => [listField(at), [...listAt(document, path)]] as const);
  return { w: write, p: position, d: asked(document), ...Object.fromEntries(texts), body: JSON.stringify(document) };
}

const NAMEABLE = /^[A-Za-z][A-Za-z0-9]*$/;

/** What of a document can be asked about. A list is there or not; what is in it is asked for with `$has`. */
function asked(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return plain(value as Scalar);
  if (Array.isArray(value)) return {};
  const found: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    if (each !== undefined && NAMEABLE.test(key)) found[key] = asked(each);
  }
  return found;
}
