import { describe, expect, it } from '@jest/globals';
import { Reporting } from './reporting.js';
import { archived, assigned, bought, registered, sellers, START } from './shop.js';
import { ada, ben, eve, threeCustomers } from './three-buyers.js';

describe('retention by cohort', () => {
  it('counts who bought again in which month after the first', async () => {
    const { rows, ...said } = await (await threeCustomers()).report('retention');
    expect(rows).toEqual([
      {
        cohort: '2024-01',
        customers: 2,
        repeat: 1,
        repeatRate: 0.5,
        active: [2, 1, 0, 1, 0, 0],
        rates: [1, 0.5, 0, 0.5, 0, 0],
      },
      { cohort: '2024-02', customers: 1, repeat: 1, repeatRate: 1, active: [1, 1, 0, 0, 0], rates: [1, 1, 0, 0, 0] },
    ]);
    expect(said).toEqual({
      report: 'retention',
      definition: 'customer-value@3 retention@1 retention-report@2',
      position: 9,
      basis: 'cohort',
      by: [],
      window: {
        from: null,
        to: null,
        asOf: null,
      },
      axis: 'occurred',
      awaited: null,
      parked: { count: 0, documents: [] },
      zone: 'UTC',
    });
  });

  it('puts a purchase into the month it fell in where one looks from', async () => {
    const rows = await (await threeCustomers('Europe/Berlin')).rows('retention');
    expect(rows).toMatchObject([
      { cohort: '2024-01', customers: 1 },
      { cohort: '2024-02', customers: 2 },
    ]);
  });

  it('says the same in another zone as an installation there would', async () => {
    const here = await threeCustomers();
    const there = await threeCustomers('Europe/Berlin');
    const asked = await here.report('retention', { zone: 'Europe/Berlin' });
    expect(asked).toEqual(await there.report('retention'));
    expect(asked.zone).toBe('Europe/Berlin');
  });

  it('chooses by the first purchase, whatever came later', async () => {
    const rows = await (await threeCustomers()).rows('retention', { from: '2024-01-20', to: '2024-02-20' });
    expect(rows).toMatchObject([{ cohort: '2024-01', customers: 1, active: [1, 0, 0, 0, 0, 0] }]);
  });

  it('moves the whole history when a late purchase turns out to be the first', async () => {
    const reporting = await threeCustomers();
    await reporting.record(bought(ben, '2023-12-24T10:00:00.000Z'));
    const rows = await reporting.rows('retention');
    expect(rows[0]).toMatchObject({ cohort: '2023-12', customers: 1, repeat: 1, active: [1, 1, 0, 0, 0, 0, 0] });
    expect(rows[1]).toMatchObject({ cohort: '2024-01', customers: 1, active: [1, 1, 0, 1, 0, 0] });
  });

  it('ends with the month that is asked about, also when no customer has come back since', async () => {
    const reporting = await threeCustomers();
    expect(await reporting.rows('retention', { asOf: '2024-06-30', from: '2024-02-01' })).toMatchObject([
      { cohort: '2024-02', active: [1, 1, 0, 0, 0], rates: [1, 1, 0, 0, 0] },
    ]);
    reporting.clock.time = '2024-08-01T00:00:00.000Z';
    const [row] = await reporting.rows('retention');
    expect(row).toMatchObject({ cohort: '2024-01', active: [2, 1, 0, 1, 0, 0, 0, 0] });
    const abroad = await reporting.rows('retention', { zone: 'America/New_York' });
    expect(abroad[0]).toMatchObject({ cohort: '2024-01', active: [2, 1, 0, 1, 0, 0, 0] });
  });

  it('holds a purchase that a clock ahead of this one has dated in the next month', async () => {
    const reporting = await threeCustomers();
    reporting.clock.time = '2024-04-30T23:59:00.000Z';
    await reporting.record(bought(eve, '2024-05-01T00:01:00.000Z'));
    expect(await reporting.rows('retention')).toMatchObject([
      { cohort: '2024-01', active: [2, 1, 0, 1, 0] },
      { cohort: '2024-02', active: [1, 1, 0, 1] },
    ]);
  });

  it('is told apart by tier, and only counts those it is filtered to', async () => {
    const reporting = await threeCustomers();
    expect(await reporting.rows('retention', { by: ['tier'] })).toMatchObject([
      { tier: 'important', cohort: '2024-01', customers: 1 },
      { tier: 'ordinary', cohort: '2024-01', customers: 1 },
      { tier: 'ordinary', cohort: '2024-02', customers: 1 },
    ]);
    expect(await reporting.rows('retention', { where: { tier: ['important'] } })).toMatchObject([{ customers: 1 }]);
  });

  it('names the owners', async () => {
    const reporting = await threeCustomers();
    const [seller] = sellers;
    await reporting.record(
      {
        stream: 'organisation-main',
        type: 'EmployeeHired',
        data: { employeeId: seller!.employeeId, name: 'Ida' },
        at: START,
      },
      assigned(ada, START, seller!),
    );
    expect(await reporting.rows('retention', { by: ['owner'] })).toMatchObject([
      { owner: seller!.employeeId, ownerName: 'Ida', cohort: '2024-01' },
      { owner: null, ownerName: null, cohort: '2024-01' },
      { owner: null, ownerName: null, cohort: '2024-02' },
    ]);
  });

  it('leaves out what was registered by mistake', async () => {
    const reporting = await threeCustomers();
    await reporting.record(archived(eve, '2024-05-01T00:00:00.000Z'));
    expect(await reporting.rows('retention')).toMatchObject([{ cohort: '2024-01', customers: 2 }]);
  });

  it('is empty before anything happened, and while nobody has bought', async () => {
    const reporting = new Reporting();
    await reporting.record();
    for (const basis of ['cohort', 'rolling', 'churn'])
      expect(await reporting.rows('retention', { basis })).toEqual([]);
    await reporting.record(registered(ada, START));
    for (const basis of ['cohort', 'rolling', 'churn'])
      expect(await reporting.rows('retention', { basis })).toEqual([]);
  });

  it('was what it was at a past moment', async () => {
    const reporting = await threeCustomers();
    const { rows, window } = await reporting.report('retention', { asOf: '2024-02-15' });
    expect(rows).toMatchObject([{ cohort: '2024-01', customers: 2, active: [2, 1] }]);
    expect(window.asOf).toBe('2024-02-15T23:59:59.999Z');
  });
});

