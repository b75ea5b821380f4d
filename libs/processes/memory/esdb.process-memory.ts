import { EsdbDocuments } from '../../event-store/esdb/documents.js';
import { WrongExpectedRevision } from '../../event-store/event-store.js';
import { Overtaken, ProcessMemory } from './process-memory.js';
import type { Kept } from './process-memory.js';

/** The engine for a log on EventStoreDB: on that server, where every program that shares the processes finds it. */
export class EsdbProcessMemory extends ProcessMemory {
  readonly #documents: EsdbDocuments;

  /** @param url `EVENT_STORE_URL` */
  constructor(url: string) {
    super();
    this.#documents = new EsdbDocuments(url);
  }

  /** @throws Unavailable · Refusal */
  read(name: string): Promise<Kept | undefined> {
    return this.#documents.read(name);
  }

  /** @throws Unavailable · Refusal */
  async write(name: string, document: object, revision: number): Promise<number> {
    try {
      return await this.#documents.write(name, document, revision);
    } catch (error) {
      throw error instanceof WrongExpectedRevision ? new Overtaken(name) : error;
    }
  }

  close(): Promise<void> {
    return this.#documents.close();
  }
}
