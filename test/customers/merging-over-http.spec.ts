import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { until } from '../support/until.js';

const reason = 'registered twice';
const stages = [
  { id: 'first', name: 'First', kind: 'open', probability: 10, forecastCategory: 'pipeline' },
  { id: 'won', name: 'Won', kind: 'won', probability: 100, forecastCategory: 'closed' },
  { id: 'lost', name: 'Lost', kind: 'lost', probability: 0, forecastCategory: 'omitted' },
];

let app: TestApp;
let orgUnitId: string;
let ownerId: string;
let pipelineId: string;
let position = 0;

beforeAll(async () => {
  app = await TestApp.start();
  ({ id: orgUnitId } = await app.done('/org-units', { name: 'Company', kind: 'company', level: 'senior' }));
  const { id: positionId } = await app.done('/positions', { title: 'Seller', orgUnitId, headcount: 100 });
  ({ id: ownerId } = await app.done('/employees', { name: 'Pat Seller', positionId }));
  ({ id: pipelineId } = await app.done('/pipelines', { name: 'Pipeline', stages }));
});
afterAll(() => app.stop());

const done = async (url: string, body: object = {}) => {
  const answer = await app.done(url, body);
  ({ position } = answer);
  return answer.id;
};
type Merges = { absorbed: { customerId: string }[]; mergedInto: { customerId: string } | null };
type Read = Record<string, unknown> & Merges & { items: Record<string, unknown>[] };

const read = async (url: string) => {
  const { status, body } = await app.get(`${url}${url.includes('?') ? '&' : '?'}after=${position}`);
  expect({ url, status }).toEqual({ url, status: 200 });
  return body as unknown as Read;
};
let names = 0;
const customer = (more: object = {}) => done('/customers', { kind: 'org', name: `Company ${(names += 1)}`, ...more });
const opportunity = (customerId: string, name: string) =>
  done('/opportunities', { name, pipelineId, ownerId, customerId });
const merge = (loserId: string, survivorId: string, more: object = {}) =>
  done(`/customers/${loserId}/merge-into`, { survivorId, reason, ...more });
const unmerge = (loserId: string) => done(`/customers/${loserId}/unmerge`, { reason: 'two of one name' });
const profile = (customerId: string) => read(`/customers/${customerId}`);
const absorbed = (survivorId: string, ...loserIds: string[]) =>
  until(async () => {
    const { absorbed } = await profile(survivorId);
    return JSON.stringify(absorbed.map((each) => each.customerId)) === JSON.stringify(loserIds);
  });
const namesOf = async (url: string) => (await read(url)).items.map(({ name, title }) => name ?? title).toSorted();

/** A customer with a contact, a call, a purchase, an opportunity, a task and a subsidiary. */
async function whole(name: string, more: object = {}) {
  const customerId = await customer({ ownerId, region: name, tags: [name], ...more });
  await done(`/customers/${customerId}/contacts`, {
    name: `Buyer of ${name}`,
    channels: [{ kind: 'email', value: `buyer@${name}.example` }],
  });
  const [contact] = (await read(`/contacts?customer=${customerId}`)).items;
  const contactId = String(contact!['contactId']);
  await done(`/customers/${customerId}/interactions`, {
    channel: 'call',
    direction: 'inbound',
    summary: `from ${name}`,
  });
  await done(`/customers/${customerId}/purchases`, { amount: { amount: 1_000, currency: 'EUR' }, product: name });
  await opportunity(customerId, `deal of ${name}`);
  const due = { title: `call ${name}`, kind: 'care', dueAt: '2100-01-01T00:00:00.000Z' };
  await done('/tasks', { ...due, subject: { customerId } });
  await customer({ name: `subsidiary of ${name}`, parentCustomerId: customerId });
  return { customerId, contactId };
}

const everything = async (customerId: string) => {
  const { revision: _, ...head } = await profile(customerId);
  return {
    head,
    timeline: (await read(`/customers/${customerId}/timeline?limit=100`)).items.filter(
      ({ title }) => !/merged into|stands for/.test(String(title)),
    ),
    contacts: (await read(`/contacts?customer=${customerId}`)).items,
    opportunities: (await read(`/opportunities?customer=${customerId}`)).items,
    tasks: (await read(`/tasks?customer=${customerId}`)).items.map(({ revision: __, ...task }) => task),
  };
};

