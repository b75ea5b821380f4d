import {
  MongoBulkWriteError,
  MongoClient,
  MongoCompatibilityError,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  UUID,
} from 'mongodb';
import type { AnyBulkWriteOperation, ClientSession, Collection, Db, Document, WriteError } from 'mongodb';
import { Invalid, Refusal, Unavailable } from '../../errors.js';
import { patiently, START_PATIENCE } from '../../patience.js';

/** Documents of this database have a text for an id. */
export type Stored = Document & { readonly _id: string };
export type Operation = AnyBulkWriteOperation<Stored>;

export interface Connecting {
  readonly url: string;
  readonly note: (what: string, details: Readonly<Record<string, unknown>>) => void;
  /** How long to wait for a server that does not answer, in milliseconds. */
  readonly patience?: number;
  /** `order` never uses transactions, even if the server has them; `transactions` refuses a server without them. */
  readonly exactlyOnce?: 'transactions' | 'order';
}

/** Default wait of a query for an unavailable server, in milliseconds. */
const SELECTION = 3_000;
/** Wire version of MongoDB 5.0, the first with snapshot reads. */
const SNAPSHOTS = 13;
/** Documents per insert, few enough for one message. */
const MOST_INSERTED = 5_000;
const DUPLICATE_KEY = 11_000;
const WRITE_CONFLICT = 112;
const NAMESPACE_EXISTS = 48;
const AUTHENTICATION = new Set([13, 18, 8_000]);
/** Error codes of a server that shuts down or is no longer the primary. */
const STEPPING_DOWN = new Set([91, 189, 10_107, 11_600, 11_602, 13_435]);

/** A database with the capabilities of its server. */
export class MongoConnection {
  readonly #session: ClientSession;
  #inTransaction = false;

  private constructor(
    readonly client: MongoClient,
    readonly db: Db,
    /** The URL without user and password. */
    readonly place: string,
    /** Whether the server has transactions and snapshot reads. */
    readonly transactions: boolean,
  ) {
    this.#session = client.startSession();
  }

