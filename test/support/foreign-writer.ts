import { randomUUID } from 'node:crypto';
import eventstore from '@eventstore/db-client';
import { appendBytes } from '../../libs/event-store/esdb/bytes.js';
import type { ForeignBodies } from '../../libs/event-store/event-store.js';

const DEADLINE = 10_000;

const bytesOf = (json: object): Buffer => Buffer.from(JSON.stringify(json));

/**
 * Another program that writes to a server with the bare client: it knows nothing of Annals. Not with the client's own appends,
 * which keep what waits for an answer in one table for all connections of a process, those of the store under test among them.
 */
export class ForeignWriter {
  readonly client: eventstore.EventStoreDBClient;

  constructor(url: string) {
    this.client = eventstore.EventStoreDBClient.connectionString(url);
  }

  json(stream: string, type: string, data: object, metadata: object = {}): Promise<string> {
    return this.#append(stream, type, {
      contentType: 'application/json',
      data: bytesOf(data),
      metadata: bytesOf(metadata),
    });
  }

  bytes(stream: string, type: string, data: Uint8Array): Promise<string> {
    return this.#append(stream, type, { contentType: 'application/octet-stream', data, metadata: new Uint8Array() });
  }

  /** A little of everything that other programs write. */
  async everything(name: string): Promise<void> {
    await this.json(`${name}.orders-1`, 'OrderPlaced', { amount: 1 });
    await this.json(`${name}.orders-1`, 'OrderPaid', { amount: 1 }, { $correlationId: randomUUID() });
    await this.bytes(`${name}.orders-2`, 'Scanned', Uint8Array.of(0xff, 0x00, 0xfe));
    await this.json(`${name}.customer-1`, 'Happened', { theirs: true });
    await this.bytes(`${name}.links`, '$>', Buffer.from(`0@${name}.orders-1`));
    await this.json(`$$${name}.orders-1`, '$metadata', { $maxCount: 10 });
    await this.json(`${name}.orders-3`, 'OrderPlaced', {});
    await this.client.deleteStream(`${name}.orders-3`);
    await this.json(`${name}.orders-4`, 'OrderPlaced', {});
    await this.client.tombstoneStream(`${name}.orders-4`);
  }

  close(): Promise<void> {
    return this.client.dispose();
  }

  async #append(stream: string, type: string, foreign: ForeignBodies): Promise<string> {
    const id = randomUUID();
    await appendBytes(this.client, stream, 'any', [{ id, type, foreign }], DEADLINE);
    return id;
  }
}
