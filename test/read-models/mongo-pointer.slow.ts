import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { SystemClock } from '../../libs/clock.js';
import { MongoReadModels } from '../../libs/read-models/mongo/mongo.read-models.js';
import type { Generation } from '../../libs/read-models/generation.js';
import { readModel } from '../../libs/read-models/rollup.js';
import { pageOf } from '../contracts/read-models.contract.js';
import { recorded } from '../support/given.js';
import { secantus } from '../support/mongo-server.js';
import type { MongoServer } from '../support/mongo-server.js';
import { orders } from '../support/orders.js';

const model = readModel(orders);
const placed = { type: 'OrderPlaced', data: { orderId: 'o1', customer: 'c', amount: 1, tags: [] } };

let server: MongoServer;
beforeAll(async () => {
  server = await secantus();
}, 300_000);
afterAll(() => server?.stop());

describe('a program that reads what another one writes', () => {
  let [writer, reader]: MongoReadModels[] = [];
  let databases = 0;

  beforeEach(async () => {
    const url = server.database(`pointer_${(databases += 1)}`, 'monitorCommands=true');
    const open = (at: string, appName: string) =>
      MongoReadModels.open({ url: `${at}&appName=${appName}`, clock: new SystemClock(), note: () => undefined });
    writer = await open(url, 'writer');
    // Under another name it does not hear what the other one announces, as in another process.
    reader = await open(url.replace('127.0.0.1', 'localhost'), 'reader');
    await serving(1);
  });
  afterEach(async () => {
    await writer?.close();
    await reader?.close();
  });

  /** Builds a generation in which the order has this amount, and lets it serve. */
  async function serving(amount: number): Promise<Generation> {
    const generation = await writer!.create(model, 'orders@1');
    const events = recorded([{ ...placed, data: { ...placed.data, amount } }]);
    await writer!.write([await pageOf(writer!, generation, model, events)]);
    await writer!.transition(generation.id, ['building'], 'ready');
    await writer!.activate(generation);
    return generation;
  }
  const amount = async () => ((await reader!.get(orders, 'o1')) as { amount: number } | undefined)?.amount;

  it('asks which generation serves once, not with every question', async () => {
    const asked: string[] = [];
    const emit = MongoClient.prototype.emit;
    MongoClient.prototype.emit = function (this: MongoClient, event: string, ...args: unknown[]) {
      const { command } = (args[0] ?? {}) as { command?: { find?: string } };
      if (event === 'commandStarted' && this.options.appName === 'reader' && command?.find) asked.push(command.find);
      return Reflect.apply(emit, this, [event, ...args]) as boolean;
    } as typeof emit;
    try {
      for (let question = 0; question < 10; question += 1) expect(await amount()).toBe(1);
    } finally {
      MongoClient.prototype.emit = emit;
    }
    expect(asked.filter((name) => name.startsWith('document'))).toHaveLength(10);
    expect(asked.filter((name) => name === 'generations').length).toBeLessThan(10);
  });

  it('asks the one that serves now once it has seen how far that is', async () => {
    expect(await amount()).toBe(1);
    await serving(2);
    await reader!.generations();
    expect(await amount()).toBe(2);
  });

  it('finds nothing empty because what served is gone meanwhile', async () => {
    expect(await amount()).toBe(1);
    await serving(2);
    await serving(3);
    expect(await reader!.get(orders, 'o1')).toMatchObject({ amount: 3 });
  });
});
