import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tiers } from '../../libs/customers/events.js';
import { churnPolicy } from '../../reports/retention.js';
import { monthsBetween, shiftDay, shiftMonth } from '../../libs/time.js';
import { property } from '../support/property.js';
import { Reporting } from './reporting.js';
import {
  archived,
  assigned,
  bought,
  happenings,
  idOf,
  localDay,
  naively,
  registered,
  sellers,
  START,
  windows,
  within,
  zones,
} from './shop.js';
import type { Naive } from './shop.js';

const [ada, ben, eve] = [idOf(0), idOf(1), idOf(2)] as const;

async function threeCustomers(zone?: string): Promise<Reporting> {
  const reporting = new Reporting(zone);
  await reporting.record(
    registered(ada, START, 'important'),
    registered(ben, START),
    registered(eve, START),
    bought(ada, '2024-01-10T10:00:00.000Z'),
    bought(ada, '2024-02-10T10:00:00.000Z'),
    bought(ada, '2024-04-10T10:00:00.000Z'),
    bought(ben, '2024-01-31T23:30:00.000Z'),
    bought(eve, '2024-02-20T10:00:00.000Z'),
    bought(eve, '2024-03-20T10:00:00.000Z'),
  );
  return reporting;
}

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
      definition: 'customer-value@2 retention@1 retention-report@2',
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

describe('churn', () => {
  it('counts whose last purchase is older than the policy allows, on the day of the question', async () => {
    const reporting = await threeCustomers();
    reporting.clock.time = '2024-08-01T00:00:00.000Z';
    const { rows, definition } = await reporting.report('retention', { basis: 'churn' });
    const boughtBefore = shiftDay('2024-08-01', -churnPolicy.days);
    // Eve first bought on 20 February, too late to be lost by now.
    expect(boughtBefore).toBe('2024-02-03');
    expect(rows).toEqual([
      { boughtBefore, customers: 2, churned: 1, churnRate: 0.5, tooNew: 1, band: 0.3, alert: true },
    ]);
    expect(definition).toBe('customer-value@2 retention@1 retention-report@2 churn-policy@2');
    reporting.clock.time = shiftDay('2024-01-31', churnPolicy.days) + 'T12:00:00.000Z';
    expect(await reporting.rows('retention', { basis: 'churn' })).toMatchObject([
      { customers: 1, churned: 0, churnRate: 0, tooNew: 2, alert: false },
    ]);
  });

  it('has no rate where all customers are too new to be lost', async () => {
    const reporting = await threeCustomers();
    reporting.clock.time = '2024-05-01T00:00:00.000Z';
    const nothing = { customers: 0, churned: 0, churnRate: null, alert: null };
    expect(await reporting.rows('retention', { basis: 'churn' })).toMatchObject([{ ...nothing, tooNew: 3 }]);
    expect(await reporting.rows('retention', { basis: 'churn', by: ['tier'] })).toMatchObject([
      { tier: 'important', ...nothing, tooNew: 1 },
      { tier: 'ordinary', ...nothing, tooNew: 2 },
    ]);
  });

  it('chooses by the first purchase in the window, old enough or not', async () => {
    const reporting = await threeCustomers();
    reporting.clock.time = '2024-08-01T00:00:00.000Z';
    const within = (from?: string, to?: string) => reporting.rows('retention', { basis: 'churn', from, to });
    expect(await within('2024-01-20')).toMatchObject([{ customers: 1, churned: 1, tooNew: 1 }]);
    expect(await within(undefined, '2024-01-20')).toMatchObject([{ customers: 1, churned: 0, tooNew: 0 }]);
    expect(await within('2024-02-10')).toMatchObject([{ customers: 0, churned: 0, tooNew: 1 }]);
    expect(await within('2024-02-10', '2024-02-15')).toEqual([]);
  });

  it('is told when more are lost than the policy accepts of their tier', async () => {
    const reporting = new Reporting();
    const buyers = (['ordinary', 'potential', 'important'] as const).flatMap((tier, place) =>
      Array.from({ length: 10 }, (_, index) => ({
        tier,
        id: idOf(10 * place + index),
        lost: index < [3, 3, 1][place]!,
      })),
    );
    await reporting.record(
      ...buyers.map(({ id, tier }) => registered(id, START, tier)),
      ...buyers.map(({ id }) => bought(id, '2024-01-10T10:00:00.000Z')),
      ...buyers.filter(({ lost }) => !lost).map(({ id }) => bought(id, '2024-06-10T10:00:00.000Z')),
    );
    reporting.clock.time = '2024-08-01T00:00:00.000Z';
    const ask = (parameters: object) => reporting.rows('retention', { basis: 'churn', ...parameters });
    expect(await ask({ by: ['tier'] })).toMatchObject([
      { tier: 'important', churnRate: 0.1, band: 0.1, alert: false },
      { tier: 'ordinary', churnRate: 0.3, band: 0.3, alert: false },
      { tier: 'potential', churnRate: 0.3, band: 0.2, alert: true },
    ]);
    expect(await ask({})).toMatchObject([{ churnRate: 7 / 30, band: 0.3, alert: false }]);
    expect(await ask({ where: { tier: ['potential'] } })).toMatchObject([{ band: 0.2, alert: true }]);
    expect(await ask({ where: { tier: ['potential', 'important'] } })).toMatchObject([{ band: 0.3, alert: false }]);
    expect(await ask({ by: ['region'], where: { tier: ['important'] } })).toMatchObject([{ band: 0.1 }]);
  });

  it('has bands for tiers that there are, and tighter ones for those that matter more', () => {
    const { band, bandOfTier } = churnPolicy;
    expect(Object.keys(bandOfTier).filter((tier) => !(tiers as readonly string[]).includes(tier))).toEqual([]);
    const bands = tiers.map((tier) => bandOfTier[tier] ?? band);
    expect(bands).toEqual(bands.toSorted((a, b) => b - a));
  });
});