describe('a customer that is merged into another one', () => {
  it('is shown with the one that stands for it, is not listed, and takes nothing', async () => {
    const [loser, survivor] = [await customer({ name: 'Twice', ownerId }), await customer({ name: 'Once' })];
    await merge(loser, survivor);
    await absorbed(survivor, loser);
    expect(await profile(loser)).toMatchObject({ status: 'merged', mergedInto: { customerId: survivor } });
    expect(await namesOf('/customers?text=twice')).toEqual([]);
    expect(await namesOf('/customers?text=twice&archived=true')).toEqual(['Twice']);
    expect(await namesOf('/customers?text=twice&status=merged')).toEqual(['Twice']);
    const refused = await app.post(`/customers/${loser}/tags`, { tag: 'vip' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'customer-merged', survivorId: survivor } });
    const deal = { name: 'Late', pipelineId, ownerId, customerId: loser };
    expect(await app.post('/opportunities', deal)).toMatchObject({ status: 409, body: { code: 'customer-merged' } });
    const again = await app.post(`/customers/${loser}/merge-into`, { survivorId: survivor, reason });
    expect(again).toMatchObject({ status: 201 });
    const types = (await read(`/customers/${loser}/history?types=CustomerMerged`)) as unknown as { entries: object[] };
    expect(types.entries).toHaveLength(1);
  });

  it('brings along what it has, which is of its survivor then', async () => {
    const [a, b] = [await whole('east'), await whole('west')];
    await merge(a.customerId, b.customerId, { choices: { region: 'loser' } });
    await absorbed(b.customerId, a.customerId);
    expect(await profile(b.customerId)).toMatchObject({
      details: { region: 'east' },
      tags: ['west', 'east'],
      interactions: 2,
      purchases: 2,
      purchased: [{ amount: 2_000, currency: 'EUR' }],
      contacts: [
        { contactId: b.contactId, isPrimary: true },
        { contactId: a.contactId, isPrimary: false },
      ],
    });
    await until(async () => (await read(`/opportunities?customer=${b.customerId}`)).items.length === 2);
    await until(async () => (await read(`/tasks?customer=${b.customerId}`)).items.length === 2);
    const parents = async () =>
      (await read('/customers?text=subsidiary')).items.map(({ parentCustomerId }) => parentCustomerId);
    await until(async () => JSON.stringify(await parents()) === JSON.stringify([b.customerId, b.customerId]));
    expect(await namesOf(`/contacts?customer=${b.customerId}`)).toEqual(['Buyer of east', 'Buyer of west']);
    expect(await read(`/customers/${b.customerId}/portrait`)).toMatchObject({
      purchases: { count: 2, products: [{ product: 'east' }, { product: 'west' }] },
      interactions: { count: 2 },
    });
    const texts = (await read(`/customers/${b.customerId}/timeline?limit=100`)).items.map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['from east', 'from west']));
  });
});

describe('a lead that became a customer which is merged', () => {
  it('is of the survivor, and goes back when the merge is taken back', async () => {
    const [loser, survivor] = [await customer(), await customer()];
    const lead = await done('/leads', {
      source: { channel: 'web' },
      details: { personName: 'Lead', email: 'lead@n.example' },
    });
    await done(`/leads/${lead}/owner`, { ownerId });
    await done(`/leads/${lead}/contact`, { channel: 'call', summary: 'interested' });
    await done(`/leads/${lead}/qualify`);
    await done(`/leads/${lead}/convert`, { customerId: loser });
    const customerOf = async () =>
      ((await read(`/leads/${lead}`)) as unknown as { conversion: { customerId: string } | null }).conversion
        ?.customerId;
    await until(async () => (await customerOf()) === loser);
    await merge(loser, survivor);
    await until(async () => (await customerOf()) === survivor);
    await unmerge(loser);
    await until(async () => (await customerOf()) === loser);
  });
});