describe('rolling retention', () => {
  it('compares every month with the one before', async () => {
    expect(await (await threeCustomers()).rows('retention', { basis: 'rolling' })).toEqual([
      { month: '2024-01', active: 2, activeBefore: 0, retained: 0, retentionRate: null },
      { month: '2024-02', active: 2, activeBefore: 2, retained: 1, retentionRate: 0.5 },
      { month: '2024-03', active: 1, activeBefore: 2, retained: 1, retentionRate: 0.5 },
      { month: '2024-04', active: 1, activeBefore: 1, retained: 0, retentionRate: 0 },
      { month: '2024-05', active: 0, activeBefore: 1, retained: 0, retentionRate: 0 },
      { month: '2024-06', active: 0, activeBefore: 0, retained: 0, retentionRate: null },
    ]);
  });

  it('has the months in which all stayed away, up to the one that is asked about', async () => {
    const reporting = new Reporting();
    await reporting.record(
      registered(ada, START),
      registered(ben, START),
      bought(ada, '2024-02-10T10:00:00.000Z'),
      bought(ben, '2024-02-11T10:00:00.000Z'),
    );
    const asked = { basis: 'rolling', asOf: '2024-03-15' };
    expect(await reporting.rows('retention', asked)).toEqual([
      { month: '2024-02', active: 2, activeBefore: 0, retained: 0, retentionRate: null },
      { month: '2024-03', active: 0, activeBefore: 2, retained: 0, retentionRate: 0 },
    ]);
    expect(await reporting.rows('retention', { ...asked, to: '2024-03-01' })).toHaveLength(1);
    expect(await reporting.rows('retention', { ...asked, to: '2025-01-01' })).toHaveLength(2);
  });

  it('has a row for a month in which nobody bought', async () => {
    const reporting = new Reporting();
    await reporting.record(
      registered(ada, START),
      bought(ada, '2024-01-10T10:00:00.000Z'),
      bought(ada, '2024-03-10T10:00:00.000Z'),
    );
    expect(await reporting.rows('retention', { basis: 'rolling' })).toMatchObject([
      { month: '2024-01', active: 1, retentionRate: null },
      { month: '2024-02', active: 0, activeBefore: 1, retentionRate: 0 },
      { month: '2024-03', active: 1, activeBefore: 0, retentionRate: null },
      { month: '2024-04', active: 0, activeBefore: 1, retentionRate: 0 },
      { month: '2024-05', active: 0, activeBefore: 0, retentionRate: null },
      { month: '2024-06', active: 0, activeBefore: 0, retentionRate: null },
    ]);
  });

  it('shows months that lie in the window as a whole, and still knows the one before it', async () => {
    const reporting = await threeCustomers();
    const asked = { basis: 'rolling', from: '2024-01-15', to: '2024-04-10' };
    expect(await reporting.rows('retention', asked)).toMatchObject([
      { month: '2024-02', activeBefore: 2, retained: 1 },
      { month: '2024-03', activeBefore: 2, retained: 1 },
    ]);
    expect(await reporting.rows('retention', { basis: 'rolling', from: '2024-01-15', to: '2024-02-20' })).toEqual([]);
  });
});
