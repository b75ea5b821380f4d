import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { officeWeek } from './samples.js';

const clock = new TestClock('2026-01-02T09:00:00.000Z');
let app: TestApp;
let calendarId: string;

beforeAll(async () => {
  app = await TestApp.start({ clock });
  const made = await app.done('/calendars', { name: 'Office', zone: 'Europe/Berlin', week: officeWeek });
  calendarId = made.id;
  await app.get(`/calendars/${calendarId}?after=${made.position}`);
});
afterAll(() => app.stop());

const counted = async (query: string) => (await app.get(`/calendars/${calendarId}/working-time?${query}`)).body;

describe('a calendar over HTTP', () => {
  it('counts working time, and says when so much of it will have passed', async () => {
    const monday = '2026-01-05T08:00:00.000Z';
    expect(await counted(`from=${monday}&to=2026-01-05T20:00:00Z`)).toEqual({
      calendarId,
      revision: 0,
      from: monday,
      to: '2026-01-05T20:00:00.000Z',
      minutes: 420,
      working: { from: true, to: false },
    });
    expect(await counted(`from=${monday}&minutes=421`)).toMatchObject({ to: '2026-01-06T08:01:00.000Z', minutes: 421 });
  });

  it('answers by what was known at a moment', async () => {
    const from = '2026-01-05T08:00:00.000Z';
    clock.time = '2026-01-03T09:00:00.000Z';
    const { position } = await app.done(`/calendars/${calendarId}/holidays`, {
      country: 'DE',
      region: 'BY',
      years: [2026],
    });
    // The sixth is a holiday in Bavaria.
    expect(await counted(`from=${from}&minutes=421&after=${position}`)).toMatchObject({
      to: '2026-01-07T08:01:00.000Z',
    });
    expect(await counted(`from=${from}&minutes=421&asOf=2026-01-02T12:00:00Z`)).toMatchObject({
      to: '2026-01-06T08:01:00.000Z',
      revision: 0,
    });
    const { body } = await app.get(`/calendars/${calendarId}/history`);
    expect(body).toMatchObject({ entries: [{ type: 'CalendarDefined' }, { type: 'CalendarDaysSet' }] });
    const again = await app.post(`/calendars/${calendarId}/holidays`, { country: 'DE', region: 'BY', years: [2026] });
    expect(again.status).toBe(200);
  });

  it('is listed by name', async () => {
    const { id, position } = await app.done('/calendars', { name: 'Änderungen', zone: 'UTC', week: officeWeek });
    const { body } = await app.get(`/calendars?after=${position}`);
    expect((body as unknown as { items: object[] }).items).toMatchObject([{ calendarId: id }, { calendarId }]);
  });

  it.each([
    ['name', { zone: 'UTC', week: officeWeek }],
    ['zone', { name: 'Office', zone: 'Europe Atlantis', week: officeWeek }],
    ['week.monday.0.from', { name: 'Office', zone: 'UTC', week: { monday: [{ from: '9:00', to: '12:00' }] } }],
    ['week.monday.0.to', { name: 'Office', zone: 'UTC', week: { monday: [{ from: '09:00', to: '24:01' }] } }],
    ['week.someday', { name: 'Office', zone: 'UTC', week: { someday: [] } }],
  ])('is refused for its %s', async (field, body) => {
    const refused = await app.post('/calendars', body);
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain(field);
  });

  it('refuses to count what is no time', async () => {
    const from = 'from=2026-01-05T08:00:00Z';
    expect(await counted(from)).toMatchObject({ code: 'working-time-of-what' });
    expect(await counted(`${from}&minutes=1&to=2026-01-06T08:00:00Z`)).toMatchObject({ code: 'working-time-of-what' });
    expect(await counted(`${from}&to=2026-01-04T08:00:00Z`)).toMatchObject({ code: 'working-time-period' });
    expect(await counted(`${from}&to=2056-01-04T08:00:00Z`)).toMatchObject({ code: 'working-time-period' });
    const end = 'from=9999-12-31T00:00:00Z&to=9999-12-31T01:00:00Z';
    expect(await counted(end)).toMatchObject({ code: 'working-time-period' });
    expect(await counted(`${from}&minutes=5000000`)).toMatchObject({ code: 'working-time-too-long' });
    const other = '01970000-0000-7000-8000-00000000dead';
    expect((await app.get(`/calendars/${other}/working-time?${from}&minutes=1`)).status).toBe(404);
    const unknown = await app.post(`/calendars/${calendarId}/holidays`, { country: 'ZZ', years: [2026] });
    expect(unknown).toMatchObject({ status: 422, body: { code: 'country-unknown' } });
  });
});
