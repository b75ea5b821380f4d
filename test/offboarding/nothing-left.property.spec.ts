import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readModels } from '../../apps/program/definitions.js';
import { Reading } from '../../libs/read-models/asking/reading.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { property } from '../support/property.js';
import { TestApp } from '../support/app.js';
import { companyIn, inventoryOf, register, settled } from './leaver.js';
import type { Company } from './leaver.js';

let app: TestApp;
let company: Company;
let poolId: string;
beforeAll(async () => {
  app = await TestApp.start();
  company = await companyIn(app);
  poolId = (await app.done('/pools', { name: 'North', kind: 'customer' })).id;
}, 30_000);
afterAll(() => app.stop());

const amount = fc.nat({ max: 3 });
const lives = fc.record({
  customers: amount,
  opportunities: amount,
  leads: amount,
  tasks: amount,
  pooled: fc.boolean(),
});

/** Words for what is over, in any list. */
const OVER = ['won', 'lost', 'void', 'done', 'cancelled', 'converted', 'unqualified', 'duplicate', 'archived'];

/** Documents of every read model by which this employee still has something to do. */
async function ownedBy(employeeId: string): Promise<object[]> {
  const reading = app.http.get(Reading);
  const head = await app.http.get(EventStore).head();
  const owned: object[] = [];
  for (const { projection } of readModels) {
    await reading.passed(projection, head);
    const { items } = await (await reading.of(projection)).find(projection, { limit: 500 });
    for (const item of items as { ownerId?: string; assigneeId?: string; waitingFor?: string[]; status?: string }[]) {
      const has =
        item.ownerId === employeeId || item.assigneeId === employeeId || item.waitingFor?.includes(employeeId);
      if (has && !OVER.includes(item.status ?? '')) owned.push({ of: projection.name, item });
    }
  }
  return owned;
}

it('once somebody has left, nothing in any read model is theirs, whatever came to them until the off-boarding began', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(lives, async ({ customers, opportunities, leads, tasks, pooled }) => {
      round += 1;
      const { positionId, pipelineId, successor, head } = company;
      const { id: leaver } = await app.done('/employees', { name: `Leaver ${round}`, positionId });
      const subject = { customerId: await register(app, `Of another ${round}`, head) };
      for (let index = 0; index < customers; index += 1) await register(app, `Customer ${round} ${index}`, leaver);
      for (let index = 0; index < opportunities; index += 1) {
        await app.done('/opportunities', { name: `Deal ${index}`, pipelineId, ownerId: leaver });
      }
      for (let index = 0; index < leads; index += 1) {
        const details = { personName: `Lead ${round} ${index}` };
        await app.done('/leads', { source: { channel: 'web' }, details, ownerId: leaver });
      }
      const task = { title: 'Call', kind: 'follow_up', dueAt: '2100-01-01T00:00:00Z', subject };
      for (let index = 0; index < tasks; index += 1) await app.done('/tasks', { ...task, assigneeId: leaver });
      // What comes at the same moment comes before, or is refused.
      await Promise.all([
        app.post('/tasks', { ...task, assigneeId: leaver }),
        app.done(`/employees/${leaver}/offboarding`, { handOverTo: successor }),
        app.post(`/customers/${subject.customerId}/owner`, { ownerId: leaver }),
      ]);
      const { counts } = await inventoryOf(app, leaver);
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
      expect((await app.post(`/employees/${leaver}/leave`)).status).toBe(total === 0 ? 200 : 422);
      if (total > 0) {
        const handOver = (form: object) => app.done(`/employees/${leaver}/hand-overs`, { reason: 'moves', ...form });
        if (pooled) await handOver({ toPoolId: poolId });
        await handOver({});
        await settled(app, leaver, total);
        await app.done(`/employees/${leaver}/leave`);
      }
      expect(await ownedBy(leaver)).toEqual([]);
    }),
    property(8),
  );
}, 60_000);