describe('trap 23: merge with opportunities, tasks, purchases and contacts on both sides, then unmerge', () => {
  it('has both customers as they were', async () => {
    const [a, b] = [await whole('north', { taxId: 'DE 1' }), await whole('south', { taxId: 'DE 2' })];
    const before = [await everything(a.customerId), await everything(b.customerId)];
    await merge(a.customerId, b.customerId, { choices: { taxId: 'loser', name: 'loser' } });
    await until(async () => (await read(`/opportunities?customer=${b.customerId}`)).items.length === 2);
    await until(async () => (await read(`/tasks?customer=${b.customerId}`)).items.length === 2);
    await absorbed(b.customerId, a.customerId);
    expect(await profile(b.customerId)).toMatchObject({ details: { taxId: 'DE 1' } });
    await unmerge(a.customerId);
    await absorbed(b.customerId);
    await until(async () => (await read(`/opportunities?customer=${b.customerId}`)).items.length === 1);
    await until(async () => (await read(`/tasks?customer=${b.customerId}`)).items.length === 1);
    expect([await everything(a.customerId), await everything(b.customerId)]).toEqual(before);
  });

  it('loses nothing of what happened in between', async () => {
    const [a, b] = [await whole('spring'), await whole('autumn')];
    await merge(a.customerId, b.customerId);
    await until(async () => (await read(`/opportunities?customer=${b.customerId}`)).items.length === 2);
    await absorbed(b.customerId, a.customerId);
    const at = `/customers/${b.customerId}`;
    await done(`${at}/purchases`, { amount: { amount: 500, currency: 'EUR' } });
    await done(`${at}/contacts/${a.contactId}/details`, { title: 'Head of purchasing' });
    await opportunity(b.customerId, 'deal in between');
    await done(`${at}/details`, { sector: 'food' });
    await unmerge(a.customerId);
    await absorbed(b.customerId);
    await until(async () => (await read(`/opportunities?customer=${a.customerId}`)).items.length === 1);
    expect(await profile(a.customerId)).toMatchObject({
      status: 'active',
      owner: { employeeId: ownerId },
      purchased: [{ amount: 1_000, currency: 'EUR' }],
      contacts: [{ contactId: a.contactId, title: 'Head of purchasing', isPrimary: true }],
    });
    expect(await profile(b.customerId)).toMatchObject({
      details: { sector: 'food' },
      purchased: [{ amount: 1_500, currency: 'EUR' }],
      contacts: [{ contactId: b.contactId, isPrimary: true }],
    });
    expect(await namesOf(`/opportunities?customer=${b.customerId}`)).toEqual(['deal in between', 'deal of autumn']);
  });
});

describe('trap 15: the history of both after a merge', () => {
  it('stays readable whole, with those who acted', async () => {
    const [a, b] = [await whole('left'), await whole('right')];
    await merge(a.customerId, b.customerId);
    await until(async () => (await read(`/opportunities?customer=${b.customerId}`)).items.length === 2);
    await absorbed(b.customerId, a.customerId);
    const history = async (customerId: string) =>
      (await read(`/customers/${customerId}/history?limit=1000`)) as unknown as {
        entries: { event: string; type: string; actor: { name: string } }[];
      };
    const [ofLoser, ofSurvivor] = [await history(a.customerId), await history(b.customerId)];
    const types = ({ entries }: Awaited<ReturnType<typeof history>>) => entries.map(({ type }) => type);
    expect(types(ofLoser)).toEqual(
      expect.arrayContaining(['CustomerRegistered', 'PurchaseRecorded', 'OpportunityRegistered', 'CustomerMerged']),
    );
    expect(types(ofSurvivor).filter((type) => type === 'CustomerRegistered')).toHaveLength(2);
    expect(types(ofSurvivor)).toEqual(expect.arrayContaining(['CustomerMerged', 'CustomerAbsorbed']));
    expect(ofSurvivor.entries.filter(({ actor }) => !actor.name)).toEqual([]);
  });
});

