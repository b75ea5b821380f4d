import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contexts } from '../../../apps/program/contexts.js';
import { TestApp } from '../../support/app.js';
import { given } from '../../support/given.js';
import { until } from '../../support/until.js';
import { ReceiveComplaint, SettleComplaint } from './commands.js';
import { complaint, receiveComplaint, settleComplaint } from './complaint.decider.js';
import { complaintList } from './complaint-list.js';
import { complaints } from './context.js';

const complaintId = '0190f5a0-0000-7000-8000-000000000001';
const customerId = '0190f5a0-0000-7000-8000-000000000002';
const offer = 'another one, free of charge';

const received = {
  type: 'ComplaintReceived',
  data: { complaintId, customerId, topic: 'product', text: 'It is broken' },
} as const;
const settled = { type: 'ComplaintSettled', data: { complaintId, customerId, offer } } as const;

describe('a complaint', () => {
  it('is received of a customer that is known', () => {
    const { topic, text } = received.data;
    const receiving = (customer: boolean) =>
      given(complaint).when((state) =>
        receiveComplaint(state, new ReceiveComplaint(complaintId, { customerId, topic, text }), '', { customer }),
      );
    receiving(true).thenRecords(received).thenReads(complaintList, complaintId, { topic, settledAt: null });
    receiving(false).thenRefuses('customer-unknown');
  });

  it('is settled once', () => {
    const settle = new SettleComplaint(complaintId, { offer });
    given(complaint, received)
      .when((state) => settleComplaint(state, settle))
      .thenRecords(settled);
    given(complaint, received, settled)
      .when((state) => settleComplaint(state, settle))
      .thenRefuses('complaint-settled');
  });
});

describe('a program with the context of complaints', () => {
  let app: TestApp;
  let customer: string;
  let after: number;

  beforeAll(async () => {
    app = await TestApp.start({ contexts: [...contexts, complaints] });
    customer = (await app.done('/customers', { kind: 'org', name: 'North Mill' })).id;
    const { id } = await app.done('/complaints', { customerId: customer, topic: 'product', text: 'It is broken' });
    await app.done('/complaints', { customerId: customer, topic: 'delivery', text: 'It came late' });
    after = (await app.done(`/complaints/${id}/settle`, { offer })).position;
  });
  afterAll(() => app.stop());

  it('answers its lists', async () => {
    expect((await app.get(`/complaints?topic=product&after=${after}`)).body).toMatchObject({
      items: [{ customerId: customer, text: 'It is broken', settledAt: expect.any(String), revision: 1 }],
    });
  });

  it('answers its report', async () => {
    expect((await app.get(`/reports/complaints?after=${after}`)).body).toMatchObject({
      rows: [
        { topic: 'delivery', complaints: 1, settledShare: 0 },
        { topic: 'product', complaints: 1, settledShare: 1 },
      ],
    });
  });

  it('has a task made of each complaint', async () => {
    const tasks = async () => (await app.get(`/tasks?customer=${customer}`)).body as unknown as { items: object[] };
    await until(async () => (await tasks()).items.length === 2);
    expect(await tasks()).toMatchObject({
      items: [
        { kind: 'corrective', text: 'It is broken', createdBy: { rule: 'task-of-complaint' } },
        { kind: 'corrective', text: 'It came late', createdBy: { rule: 'task-of-complaint' } },
      ],
    });
  });

  it('tells its history, and is described', async () => {
    const { items } = (await app.get('/complaints?topic=product')).body as unknown as {
      items: { complaintId: string }[];
    };
    const { body } = await app.get(`/complaints/${items[0]!.complaintId}/history`);
    expect(body).toMatchObject({ entries: [{ type: 'ComplaintReceived' }, { type: 'ComplaintSettled' }] });
    expect((await app.get('/openapi.json')).body).toMatchObject({
      paths: {
        '/complaints': { get: {}, post: {} },
        '/complaints/{complaintId}/settle': {},
        '/reports/complaints': {},
      },
    });
  });
});
