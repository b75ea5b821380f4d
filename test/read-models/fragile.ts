import { projection } from '../../libs/read-models/projection.js';
import { readModel, rollup } from '../../libs/read-models/rollup.js';
import { orderModels } from '../support/orders.js';
import type { OrderEvents } from '../support/orders.js';
import { World } from '../support/world.js';
import type { Projector, ProjectorOptions } from '../../libs/read-models/building/projector.js';

/** What the handlers below fail on; nothing once they have been mended. */
export const fault: { in: 'evolve' | 'ids' | 'cells' | undefined; count: number } = { in: undefined, count: 0 };

function fail(where: typeof fault.in, amount: number): void {
  if (fault.in !== where || amount !== 666) return;
  fault.count += 1;
  throw new Error(`no ${where} for ${amount}`);
}

interface Fragile {
  readonly id: string;
  readonly customer: string;
  readonly amounts: readonly number[];
}

/** About an order, and when it moves about its customers: two documents of one event. */
export const fragile = projection<Fragile, OrderEvents>({
  name: 'fragile',
  version: 1,
  id: (happened) => {
    if (happened.type === 'OrderChanged') fail('ids', happened.data.amount);
    return happened.type === 'OrderMoved' ? [happened.data.orderId, happened.data.to] : happened.data.orderId;
  },
  starts: {
    OrderPlaced: ({ data }) => ({ id: data.orderId, customer: data.customer, amounts: [data.amount] }),
    OrderMoved: ({ data }, id) => ({ id, customer: data.to, amounts: [] }),
  },
  on: {
    OrderChanged: (order, { data }) => {
      fail('evolve', data.amount);
      return { ...order, amounts: [...order.amounts, data.amount] };
    },
    OrderMoved: (order, { data }) => ({ ...order, customer: data.to, amounts: [...order.amounts, 0] }),
  },
});
export const fragileSums = rollup({
  name: 'fragile-sums',
  version: 1,
  of: fragile,
  dimensions: ['customer'],
  measures: ['amount', 'documents'],
  cells: ({ customer, amounts }) => {
    for (const amount of amounts) fail('cells', amount);
    return [
      {
        key: { customer },
        measures: {
          amount: amounts.reduce((sum, each) => sum + each, 0),
          documents: 1,
        },
      },
    ];
  },
});
export const model = readModel(fragile, fragileSums);
const definitions = [model, ...orderModels];

/** Orders, and a read model of them whose handlers fail as the test says. */
export class FragileWorld extends World {
  constructor() {
    super();
    fault.in = undefined;
    fault.count = 0;
  }

  place = (orderId: string) => this.happens('OrderPlaced', { orderId, customer: 'c', amount: 1, tags: [] });
  change = (orderId: string, amount: number) => this.happens('OrderChanged', { orderId, amount });
  move = (orderId: string, to: string) => this.happens('OrderMoved', { orderId, from: 'c', to });

  documents = async () =>
    (await this.readModels.find(fragile)).items.map(({ id, amounts }) => [id, ...amounts].join(' '));
  parked = async () =>
    (await this.readModels.parked()).map(({ key, position, waiting }) => ({ key, position, waiting }));

  /** A program that goes on running, as far as a test can tell: it keeps in mind what it has folded. */
  program(options: Partial<ProjectorOptions> = {}): Projector {
    return this.projector(definitions, options);
  }

  async threeOrders(): Promise<void> {
    for (const orderId of ['a', 'b', 'c']) await this.place(orderId);
    await this.program().catchUp();
  }
}
