import { describe, expect, it } from '@jest/globals';
import { reports } from '../../apps/program/definitions.js';
import { momentOf, questionOf } from '../../libs/reports/question.js';
import type { Parameters } from '../../libs/reports/question.js';
import { Reports } from '../../libs/reports/reports.js';
import { bought, idOf, registered, START } from './shop.js';
import { Reporting } from './reporting.js';

const now = '2024-06-30T23:30:00.000Z';
const byName = new Reports(reports);
const ask = (parameters: Parameters, name = 'performance') => questionOf(byName.of(name), parameters, 'UTC', now);
const refusal = (code: string, details: object = {}) =>
  expect.objectContaining({ code, status: 400, details: expect.objectContaining(details) });

describe('asking for a report', () => {
  it.each(byName.names)('knows what %s is asked by when nobody says', (name) => {
    const { by, basis, where, today } = ask({}, name);
    expect(Object.keys(byName.of(name).dimensions)).toEqual(expect.arrayContaining([...by]));
    expect(basis).toBe(Object.keys(byName.of(name).bases)[0]);
    expect([where, today]).toEqual([{}, '2024-06-30']);
  });

  it.each(byName.names)('has columns for every basis of %s', (name) => {
    for (const { columns } of Object.values(byName.of(name).bases)) expect(Object.keys(columns)).not.toEqual([]);
  });

  it('takes the day of the zone for today', () => {
    expect(questionOf(byName.of('retention'), {}, 'Europe/Berlin', now).today).toBe('2024-07-01');
  });

  it('refuses a window that ends before it has begun', () => {
    expect(() => ask({ from: '2024-02-01', to: '2024-02-01' })).toThrow(refusal('window-invalid', { field: 'to' }));
    expect(() => ask({ from: '2024-02-01', to: '2024-01-31' })).toThrow(refusal('window-invalid'));
    expect(() => ask({ from: '2024-02-30' })).toThrow(refusal('window-invalid', { field: 'from' }));
    expect(() => ask({ to: 'yesterday' })).toThrow(refusal('window-invalid', { field: 'to' }));
    expect(() => ask({ from: '2024-01-31', to: '2024-02-01' })).not.toThrow();
  });

  it('names the dimensions there are when it is asked by another one', () => {
    const valid = ['employee', 'manager', 'orgUnit', 'product', 'sector', 'currency', 'month', 'day'];
    expect(() => ask({ by: ['employee', 'colour'] })).toThrow(
      refusal('dimension-unknown', { unknown: ['colour'], valid }),
    );
    expect(() => ask({ by: ['month'] }, 'rfm')).toThrow(refusal('dimension-unknown', { field: 'by' }));
    expect(() => ask({ where: { month: ['2024-01'] } })).toThrow(refusal('dimension-unknown', { field: 'where' }));
    expect(() => ask({ where: { __proto__: ['x'], $gt: ['x'] } })).toThrow(refusal('dimension-unknown'));
    expect(() => ask({ pipeline: 'sales' }, 'retention')).toThrow(
      refusal('dimension-unknown', { unknown: ['pipeline'] }),
    );
  });

  it('names the bases there are when it is asked for another one', () => {
    expect(() => ask({ basis: 'guess' }, 'funnel')).toThrow(
      refusal('basis-unknown', { valid: ['cohort', 'activity'] }),
    );
  });

  it('takes the end of a day for a day', () => {
    expect(momentOf({ asOf: '2024-02-29' }, 'UTC')).toBe('2024-02-29T23:59:59.999Z');
    expect(momentOf({ asOf: '2024-03-31' }, 'Europe/Berlin')).toBe('2024-03-31T21:59:59.999Z');
    expect(momentOf({ asOf: '2024-02-29T12:00:00+01:00' }, 'UTC')).toBe('2024-02-29T11:00:00.000Z');
    expect(momentOf({}, 'UTC')).toBeUndefined();
    expect(() => momentOf({ asOf: 'now' }, 'UTC')).toThrow(refusal('as-of-invalid'));
  });

  it('refuses a zone that does not exist', async () => {
    const reporting = new Reporting();
    await reporting.record();
    await expect(reporting.report('rfm', { zone: 'Mars/Olympus' })).rejects.toEqual(refusal('zone-unknown'));
  });

  it('waits for what the asker has seen, and refuses what nobody can have seen', async () => {
    const reporting = new Reporting();
    await reporting.record(registered(idOf(0), START), bought(idOf(0), START));
    expect(await reporting.report('rfm', { after: 2 })).toMatchObject({ position: 2 });
    expect(await reporting.report('rfm', { after: 2, zone: 'Asia/Tokyo' })).toMatchObject({
      position: 2,
      zone: 'Asia/Tokyo',
    });
    for (const zone of [undefined, 'Asia/Tokyo']) {
      await expect(reporting.report('rfm', { after: 3, zone })).rejects.toEqual(refusal('log-position-unknown'));
    }
  });

  it('says so while the read model is being built', async () => {
    await expect(new Reporting().report('rfm')).rejects.toMatchObject({
      code: 'report-building',
      status: 503,
      seconds: 1,
      details: { report: 'rfm', position: 0, head: 0, state: null },
    });
  });
});

describe('the past of a report', () => {
  it('is what had happened, or what was known', async () => {
    const reporting = new Reporting();
    reporting.clock.time = '2024-01-10T00:00:00.000Z';
    await reporting.record(registered(idOf(0), START), bought(idOf(0), '2024-01-05T00:00:00.000Z'));
    reporting.clock.time = '2024-03-01T00:00:00.000Z';
    await reporting.record(bought(idOf(0), '2024-01-06T00:00:00.000Z'));
    const purchases = async (asOf: string, axis?: 'occurred' | 'recorded') => {
      const { rows, axis: said } = await reporting.report('rfm', { asOf, axis });
      expect(said).toBe(axis ?? 'occurred');
      return rows[0]?.['purchases'];
    };
    expect(await purchases('2024-01-05')).toBe(1);
    expect(await purchases('2024-01-31')).toBe(2);
    expect(await purchases('2024-01-31', 'recorded')).toBe(1);
    expect(await purchases('2024-03-01', 'recorded')).toBe(2);
    expect(await purchases('2023-06-01')).toBeUndefined();
    expect(await purchases('2030-01-01')).toBe(2);
  });

  it('of now is the present, in every zone', async () => {
    const reporting = new Reporting('Asia/Tokyo');
    await reporting.record(registered(idOf(0), START), bought(idOf(0), '2024-01-31T20:00:00.000Z'));
    const present = await reporting.report('retention');
    const { rows, position } = await reporting.report('retention', { asOf: reporting.clock.time });
    expect({ rows, position }).toEqual({ rows: present.rows, position: present.position });
    const elsewhere = await reporting.rows('retention', { asOf: reporting.clock.time, zone: 'UTC' });
    expect([present.rows, elsewhere]).toMatchObject([[{ cohort: '2024-02' }], [{ cohort: '2024-01' }]]);
  });
});
