import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { officeWeek } from '../calendars/samples.js';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { until } from '../support/until.js';

const clock = new TestClock('2026-01-05T09:00:00.000Z');
let app: TestApp;
let ada: string;
let lin: string;
let pipelineId: string;
let orgUnitId: string;

beforeAll(async () => {
  app = await TestApp.start({ clock });
  ({ id: orgUnitId } = await app.done('/org-units', { name: 'Sales', kind: 'company', level: 'senior' }));
  const { id: positionId } = await app.done('/positions', { title: 'Seller', orgUnitId });
  await app.done(`/positions/${positionId}/customer-cap`, { cap: { max: 2 } });
  ada = (await app.done('/employees', { name: 'Ada', positionId })).id;
  const { id: secondId } = await app.done('/positions', { title: 'Other seller', orgUnitId });
  lin = (await app.done('/employees', { name: 'Lin', positionId: secondId })).id;
  const { id: calendarId } = await app.done('/calendars', { name: 'Office', zone: 'Europe/Berlin', week: officeWeek });
  await app.done('/lead-policies', {
    factors: [{ name: 'our sector', field: 'sector', values: ['Pumps'], points: 60 }],
    grades: { A: 80, B: 50, C: 20 },
    responses: [{ grades: ['B'], channels: [], calendarId, minutes: 120 }],
  });
  const stages = [
    { id: 'talk', name: 'Talk', probability: 10 },
    { id: 'won', name: 'Won', kind: 'won' },
    { id: 'lost', name: 'Lost', kind: 'lost' },
  ];
  pipelineId = (await app.done('/pipelines', { name: 'Deals', stages })).id;
});
afterAll(() => app.stop());

