import { Refusal } from '../../errors.js';
import { isDuplicate } from './connection.js';
import type { MongoConnection } from './connection.js';
import { WAITING } from './parking.js';

/** Raised when documents or cells lie differently from then on. */
const FORMAT = 2;
/** The collection that says whose the database is, and which generation was the last. */
export const OURS = 'annals';
/** The collection of what is decided about generations. */
export const FAMILIES = 'generations';

/**
 * Makes sure that the database is ours, and as this program knows it.
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
    // Asked again: somebody else may have begun with it a moment ago.
    mark = await found();
    if (!mark && others.some(({ name }) => !name.startsWith('system.') && name !== OURS && name !== WAITING)) {
      throw new Refusal('data-foreign', `${place} is a database of another program.`, { place });
    }
    if (!mark) await begin(connection);
  }
  const format = Number(mark?.['format'] ?? FORMAT);
  if (format < FORMAT && !readOnly) {
    // Positions lie elsewhere from here on: read models are computed again, and what they held is swept away with the next one.
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
