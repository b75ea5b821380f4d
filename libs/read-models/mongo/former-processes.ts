import type { FormerProcess, FormerStream } from '../former-processes.js';
import type { MongoConnection } from './connection.js';
import { PARKED, WAITING } from './parking.js';

const CHECKPOINTS = 'checkpoints';

/** What versions before kept of processes: checkpoints, and rows about streams among those about documents, under a name. */
export class MongoFormerProcesses {
  constructor(private readonly connection: MongoConnection) {}

  async of(name: string): Promise<FormerProcess | undefined> {
    const checkpoint = await this.connection.collection(CHECKPOINTS).findOne({ _id: name });
    const rows = await this.connection.collection(PARKED).find({ consumer: name }).toArray();
    if (!checkpoint && rows.length === 0) return undefined;
    const waiting = await this.connection.collection(WAITING).find({ consumer: name }).toArray();
    const streams = rows.map(({ _id, key, position, attempts, error, parked, asked, incarnation = null }) => {
      const behind = waiting.filter((each) => each['behind'] === _id && (each['incarnation'] ?? null) === incarnation);
      const positions = behind.map((each) => Number(each['position'])).sort((a, b) => a - b);
      return { key, position, attempts, error, parked, asked, waiting: positions } as FormerStream;
    });
    return { position: Number(checkpoint?.['position'] ?? 0), begun: Number(checkpoint?.['begun'] ?? 0), streams };
  }

  /** The position last: what is left of it until then is taken for nothing new. */
  async forget(name: string): Promise<void> {
    for (const collection of [WAITING, PARKED]) {
      await this.connection.collection(collection).deleteMany({ consumer: name });
    }
    await this.connection.collection(CHECKPOINTS).deleteOne({ _id: name });
  }
}