const lead = (details: object, more: object = {}) => ({
  source: { channel: 'web', campaign: 'spring' },
  details,
  ...more,
});
const read = async (id: string, query = '') => (await app.get(`/leads/${id}${query}`)).body as Record<string, unknown>;
/** Of a lead that was worked on until an offer is worth it. */
async function qualified(details: object): Promise<string> {
  const { id } = await app.done('/leads', lead(details, { ownerId: ada }));
  await app.done(`/leads/${id}/contact`, { channel: 'call', summary: 'wants an offer' });
  await app.done(`/leads/${id}/qualify`, {});
  return id;
}
/** Reads the lead once it shows something. */
async function once(id: string, shows: (lead: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
  await until(async () => shows(await read(id)));
  return read(id);
}

describe('a lead over HTTP', () => {
  it('is scored, has a time to be answered in, and is answered in time', async () => {
    const { id, position } = await app.done('/leads', lead({ companyName: 'Pump makers', sector: 'pumps' }));
    expect(await read(id, `?after=${position}`)).toMatchObject({
      grade: 'B',
      score: { score: 60, factors: [{ name: 'our sector', points: 60 }], policyVersion: 1 },
      // Ten in the morning there, and two hours of work.
      firstResponse: 'open',
      responseDueAt: '2026-01-05T11:00:00.000Z',
    });
    const contacted = await app.done(`/leads/${id}/contact`, { channel: 'call', summary: 'interested' });
    expect(await read(id, `?after=${contacted.position}`)).toMatchObject({ status: 'contacted', firstResponse: 'met' });
    expect(await read(id, `?asOf=2026-01-04T00:00:00Z`)).toMatchObject({ code: 'lead-unknown' });
  });

  it('is said to be late by the clock, as of when it was due', async () => {
    const { id } = await app.done('/leads', lead({ personName: 'Waiting', sector: 'Pumps' }));
    clock.time = '2026-01-05T15:00:00.000Z';
    const late = await once(id, ({ firstResponse }) => firstResponse === 'breached');
    expect(late).toMatchObject({ status: 'new', responseDueAt: '2026-01-05T11:00:00.000Z' });
    const { entries } = (await app.get(`/leads/${id}/history`)).body as unknown as { entries: object[] };
    expect(entries.at(-1)).toMatchObject({ type: 'LeadFirstResponseBreached', occurredAt: '2026-01-05T11:00:00.000Z' });
  });

  it('becomes a customer with its contact and an opportunity', async () => {
    const details = {
      personName: 'Grace',
      email: 'grace@makers.example',
      companyName: 'Makers',
      domain: 'makers.example',
    };
    const id = await qualified(details);
    const opportunity = { pipelineId, name: 'Pumps for Makers', amount: { amount: 5_000_00, currency: 'EUR' } };
    await app.done(`/leads/${id}/convert`, { opportunity });
    const { conversion } = await once(id, ({ status }) => status === 'converted');
    const {
      customerId,
      contactId,
      opportunity: made,
    } = conversion as {
      customerId: string;
      contactId: string;
      opportunity: { opportunityId: string };
    };
    await until(async () => (await app.get(`/opportunities/${made.opportunityId}`)).status === 200);
    expect((await app.get(`/opportunities/${made.opportunityId}`)).body).toMatchObject({
      customerId,
      name: 'Pumps for Makers',
      source: 'website',
    });
    expect((await app.get(`/customers/${customerId}`)).body).toMatchObject({
      details: { name: 'Makers', domain: 'makers.example', source: 'spring' },
      owner: { employeeId: ada },
      contacts: [{ contactId, name: 'Grace' }],
    });
    expect(await app.post(`/leads/${id}/convert`, {})).toMatchObject({ status: 409, body: { code: 'lead-converted' } });
  });

  it('that might be a customer there is asks for a choice, by name, domain, number and address', async () => {
    const same = {
      personName: 'Other',
      email: 'GRACE@makers.example',
      companyName: 'makers',
      domain: 'makers.example',
    };
    const id = await qualified(same);
    const refused = await app.post(`/leads/${id}/convert`, {});
    expect(refused).toMatchObject({ status: 409, body: { code: 'possible-duplicate' } });
    const { candidates } = refused.body as unknown as { candidates: string[] };
    expect(candidates).toHaveLength(1);
    const { body } = await app.get(`/leads/${id}/candidates`);
    expect(body).toMatchObject({ customers: [{ customerId: candidates[0], by: ['domain', 'email', 'name'] }] });
    expect((body as unknown as { leads: object[] }).leads).toHaveLength(1);
    await app.done(`/leads/${id}/convert`, { customerId: candidates[0] });
    expect(await once(id, ({ status }) => status === 'converted')).toMatchObject({
      conversion: { customer: 'linked', customerId: candidates[0], matched: [{ customerId: candidates[0] }] },
    });
  });

  it('makes one customer of two leads of one company, however close they come', async () => {
    const [one, two] = [await qualified({ companyName: 'Twice' }), await qualified({ companyName: 'twice' })];
    for (const id of [one, two]) await app.done(`/leads/${id}/owner`, { ownerId: lin });
    const answers = await Promise.all([one, two].map((id) => app.post(`/leads/${id}/convert`, {})));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)!.body).toMatchObject({ code: 'possible-duplicate' });
  });

  it('is what it was before when its owner can hold no more customers', async () => {
    const first = await qualified({ companyName: 'Second customer' });
    await app.done(`/leads/${first}/convert`, {});
    await once(first, ({ status }) => status === 'converted');
    const id = await qualified({ companyName: 'One too many' });
    await app.done(`/leads/${id}/convert`, {});
    const { status, failures, conversion } = await once(id, (each) => (each['failures'] as object[]).length > 0);
    expect([status, conversion]).toEqual(['qualified', null]);
    expect(failures).toMatchObject([{ part: 'customer', code: 'holding-limit-exceeded' }]);
  });

  it('is converted once, however many want to at the same moment', async () => {
    const id = await qualified({ companyName: 'Wanted by many' });
    await app.done(`/leads/${id}/owner`, { ownerId: lin });
    const answers = await Promise.all(Array.from({ length: 8 }, () => app.post(`/leads/${id}/convert`, {})));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
  });

  it('stands in the funnel of leads, by channel and campaign', async () => {
    const { position } = await app.done('/leads', lead({ personName: 'Last' }, { source: { channel: 'event' } }));
    const { body } = await app.get(`/reports/lead-funnel?after=${position}`);
    const rows = (body as unknown as { rows: Record<string, unknown>[] }).rows;
    expect(rows).toMatchObject([
      { channel: 'event', captured: 1, contacted: 0, converted: 0, conversionRate: 0, responseRate: null },
      { channel: 'web', captured: 9, contacted: 8, qualified: 7, met: 1, breached: 1, responseRate: 0.5 },
    ]);
  });

  it('is listed by owner, status, grade, channel, answer and words', async () => {
    const { body } = await app.get(`/leads?text=mak&status=converted&owner=${ada}&channel=web&sort=captured`);
    expect((body as unknown as { items: { details: object }[] }).items.map(({ details }) => details)).toMatchObject([
      { companyName: 'Makers' },
      { companyName: 'makers' },
    ]);
    const late = await app.get('/leads?response=breached&grade=B&owner=none');
    expect((late.body as unknown as { items: object[] }).items).toMatchObject([{ details: { personName: 'Waiting' } }]);
  });

  it('is sorted by when it is to be answered, those without such a time last', async () => {
    const times = async (sort: string) => {
      const { body } = await app.get(`/leads?sort=${sort}`);
      return (body as unknown as { items: { responseDueAt: string | null }[] }).items.map(
        ({ responseDueAt }) => responseDueAt,
      );
    };
    const [up, down] = [await times('responseDue'), await times('-responseDue')];
    const there = up.filter((each) => each !== null);
    expect(there.length).toBeGreaterThan(0);
    expect(up.length).toBeGreaterThan(there.length);
    expect(up).toEqual([...there.toSorted(), ...up.filter((each) => each === null)]);
    expect(down).toEqual([...there.toSorted().reverse(), ...up.filter((each) => each === null)]);
  });

  it('is not converted for an owner who is suspended', async () => {
    const { id: positionId } = await app.done('/positions', { title: 'Third seller', orgUnitId });
    const { id: ownerId } = await app.done('/employees', { name: 'Max', positionId });
    const id = await qualified({ companyName: 'Of one who is suspended' });
    await app.done(`/leads/${id}/owner`, { ownerId });
    await app.done(`/employees/${ownerId}/suspend`, { reason: 'audit' });
    expect(await app.post(`/leads/${id}/convert`, {})).toMatchObject({
      status: 422,
      body: { code: 'owner-inactive' },
    });
  });

  it('keeps the customer that it became part of from being put away', async () => {
    const { id: customerId } = await app.done('/customers', { kind: 'org', name: 'Joined' });
    const id = await qualified({ companyName: 'Joins another' });
    await app.done(`/leads/${id}/convert`, { customerId });
    const refused = await app.post(`/customers/${customerId}/archive`, { reason: 'mistake' });
    expect(refused).toMatchObject({ status: 422, body: { code: 'customer-referenced', references: ['leads'] } });
  });

  it.each([
    ['details', { source: { channel: 'web' } }],
    ['source.channel', { source: { channel: 'pigeon' }, details: { personName: 'Any' } }],
    ['details.email', { source: { channel: 'web' }, details: { personName: 'Any', email: 'none' } }],
  ])('is refused for its %s', async (field, body) => {
    const refused = await app.post('/leads', body);
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain(field);
  });
});
