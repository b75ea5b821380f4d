import { expect } from '@jest/globals';
import { under } from '../../libs/event-store/envelope.js';
import type { Envelope } from '../../libs/event-store/envelope.js';
import { Streams } from '../../libs/event-store/streams.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import type { Projection } from '../../libs/read-models/projection.js';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import { readModel } from '../../libs/read-models/rollup.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';
import { RecordedDecisions, rolledBackIn } from '../../libs/rebuilds/history.js';
import { orders, standing, turnover } from '../support/orders.js';
import type { Order } from '../support/orders.js';
import { World } from '../support/world.js';

/** Orders under another version, which shows amounts so many times as large. */
function version(number: number): ReadModel {
  const evolve: Projection<Order>['evolve'] = (before, event, id) => {
    const after = orders.evolve(before && { ...before, amount: before.amount / number }, event, id);
    return after && { ...after, amount: after.amount * number };
  };
  const of: Projection<Order> = { ...orders, version: number, evolve };
  return readModel(of, { ...turnover, of }, { ...standing, of });
}
export const [first, second, third] = [1, 2, 3].map(version) as [ReadModel, ReadModel, ReadModel];

const ann: Envelope = { actor: { id: 'ann', name: 'Ann' }, source: 'api', correlationId: 'c' };
export const asAnn = <Result>(work: () => Promise<Result>) => under(ann, work);

/** Programs that follow each other, of which every one has other versions of the orders. */
export class VersionsWorld extends World {
  rolledBack = () => rolledBackIn(this.store);
  streams = () => new Streams(this.store, this.clock, new Upcasting());

  rebuilds(...definitions: ReadModel[]): Rebuilds {
    return new Rebuilds(this.store, this.readModels, definitions, 'UTC', 1, new RecordedDecisions(this.streams()));
  }

  /** What the next start of a program with these definitions makes of the read models. */
  started(...definitions: ReadModel[]): Promise<void> {
    return this.projector(definitions, { rolledBack: this.rolledBack() }).catchUp();
  }

  serving = async () => (await this.active('orders'))?.definition.split(' ')[0];
  amount = async () => (await this.readModels.get<Order>(orders, 'a'))?.amount;
  placed = (value: number) => this.happens('OrderPlaced', { orderId: 'a', customer: 'c', amount: value, tags: [] });
  decisions = async () =>
    (await this.store.readLog({ after: 0 })).events
      .filter(({ type }) => type.startsWith('ReadModel'))
      .map(({ type, data, metadata }) => [type, data, metadata.actor.id]);

  /** A program that had the first definition is replaced by one that has the second, and still has the first. */
  async renewed(): Promise<void> {
    await this.placed(10);
    await this.started(first);
    await this.started(second, first);
    expect([await this.serving(), await this.amount()]).toEqual(['orders@2', 20]);
  }
}
