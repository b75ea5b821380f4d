import fc from 'fast-check';
import { projection } from '../../libs/read-models/projection.js';
import type { Projection } from '../../libs/read-models/projection.js';
import { readModel, rollup } from '../../libs/read-models/rollup.js';
import { addHours, dayIn, millisecondsBetween } from '../../libs/time.js';
import { past } from './given.js';

/** A small business for the tests of the machinery, with everything a projection may do. */
export type OrderEvents = {
  OrderPlaced: { orderId: string; customer: string; amount: number; tags: readonly string[] };
  OrderChanged: { orderId: string; amount: number };
  OrderTagged: { orderId: string; tags: readonly string[] };
  /** Is about two customers. */
  OrderMoved: { orderId: string; from: string; to: string };
  OrderPaid: { orderId: string };
  OrderCancelled: { orderId: string };
};

export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly amount: number;
  readonly tags: readonly string[];
  readonly placedAt: string;
  readonly paidAt: string | null;
}

export const orders = projection<Order, OrderEvents>({
  name: 'orders',
  version: 1,
  id: ({ data }) => data.orderId,
  starts: {
    OrderPlaced: ({ data: { orderId, ...rest }, occurredAt }) => ({
      id: orderId,
      ...rest,
      placedAt: occurredAt,
      paidAt: null,
    }),
  },
  on: {
    OrderChanged: (order, { data }) => ({ ...order, amount: data.amount }),
    OrderTagged: (order, { data }) => ({ ...order, tags: data.tags }),
    OrderMoved: (order, { data }) => ({ ...order, customer: data.to }),
    OrderPaid: (order, { occurredAt }) => ({ ...order, paidAt: occurredAt }),
    OrderCancelled: () => null,
  },
  indexes: [['customer'], ['amount'], ['customer', 'placedAt']],
  lists: ['tags'],
  stream: (id) => `order-${id}`,
});

export const turnover = rollup({
  name: 'turnover',
  version: 1,
  of: orders,
  dimensions: ['customer', 'tag'],
  measures: ['orders', 'amount'],
  durations: ['untilPaid'],
  cells: (order, zone) =>
    (order.tags.length > 0 ? order.tags : [null]).map((tag) => ({
      day: dayIn(zone, order.placedAt),
      key: { customer: order.customer, tag },
      measures: { orders: 1, amount: order.amount },
      ...(order.paidAt !== null && { durations: { untilPaid: millisecondsBetween(order.placedAt, order.paidAt) } }),
    })),
});

/** Cells without a day. */
export const standing = rollup({
  name: 'standing',
  version: 1,
  of: orders,
  dimensions: ['paid'],
  measures: ['orders'],
  cells: ({ paidAt }) => [{ key: { paid: paidAt === null ? 'no' : 'yes' }, measures: { orders: 1 } }],
});

export interface OrderCustomer {
  readonly id: string;
  readonly orders: Readonly<Record<string, number>>;
}

/** One event may be about two of these, and a customer without orders is gone. */
export const orderCustomers: Projection<OrderCustomer> = projection<OrderCustomer, OrderEvents>({
  name: 'order-customers',
  version: 1,
  id: (event) =>
    event.type === 'OrderMoved'
      ? [event.data.from, event.data.to]
      : 'customer' in event.data
        ? event.data.customer
        : [],
  starts: {
    OrderPlaced: ({ data }) => ({ id: data.customer, orders: { [data.orderId]: data.amount } }),
    OrderMoved: ({ data }, id) => (id === data.to ? { id, orders: { [data.orderId]: 0 } } : null),
  },
  on: {
    OrderPlaced: (customer, { data }) => ({ ...customer, orders: { ...customer.orders, [data.orderId]: data.amount } }),
    OrderMoved: (customer, { data }, id) => {
      if (id === data.to) return { ...customer, orders: { ...customer.orders, [data.orderId]: 0 } };
      const { [data.orderId]: _, ...rest } = customer.orders;
      return Object.keys(rest).length === 0 ? null : { ...customer, orders: rest };
    },
  },
});

/** Knows one type of event out of all, and no report. */
export const payments = projection<{ id: string; orders: number }, OrderEvents>({
  name: 'payments',
  version: 1,
  id: ({ occurredAt }) => occurredAt.slice(0, 10),
  starts: { OrderPaid: ({ occurredAt }) => ({ id: occurredAt.slice(0, 10), orders: 1 }) },
  on: { OrderPaid: (day) => ({ ...day, orders: day.orders + 1 }) },
});

export const orderModels = [readModel(orders, turnover, standing), readModel(orderCustomers), readModel(payments)];

/** What happens to a few orders of a few customers, sensible or not: projections must take every history the log may hold. */
export const orderHistory = fc
  .array(
    fc.record({
      type: fc.constantFrom<keyof OrderEvents>(
        'OrderPlaced',
        'OrderPlaced',
        'OrderChanged',
        'OrderTagged',
        'OrderMoved',
        'OrderPaid',
        'OrderCancelled',
      ),
      orderId: fc.constantFrom('o1', 'o2', 'o3', 'o4', 'o5'),
      amount: fc.integer({ min: 0, max: 1_000 }),
      from: fc.constantFrom('c1', 'c2', 'c3'),
      to: fc.constantFrom('c1', 'c2', 'c3'),
      tags: fc.uniqueArray(fc.constantFrom('new', 'late', 'big'), { maxLength: 3 }),
      hours: fc.integer({ min: 0, max: 2_000 }),
    }),
    { maxLength: 60 },
  )
  .map((steps) =>
    steps.map(({ type, orderId, amount, from, to, tags, hours }) => {
      const data: OrderEvents = {
        OrderPlaced: { orderId, customer: from, amount, tags },
        OrderChanged: { orderId, amount },
        OrderTagged: { orderId, tags },
        OrderMoved: { orderId, from, to },
        OrderPaid: { orderId },
        OrderCancelled: { orderId },
      };
      return { type, data: data[type], occurredAt: addHours(past, hours) };
    }),
  );