const months = (customer: Naive, zone: string): string[] => [
  ...new Set(customer.purchases.map(({ at }) => localDay(zone, at).slice(0, 7))),
];

describe('retention of any history', () => {
  it('is what going through the facts once more gives', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, windows, fc.constantFrom(...zones), async (facts, window, zone) => {
        const reporting = new Reporting(zone);
        await reporting.record(...facts);
        const buyers = naively(facts).filter(({ purchases }) => purchases.length > 0);
        const today = localDay(zone, reporting.clock.time);
        const last = today.slice(0, 7);

        const chosen = buyers.filter(({ purchases }) => within(localDay(zone, purchases[0]!.at), window));
        const cohorts = [...new Set(chosen.map((buyer) => `${buyer.region} ${months(buyer, zone)[0]}`))].sort();
        expect(await reporting.rows('retention', { ...window, by: ['region'] })).toEqual(
          cohorts.map((place) => {
            const [region, cohort] = place.split(' ') as [string, string];
            const members = chosen.filter((buyer) => buyer.region === region && months(buyer, zone)[0] === cohort);
            const active = Array.from(
              { length: monthsBetween(cohort, last) + 1 },
              (_, k) => members.filter((buyer) => months(buyer, zone).includes(shiftMonth(cohort, k))).length,
            );
            const repeat = members.filter(({ purchases }) => purchases.length > 1).length;
            return {
              region,
              cohort,
              customers: members.length,
              repeat,
              repeatRate: repeat / members.length,
              active,
              rates: active.map((count) => count / members.length),
            };
          }),
        );

        const rolling = await reporting.rows('retention', { ...window, basis: 'rolling' });
        const first = buyers.flatMap((buyer) => months(buyer, zone)).sort()[0];
        const whole = Array.from({ length: first === undefined ? 0 : monthsBetween(first, last) + 1 }, (_, k) =>
          shiftMonth(first!, k),
        ).filter(
          (month) => within(`${month}-01`, window) && within(shiftDay(`${shiftMonth(month, 1)}-01`, -1), window),
        );
        expect(rolling.map(({ month }) => month)).toEqual(whole);
        for (const { month, active, activeBefore, retained } of rolling) {
          const here = buyers.filter((buyer) => months(buyer, zone).includes(String(month)));
          const before = buyers.filter((buyer) => months(buyer, zone).includes(shiftMonth(String(month), -1)));
          expect([active, activeBefore, retained]).toEqual([
            here.length,
            before.length,
            here.filter((buyer) => before.includes(buyer)).length,
          ]);
        }

        const boughtBefore = shiftDay(today, -churnPolicy.days);
        const churn = await reporting.rows('retention', { ...window, basis: 'churn', by: ['region'] });
        expect(churn.map(({ region, customers, churned, tooNew }) => ({ region, customers, churned, tooNew }))).toEqual(
          [...new Set(chosen.map(({ region }) => region))].sort().map((region) => {
            const members = chosen.filter((buyer) => buyer.region === region);
            const day = (index: number) => (buyer: Naive) => localDay(zone, buyer.purchases.at(index)!.at);
            const old = members.filter((buyer) => day(0)(buyer) < boughtBefore);
            const churned = old.filter((buyer) => day(-1)(buyer) < boughtBefore).length;
            return { region, customers: old.length, churned, tooNew: members.length - old.length };
          }),
        );
      }),
      property(25),
    );
  }, 60_000);
});
