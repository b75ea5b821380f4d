import { Refusal } from '../../errors.js';
import { isDuplicate } from './connection.js';
import type { MongoConnection } from './connection.js';
import { WAITING } from './parking.js';

/** Version of the storage format of documents and cells. */
const FORMAT = 2;
/** Collection that marks the database as one of Annals, and holds the last generation number. */
export const OURS = 'annals';
/** Collection of the state of generations. */
export const FAMILIES = 'generations';

/**
 * Checks that the database belongs to Annals and has a known format; marks an empty one.
 * @throws Refusal `data-foreign` · `data-newer-than-program` · `data-missing`
 */
export async function recognise(connection: MongoConnection, readOnly: boolean): Promise<void> {
  const { db, place } = connection;
  const marks = connection.collection(OURS);
  const found = () => marks.findOne({ _id: 'format' });
  let mark = await found();
  if (!mark && readOnly) throw new Refusal('data-missing', `${place} holds no data yet.`, { place });
  if (!mark) {
    const others = await db.listCollections({}, { nameOnly: true }).toArray();
    // Read again, since another program may just have marked it.
    mark = await found();
    if (!mark && others.some(({ name }) => !name.startsWith('system.') && name !== OURS && name !== WAITING)) {
      throw new Refusal('data-foreign', `${place} is a database of another program.`, { place });
    }
    if (!mark) await begin(connection);
  }
  const format = Number(mark?.['format'] ?? FORMAT);
  if (format < FORMAT && !readOnly) {
    // The format of positions has changed: read models are rebuilt, and the old collections are deleted later.
    await connection.collection(FAMILIES).deleteMany({});
    await marks.updateOne({ _id: 'format' }, { $set: { format: FORMAT } });
  }
  if (format > FORMAT) {
    throw new Refusal('data-newer-than-program', `${place} has format ${format}, this program knows ${FORMAT}.`, {
      path: place,
    });
  }
}

async function begin(connection: MongoConnection): Promise<void> {
  const marks = connection.collection(OURS);
  await connection.collection(WAITING).createIndex({ behind: 1 }, { name: 'behind' });
  for (const mark of [
    { _id: 'generation', last: 0 },
    { _id: 'format', format: FORMAT },
  ]) {
    await marks.insertOne(mark).catch((error: unknown) => {
      if (!isDuplicate(error)) throw error;
    });
  }
}
