import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { SystemClock } from '../../libs/clock.js';
import { MongoReadModels } from '../../libs/read-models/mongo/mongo.read-models.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import type { ReadModels } from '../../libs/read-models/read-models.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { contentHash } from '../../libs/read-models/building/verify.js';
import { compiled } from './compiled.js';
import { event } from './events.js';
import { folder } from './folder.js';
import type { MongoServer } from './mongo-server.js';
import { accountModel } from './regions.js';
import { sqliteStore } from './stores.js';

/** A log, a program that projects it until it is killed, and one that never is. */
export class Crashes {
  readonly #log = join(folder(), 'events.db');
  readonly #store = sqliteStore({ path: this.#log });
  readonly #spared = new SqliteReadModels({ path: join(folder(), 'read-models.db'), clock: new SystemClock() });
  readonly #program = join(
    compiled(
      'libs/*.ts',
      'libs/sqlite/*.ts',
      'libs/event-store/**/*.ts',
      'libs/read-models/**/*.ts',
      'test/support/{regions,mongo-death}.ts',
      'test/read-models/mongo-victim.ts',
    ),
    'test/read-models/mongo-victim.js',
  );

  constructor(
    private readonly server: MongoServer,
    private readonly database: string,
    private readonly exactlyOnce: 'transactions' | 'order',
  ) {}

  /** Accounts change places and days, so that differences cancel out in some cells and not in others. */
  async happens(round: number): Promise<void> {
    const at = (account: number) => `r${(round + account) % 3}`;
    for (const account of [0, 1, 2]) {
      const day = `2026-0${1 + ((round + account) % 2)}-1${account % 2}`;
      const data = { id: `a${account}`, region: at(account), day, took: 1_000 * (1 + account) };
      await this.#store.append(`account-${account}`, 'any', [event('AccountSeen', data)]);
    }
  }

  /** @returns whether the program was killed before it had projected everything */
  async killed(n: number): Promise<boolean> {
    const url = this.server.database(this.database, 'appName=victim&monitorCommands=true');
    const victim = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', this.#program, this.#log, url, this.exactlyOnce, String(n)],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    const [code, signal] = (await once(victim, 'exit')) as [number | null, string | null];
    if (signal === null) expect(code).toBe(0);
    else if (this.exactlyOnce === 'transactions') await this.#letGo();
    return signal === 'SIGKILL';
  }

  /** A server holds the transaction of whoever was killed for a minute; the next one would wait for that. */
  async #letGo(): Promise<void> {
    await using client = new MongoClient(this.server.database('admin'));
    await client.db().command({ killAllSessions: [] });
  }

  /** Projects what is left and compares it with what was never interrupted. */
  async expectWhole(): Promise<void> {
    const clock = new SystemClock();
    const url = this.server.database(this.database);
    const { exactlyOnce } = this;
    const readModels = await MongoReadModels.open({ url, clock, exactlyOnce, note: () => undefined });
    try {
      const found = await this.#projected(readModels);
      expect(found).toEqual(await this.#projected(this.#spared));
    } finally {
      await readModels.close();
    }
  }

  async close(): Promise<void> {
    await this.#spared.close();
    await this.#store.close();
  }

  async #projected(readModels: ReadModels) {
    const report = (what: string, details: object) => {
      throw new Error(`${what} ${JSON.stringify(details)}`);
    };
    const definitions = [accountModel];
    await new Projector({ store: this.#store, readModels, definitions, zone: 'UTC', report }).catchUp();
    const active = (await readModels.generations()).find(({ state }) => state === 'active')!;
    return { position: active.position, hash: await contentHash(readModels, active, accountModel) };
  }
}
