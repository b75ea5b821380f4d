import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { partOf, servingOf } from '../../libs/read-models/partitions.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import type { ReadModels } from '../../libs/read-models/read-models.js';
import { readModel } from '../../libs/read-models/rollup.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { compiled } from './compiled.js';
import { event, wholeLog } from './events.js';
import { contentOf, foldAlone } from './five-ways.js';
import { folder } from './folder.js';
import { accountModel } from './regions.js';
import { sqliteStore } from './stores.js';

/** How long a worker may be silent before others take over, in milliseconds. */
const TIME_TO_LIVE = 1_500;
const PATIENCE = 90_000;
const NAME = accountModel.projection.name;

/** A process that projects, and what it has said. */
export class Worker {
  readonly said: string[] = [];
  readonly id: string;

  constructor(readonly process: ChildProcess) {
    this.id = `worker ${process.pid}`;
    process.stdout!.on('data', (chunk) => this.said.push(...String(chunk).split('\n').filter(Boolean)));
  }

  async killed(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}

/** A log, and workers in processes of their own that share its projection. */
export class Workers {
  readonly #log = join(folder(), 'events.db');
  readonly #store = sqliteStore({ path: this.#log });
  readonly all: Worker[] = [];
  readonly #program = join(
    compiled(
      'libs/*.ts',
      'libs/sqlite/*.ts',
      'libs/event-store/**/*.ts',
      'libs/read-models/**/*.ts',
      'test/support/{regions,mongo-death}.ts',
      'test/read-models/worker-victim.ts',
    ),
    'test/read-models/worker-victim.js',
  );

  /** @param url of a database, or a file */
  constructor(
    readonly readModels: ReadModels,
    private readonly url: string,
    private readonly exactlyOnce: 'transactions' | 'order',
    private readonly stopAhead: 'page' | number = 'page',
  ) {}

  join(partitions = 3): Worker {
    const settings = [this.exactlyOnce, partitions, TIME_TO_LIVE, this.stopAhead].map(String);
    const program = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', this.#program, this.#log, this.url, ...settings],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.all.push(new Worker(program));
    return this.all.at(-1)!;
  }

  /** Accounts are seen in other places and on other days, so that differences cancel out in some cells and not in others. */
  async happens(round: number, accounts = 30): Promise<void> {
    await Promise.all(
      Array.from({ length: accounts }, async (_, account) => {
        const day = `2026-0${1 + ((round + account) % 2)}-1${account % 2}`;
        const data = { id: `a${account}`, region: `r${(round + account) % 3}`, day, took: 1_000 * (1 + account) };
        await this.#store.append(`account-${account}`, 'any', [event('AccountSeen', data)]);
      }),
    );
  }

  /** Shares of the projection, by who holds them. */
  async holders(): Promise<readonly (string | null)[]> {
    const leases = await this.readModels.leases();
    return leases.filter(({ share }) => share.startsWith(`${NAME}/`)).map(({ holder }) => holder);
  }

  async until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
    for (const begun = performance.now(); !(await holds()); await sleep(50)) {
      if (performance.now() - begun < PATIENCE) continue;
      const said = this.all.map(({ id, said: each }) => [id, each.slice(-3)]);
      const leases = await this.readModels.leases();
      throw new Error(
        `it never came to ${what}: ${JSON.stringify({ said, leases, now: await this.readModels.generations() })}`,
      );
    }
  }

  async caughtUp(partitions = 3): Promise<void> {
    const head = await this.#store.head();
    await this.until(`position ${head}`, async () => {
      const serving = servingOf(await this.readModels.generations(), NAME);
      return serving.length === partitions && serving[0]!.position >= head;
    });
  }

  /** Documents and cells of every partition, and answers over all of them, are those of one who was never interrupted. */
  async expectWhole(): Promise<void> {
    const log = await wholeLog(this.#store);
    const serving = servingOf(await this.readModels.generations(), NAME);
    const documents: string[] = [];
    for (const generation of serving) {
      const part = partOf(accountModel, generation);
      expect(await contentOf(this.readModels, generation, part)).toEqual(await foldAlone(part, log, 'UTC'));
      documents.push(...(await contentOf(this.readModels, generation, readModel(accountModel.projection))));
    }
    expect(documents.sort()).toEqual(await foldAlone(readModel(accountModel.projection), log, 'UTC'));
    const spared = new SqliteReadModels({ path: join(folder(), 'spared.db'), clock: new SystemClock() });
    const report = (what: string) => expect(what).toBe('nothing');
    const definitions = [accountModel];
    await new Projector({ store: this.#store, readModels: spared, definitions, zone: 'UTC', report }).catchUp();
    for (const rollup of accountModel.rollups) {
      for (const by of [[], ['region'], ['month'], ['region', 'day']]) {
        const sums = async (from: ReadModels) =>
          (await from.sums(rollup, { by })).map((sum) => JSON.stringify(sum)).sort();
        expect(await sums(this.readModels)).toEqual(await sums(spared));
      }
    }
    expect(await this.readModels.parked()).toEqual([]);
    await spared.close();
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.killed()));
    await this.readModels.close();
    await this.#store.close();
  }
}
