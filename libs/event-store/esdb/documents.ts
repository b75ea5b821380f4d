import { setTimeout as sleep } from 'node:timers/promises';
import { idFrom, newId } from '../../ids.js';
import { WrongExpectedRevision } from '../event-store.js';
import { denied, EsdbAppends, unreachable, within } from './appends.js';
import { EsdbClient } from './client.js';
import { EsdbError } from './failures.js';
import { documentStream } from './events.js';
import { mayPass } from './reads.js';
import { esdbAddress } from './url.js';

/** How long the server may take over an append or a read, and how long an append without an answer is sent again, in milliseconds. */
const DEADLINE = 5_000;
const APPEND_PATIENCE = 15_000;
/** How often a read is tried, and the rest before it is tried again, in milliseconds. */
const READS = 3;
const REST = 100;

/**
 * Documents of this program on the server of the log, each the last event of a stream of its own. The server is told to keep one
 * event of such a stream, so that the log does not grow by them. No reader of the log meets them: they are bookkeeping.
 */
export class EsdbDocuments {
  readonly #client: EsdbClient;
  readonly #appends: EsdbAppends;

  /** @throws Invalid `configuration-invalid` */
  constructor(url: string) {
    this.#client = new EsdbClient(esdbAddress(url), DEADLINE);
    const parts = { client: this.#client, deadline: DEADLINE, patience: APPEND_PATIENCE, told: () => undefined };
    this.#appends = new EsdbAppends(parts);
  }

  /** @throws Unavailable · Refusal */
  async read(name: string): Promise<{ readonly document: unknown; readonly revision: number } | undefined> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await within(DEADLINE, this.#last(documentStream(name)), () => this.#client.renew('reader'));
      } catch (error) {
        if (!(error instanceof EsdbError)) throw error;
        if (!mayPass(error.failure)) throw denied(error.failure);
        if (tries === READS) throw unreachable(error);
        await sleep(REST * tries);
      }
    }
  }

  /**
   * @param revision of the document that is replaced, -1 for the first
   * @throws WrongExpectedRevision · Unavailable · Refusal
   */
  async write(name: string, document: object, revision: number): Promise<number> {
    const stream = documentStream(name);
    if (revision < 0) await this.#keepOne(stream);
    const event = { id: newId(), type: 'DocumentKept', data: document, metadata: {} };
    return (await this.#appends.append(stream, revision < 0 ? 'no-stream' : revision, [event])).revision;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #last(stream: string): Promise<{ readonly document: unknown; readonly revision: number } | undefined> {
    let found: { readonly document: unknown; readonly revision: number } | undefined;
    for await (const { data, revision } of this.#client.readStream(stream, 'end', true, 1)) {
      found = { document: data, revision };
    }
    return found;
  }

  /** Said before there is a document; said again it is the same event. */
  async #keepOne(stream: string): Promise<void> {
    const said = { id: idFrom('document-stream', stream), type: '$metadata', data: { $maxCount: 1 }, metadata: {} };
    try {
      await this.#appends.append(`$$${stream}`, 'no-stream', [said]);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
    }
  }
}
