import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { customer } from '../../libs/customers/customer.decider.js';
import type { CustomerEvents } from '../../libs/customers/events.js';
import type { Decider } from '../../libs/event-store/decider.js';
import { under } from '../../libs/event-store/envelope.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import { Streams } from '../../libs/event-store/streams.js';
import { newId } from '../../libs/ids.js';
import { task } from '../../libs/tasks/task.decider.js';
import { TestApp } from '../support/app.js';
import { wholeLog } from '../support/events.js';
import { until } from '../support/until.js';
import { aCall, completed, contactId, created, customerId, taskId } from '../tasks/samples.js';

let app: TestApp | undefined;
afterEach(() => app?.stop());

/** Writes what happened, past every rule. */
async function record<State, Events>(of: Decider<State, Events>, id: string, ...events: EventOf<Events>[]) {
  const sent = { actor: { id: 'tester', name: 'Tester' }, source: 'api' as const, correlationId: newId() };
  await under(sent, () => app!.http.get(Streams).decide(of, id, () => events));
}

const types = async () => (await wholeLog(app!.http.get(EventStore))).map(({ type }) => type);

async function reacted(): Promise<void> {
  await until(async () => {
    const { processes } = (await app!.get('/processes')).body as unknown as { processes: { position: number }[] };
    const head = await app!.http.get(EventStore).head();
    return processes.every(({ position }) => position >= head);
  });
}

const registered: EventOf<CustomerEvents> = {
  type: 'CustomerRegistered',
  data: {
    customerId,
    kind: 'org',
    details: {
      name: 'Customer One',
      taxId: null,
      domain: null,
      phone: null,
      sector: null,
      region: null,
      source: null,
      establishedIn: null,
      employees: null,
      annualRevenue: null,
    },
    tier: 'ordinary',
    tags: [],
    parentCustomerId: null,
    acceptedDuplicates: [],
  },
};

const contactAdded: EventOf<CustomerEvents> = {
  type: 'ContactAdded',
  data: {
    customerId,
    contactId,
    details: { name: 'Ada', title: null, role: 'user', channels: [], birthday: null },
    isPrimary: true,
  },
};

it.each([
  ['are deleted', true],
  ['stay', false],
])(
  'a command that was refused then is not carried out when read models %s and it would be accepted now',
  async (_, gone) => {
    app = await TestApp.start();
    // With a contact whom the customer does not have: to log this is refused.
    await record(customer, customerId, registered);
    await record(task, taskId, created(), completed('care', { ...aCall, contactIds: [contactId] }));
    await reacted();
    expect(await types()).toEqual(['CustomerRegistered', 'TaskCreated', 'TaskCompleted']);
    await record(customer, customerId, contactAdded);
    await reacted();
    await app.stop({ keep: true });
    const { folder } = app;
    const files = readdirSync(folder).filter((name) => gone && name.startsWith('read-models.db'));
    for (const name of files) rmSync(join(folder, name));
    expect(files.length > 0).toBe(gone);
    app = await TestApp.start({ folder });
    await reacted();
    expect(await types()).toEqual(['CustomerRegistered', 'TaskCreated', 'TaskCompleted', 'ContactAdded']);
  },
);