describe('a merge', () => {
  it('is refused for all that stands against it at once', async () => {
    const [a, b] = [await customer(), await customer()];
    const into = (customerId: string, survivorId: string) =>
      app.post(`/customers/${customerId}/merge-into`, { survivorId, reason });
    const nobody = '01970000-0000-7000-8000-00000000dead';
    expect(await into(nobody, a)).toMatchObject({ status: 404, body: { code: 'customer-unknown', id: nobody } });
    expect(await into(a, nobody)).toMatchObject({ status: 404, body: { code: 'customer-unknown', id: nobody } });
    expect(await into(a, a)).toMatchObject({ status: 422, body: { code: 'merge-with-itself' } });
    const child = await done('/customers', { kind: 'person', name: 'Child', parentCustomerId: a });
    expect(await into(child, a)).toMatchObject({
      status: 422,
      body: { unmet: [{ code: 'merge-of-kinds' }, { code: 'merge-of-relatives' }] },
    });
    expect(await into(a, child)).toMatchObject({ body: { unmet: [{}, { code: 'merge-of-relatives' }] } });
    const gone = await customer();
    await done(`/customers/${gone}/archive`, { reason });
    expect(await into(a, gone)).toMatchObject({ status: 422, body: { code: 'customer-archived' } });
    expect(await app.post(`/customers/${b}/unmerge`, { reason })).toMatchObject({
      body: { code: 'customer-not-merged' },
    });
    await merge(b, a);
    const c = await customer();
    expect(await into(c, b)).toMatchObject({ status: 409, body: { code: 'customer-merged', survivorId: a } });
  });

  it('goes on to where the survivor is merged, and is taken back in the other order', async () => {
    const [a, b, c] = [await whole('one'), await whole('two'), await whole('three')];
    await merge(a.customerId, b.customerId);
    await absorbed(b.customerId, a.customerId);
    await merge(b.customerId, c.customerId);
    await absorbed(c.customerId, b.customerId);
    await until(async () => (await read(`/opportunities?customer=${c.customerId}`)).items.length === 3);
    expect(await profile(c.customerId)).toMatchObject({ purchased: [{ amount: 3_000, currency: 'EUR' }] });
    expect(await app.post(`/customers/${a.customerId}/unmerge`, { reason })).toMatchObject({
      status: 409,
      body: { code: 'survivor-merged', survivorId: b.customerId },
    });
    await unmerge(b.customerId);
    await absorbed(c.customerId);
    await until(async () => (await read(`/opportunities?customer=${b.customerId}`)).items.length === 2);
    await unmerge(a.customerId);
    await absorbed(b.customerId);
    await until(async () => (await read(`/opportunities?customer=${a.customerId}`)).items.length === 1);
    expect(await namesOf(`/opportunities?customer=${c.customerId}`)).toEqual(['deal of three']);
  });

  it('never goes round: of two against each other one is refused', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [a, b] = [await customer(), await customer()];
      const answers = await Promise.all([
        app.post(`/customers/${a}/merge-into`, { survivorId: b, reason }),
        app.post(`/customers/${b}/merge-into`, { survivorId: a, reason }),
      ]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    }
  });

  it('into one that is merged at the same moment leaves no customer behind', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [a, b, c] = [await customer(), await customer(), await customer()];
      await opportunity(a, 'Deal');
      await Promise.all([
        app.post(`/customers/${a}/merge-into`, { survivorId: b, reason }),
        app.post(`/customers/${b}/merge-into`, { survivorId: c, reason }),
      ]);
      await absorbed(c, b);
      const { mergedInto } = await profile(a);
      // Either the survivor took it before it was merged itself, or the merge was refused or taken back.
      await until(async () => {
        const { status } = await profile(a);
        const { absorbed: of } = await profile(b);
        return status !== 'merged' || of.length === 1;
      });
      const { status } = await profile(a);
      const where = status === 'merged' ? c : a;
      await until(async () => (await read(`/opportunities?customer=${where}`)).items.length === 1);
      expect(mergedInto === null || mergedInto.customerId === b).toBe(true);
    }
  });
});

describe('a customer that comes back', () => {
  it('lies in the common pool where its owner has no place left', async () => {
    const { id: positionId } = await app.done('/positions', { title: 'Junior', orgUnitId, headcount: 1 });
    await app.done(`/positions/${positionId}/customer-cap`, { cap: { max: 1 } });
    const { id: junior } = await app.done('/employees', { name: 'Jo Junior', positionId });
    const [a, b] = [await customer({ ownerId: junior }), await customer()];
    await merge(a, b);
    await customer({ ownerId: junior });
    await unmerge(a);
    expect(await profile(a)).toMatchObject({
      status: 'prospect',
      owner: null,
      previousOwners: [{ owner: { employeeId: junior } }],
    });
    const reasons = (await read(`/customers/${a}/history?types=CustomerReleasedToPool`)) as unknown as {
      entries: object[];
    };
    expect(JSON.stringify(reasons.entries)).toContain('holding-limit-exceeded');
  });
});

describe('customers that might be the same', () => {
  it('are found by name and region, tax number, domain, telephone number and e-mail address', async () => {
    const same = { name: 'Same & Co', region: 'coast' };
    const first = await customer({ ...same, domain: 'same.example', phone: '+4930123456' });
    const second = await customer({ ...same, acceptDuplicates: [first], domain: 'same.example' });
    await customer({ ...same, region: 'inland' });
    const third = await customer({ phone: '+49 30 123456' });
    expect(await read(`/customers/${first}/duplicates`)).toMatchObject({
      items: [
        { customer: { customerId: second }, by: ['domain', 'name'] },
        { customer: { customerId: third }, by: ['phone'] },
      ],
    });
    await merge(second, first);
    await absorbed(first, second);
    expect((await read(`/customers/${first}/duplicates`)).items).toHaveLength(1);
    const nobody = '01970000-0000-7000-8000-00000000dead';
    expect(await app.get(`/customers/${nobody}/duplicates`)).toMatchObject({ status: 404 });
  });
});