  /**
   * @throws Invalid `configuration-invalid` for a URL that is none
   * @throws Refusal `read-models-unreachable` · `read-models-forbidden` · `read-models-unsupported`
   */
  static async open({ url, note, patience = START_PATIENCE, exactlyOnce }: Connecting): Promise<MongoConnection> {
    const client = clientOf(url);
    const { hosts, srvHost, dbName } = client.options;
    const place = `mongodb://${srvHost ?? hosts.join(',')}/${dbName}`;
    try {
      const hello = await reached(client, place, patience, note);
      const offered = hello['setName'] !== undefined || hello['msg'] === 'isdbgrid';
      const transactions = offered && Number(hello['maxWireVersion']) >= SNAPSHOTS && exactlyOnce !== 'order';
      if (exactlyOnce === 'transactions' && !transactions) {
        throw new Refusal('read-models-unsupported', `${place} has no transactions.`, { place });
      }
      const { version } = await client.db().command({ buildInfo: 1 });
      note('read models are on MongoDB', {
        place,
        server: String(version),
        exactlyOnce: transactions ? 'by transactions' : 'by the order of writes',
        ...(!offered && { because: 'the server stands alone' }),
        ...(offered && !transactions && { because: 'the server is older than 5.0, or it was asked for' }),
      });
      return new MongoConnection(client, client.db(), place, transactions);
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  collection(name: string): Collection<Stored> {
    return this.db.collection<Stored>(name);
  }

  /** Creates a collection if it does not exist. */
  async make(name: string): Promise<void> {
    try {
      await this.db.createCollection(name);
    } catch (error) {
      if (!(error instanceof MongoServerError) || error.code !== NAMESPACE_EXISTS) throw error;
    }
  }

  /** Runs `work` in a transaction, and again after a write conflict. */
  async transaction<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    const within = (session: ClientSession) =>
      session.withTransaction(() => work(session), { readConcern: { level: 'snapshot' } });
    if (this.#inTransaction) return this.client.withSession(within);
    this.#inTransaction = true;
    try {
      return await within(this.#session);
    } finally {
      this.#inTransaction = false;
    }
  }

  /** Id of the session that runs all transactions, so that a successor can end one that is left open. */
  get session(): string | undefined {
    return this.transactions ? this.#session.id?.id.toString('hex') : undefined;
  }

  /**
   * Ends an open transaction of a program that was killed or hangs, because it would lock its documents until the server's
   * timeout. If the server does not permit that, the timeout has to pass.
   */
  async endSession(name: string): Promise<void> {
    try {
      await this.db.command({ killSessions: [{ id: new UUID(name) }] });
    } catch (error) {
      if (!(error instanceof MongoServerError)) throw error;
    }
  }

  async write(collection: string, operations: readonly Operation[], session?: ClientSession): Promise<void> {
    if (operations.length === 0) return;
    await this.collection(collection).bulkWrite([...operations], { ordered: false, ...(session && { session }) });
  }

  /** Inserts documents. @returns ids of those that already existed */
  async insert(collection: string, documents: readonly Stored[]): Promise<ReadonlySet<string>> {
    const there = new Set<string>();
    for (let at = 0; at < documents.length;) {
      const some = documents.slice(at, at + MOST_INSERTED);
      at += some.length;
      try {
        await this.write(
          collection,
          some.map((document) => ({ insertOne: { document } })),
        );
      } catch (error) {
        const refused = refusedIn(error);
        for (const { index } of refused) there.add(some[index]!._id);
        const { insertedCount } = error as MongoBulkWriteError;
        // Some servers stop at the first existing document.
        if (insertedCount + refused.length < some.length) at += refused.at(-1)!.index + 1 - some.length;
      }
    }
    return there;
  }

  /**
   * Executes guarded upserts idempotently: one that was already executed fails as a duplicate and is skipped. Some servers
   * stop at the first duplicate, so the remaining operations are sent again, which is safe because of their guards.
   */
  async writeOnce(collection: string, operations: readonly Operation[]): Promise<void> {
    for (let left = operations; left.length > 0;) {
      try {
        return await this.write(collection, left);
      } catch (error) {
        const refused = refusedIn(error);
        const { insertedCount, upsertedCount, matchedCount } = error as MongoBulkWriteError;
        if (refused.length + insertedCount + upsertedCount + matchedCount >= left.length) return;
        const passed = new Set(refused.map(({ index }) => index));
        left = left.filter((_, index) => !passed.has(index));
      }
    }
  }
}

/** The duplicates of a bulk write. @throws any other error */
function refusedIn(error: unknown): readonly WriteError[] {
  const refused = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
  if (refused.length === 0 || refused.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
  return refused;
}

export const isDuplicate = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY;

/** Whether the error is a write conflict with an open transaction. */
export const isConflict = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === WRITE_CONFLICT;

/** Runs a call. @throws Unavailable `read-models-unavailable` instead of the driver's error for an unavailable server */
export async function answered<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isGone(error)) throw error;
    throw new Unavailable('read-models-unavailable', 'The read models cannot be reached at the moment.', 5);
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof MongoNetworkError ||
  error instanceof MongoServerSelectionError ||
  error instanceof MongoNotConnectedError ||
  error instanceof MongoTopologyClosedError ||
  (error instanceof MongoServerError && STEPPING_DOWN.has(Number(error.code)));

function clientOf(url: string): MongoClient {
  try {
    const { writeConcern, readPreference } = new MongoClient(url).options;
    if (writeConcern?.w === 0)
      throw new Invalid(
        'configuration-invalid',
        'READ_MODELS_URL may not say w=0: what is not acknowledged may not have happened.',
      );
    if (readPreference.mode !== 'primary')
      throw new Invalid(
        'configuration-invalid',
        'READ_MODELS_URL may not name another readPreference than primary: others show what is no longer so.',
      );
    const given = new URLSearchParams(url.split('?')[1] ?? '');
    return new MongoClient(url, {
      ...(!given.has('appName') && { appName: 'annals' }),
      ...(!given.has('serverSelectionTimeoutMS') && { serverSelectionTimeoutMS: SELECTION }),
      ...(writeConcern === undefined && { writeConcern: { w: 'majority' } }),
    });
  } catch (error) {
    if (!(error instanceof MongoError) && !(error instanceof TypeError)) throw error;
    throw new Invalid('configuration-invalid', `READ_MODELS_URL is not understood: ${error.message}.`);
  }
}

/** Description of the server, once it answers. */
async function reached(
  client: MongoClient,
  place: string,
  patience: number,
  note: Connecting['note'],
): Promise<Document> {
  try {
    const hello = async () => {
      await client.connect();
      return client.db().command({ hello: 1 });
    };
    return await patiently(hello, {
      patience,
      mayPass: (error) => isGone(error) && !isForbidden(error) && !isUnsupported(error),
      waiting: ({ message }) => note('read models are not reached yet', { place, error: message }),
    });
  } catch (error) {
    const { message } = error as Error;
    if (isForbidden(error)) {
      throw new Refusal('read-models-forbidden', `${place} denies access: ${message}.`, { place }, 503);
    }
    if (isUnsupported(error)) {
      throw new Refusal('read-models-unsupported', `${place} is no server for this program: ${message}.`, { place });
    }
    if (!isGone(error)) throw error;
    const waited = `${patience / 1_000} s`;
    throw new Refusal(
      'read-models-unreachable',
      `${place} did not answer within ${waited}: ${message}.`,
      { place },
      503,
    );
  }
}

const isForbidden = (error: unknown): boolean => AUTHENTICATION.has(Number((error as MongoError).code));

const isUnsupported = (error: unknown): boolean =>
  error instanceof MongoCompatibilityError || /wire version/.test((error as Error).message);
