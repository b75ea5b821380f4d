import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { quintiles, rfmPolicy, segmentOf } from '../../reports/rfm-policy.js';
import { property } from '../support/property.js';
import { Reporting } from './reporting.js';
import { bought, happenings, idOf, localDay, naively, registered, START, windows, within, zones } from './shop.js';

describe('quintiles', () => {
  it('gives every fifth its score', () => {
    const scores = quintiles([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    expect([...scores.values()]).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  });

  it('gives equal values equal scores, the lower one', () => {
    expect([...quintiles([1, 1, 1, 1, 1, 1, 1, 1, 2, 9])]).toEqual([
      [1, 1],
      [2, 5],
      [9, 5],
    ]);
  });

  it('has nothing to say about one customer alone, or about many alike', () => {
    expect(quintiles([7]).get(7)).toBe(1);
    expect([...quintiles(Array<number>(50).fill(7))]).toEqual([[7, 1]]);
  });
});

describe('the policy', () => {
  it('has one line for every combination of scores', () => {
    const scores = [1, 2, 3, 4, 5];
    for (const recency of scores) {
      for (const fm of scores) {
        const fitting = rfmPolicy.segments.filter(
          (each) => each.recency[0] <= recency && recency <= each.recency[1] && each.fm[0] <= fm && fm <= each.fm[1],
        );
        expect(fitting).toHaveLength(1);
      }
    }
  });

  it('knows the best and the worst', () => {
    expect(segmentOf({ recency: 5, frequency: 5, monetary: 5 })).toBe('champions');
    expect(segmentOf({ recency: 1, frequency: 1, monetary: 1 })).toBe('lost');
    expect(segmentOf({ recency: 1, frequency: 5, monetary: 4 })).toBe('cannot_lose');
  });
});

/** The fifth customer is the best in everything, the first the worst. */
async function fiveCustomers(): Promise<Reporting> {
  const reporting = new Reporting();
  for (let index = 0; index < 5; index += 1) {
    const id = idOf(index);
    const purchases = Array.from({ length: index + 1 }, (_, each) =>
      bought(id, `2024-0${index + 1}-0${each + 1}T10:00:00.000Z`, 1_000),
    );
    await reporting.record(registered(id, START, index < 2 ? 'ordinary' : 'important'), ...purchases);
  }
  return reporting;
}

describe('the RFM report', () => {
  it('counts who is in which segment', async () => {
    const { rows, definition } = await (await fiveCustomers()).report('rfm');
    const amount = (sum: number) => ({ amount: sum, currency: 'EUR' });
    expect(rows).toEqual([
      { currency: 'EUR', segment: 'champions', customers: 2, share: 0.4, purchases: 9, amount: amount(9_000) },
      { currency: 'EUR', segment: 'needs_attention', customers: 1, share: 0.2, purchases: 3, amount: amount(3_000) },
      { currency: 'EUR', segment: 'hibernating', customers: 1, share: 0.2, purchases: 2, amount: amount(2_000) },
      { currency: 'EUR', segment: 'lost', customers: 1, share: 0.2, purchases: 1, amount: amount(1_000) },
    ]);
    expect(definition).toBe('customer-value@3 rfm@1 rfm-report@1 rfm-policy@1');
  });

  it('says where the bounds lie', async () => {
    const rows = await (await fiveCustomers()).rows('rfm', { basis: 'quintile' });
    expect(rows[0]).toEqual({
      currency: 'EUR',
      quintile: 5,
      byRecency: 1,
      lastPurchaseFrom: '2024-05-05',
      lastPurchaseTo: '2024-05-05',
      byFrequency: 1,
      purchasesFrom: 5,
      purchasesTo: 5,
      byMonetary: 1,
      amountFrom: {
        amount: 5e3,
        currency: 'EUR',
      },
      amountTo: {
        amount: 5e3,
        currency: 'EUR',
      },
    });
    expect(rows).toHaveLength(5);
  });

  it('counts combinations of scores', async () => {
    const rows = await (await fiveCustomers()).rows('rfm', { basis: 'class' });
    expect(rows[0]).toMatchObject({ recency: 5, frequency: 5, monetary: 5, segment: 'champions', customers: 1 });
    expect(rows.at(-1)).toMatchObject({ recency: 1, frequency: 1, monetary: 1, segment: 'lost', customers: 1 });
  });

  it('names everybody', async () => {
    const rows = await (await fiveCustomers()).rows('rfm', { basis: 'customer' });
    expect(rows[0]).toMatchObject({
      customer: idOf(4),
      customerName: 'Customer 14',
      purchases: 5,
      segment: 'champions',
    });
  });

  it('ranks among all, also when only some are asked for', async () => {
    const rows = await (await fiveCustomers()).rows('rfm', { where: { tier: ['ordinary'] }, by: ['tier'] });
    expect(rows).toMatchObject([
      { tier: 'ordinary', segment: 'hibernating', customers: 1, share: 0.5 },
      { tier: 'ordinary', segment: 'lost', customers: 1, share: 0.5 },
    ]);
  });

  it('ranks each currency for itself', async () => {
    const reporting = await fiveCustomers();
    await reporting.record(bought(idOf(0), '2024-06-01T10:00:00.000Z', 5, 'USD'));
    const rows = await reporting.rows('rfm', { basis: 'customer', where: { customer: [idOf(0)] } });
    expect(rows).toMatchObject([
      { currency: 'EUR', purchases: 1, lastPurchaseOn: '2024-01-01', segment: 'lost' },
      { currency: 'USD', purchases: 1, lastPurchaseOn: '2024-06-01', amount: { amount: 5, currency: 'USD' } },
    ]);
  });

  it('ranks those that last bought in the window among themselves, with all that they ever bought', async () => {
    const rows = await (await fiveCustomers()).rows('rfm', { basis: 'customer', from: '2024-05-01' });
    expect(rows).toMatchObject([
      { customer: idOf(4), lastPurchaseOn: '2024-05-05', purchases: 5, recency: 1, frequency: 1, monetary: 1 },
    ]);
    const [, before] = await (await fiveCustomers()).rows('rfm', { basis: 'customer', from: '2024-04-01' });
    expect(before).toMatchObject({ customer: idOf(3), purchases: 4, amount: { amount: 4_000 }, recency: 1 });
  });

  it('has one row for one customer, and none for nobody', async () => {
    const reporting = new Reporting();
    await reporting.record(registered(idOf(0), START));
    expect(await reporting.rows('rfm')).toEqual([]);
    await reporting.record(bought(idOf(0), '2024-01-01T00:00:00.000Z'));
    expect(await reporting.rows('rfm')).toMatchObject([{ segment: 'lost', customers: 1, share: 1 }]);
  });
});

describe('RFM of any history', () => {
  it('is what going through the facts once more gives', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, windows, fc.constantFrom(...zones), async (facts, window, zone) => {
        const reporting = new Reporting(zone);
        await reporting.record(...facts);
        const population = naively(facts)
          .flatMap(({ customerId, purchases }) =>
            ['EUR', 'USD'].map((currency) => {
              const own = purchases.filter((purchase) => purchase.currency === currency);
              const lastPurchaseOn = own.length === 0 ? '' : localDay(zone, own.at(-1)!.at);
              const spent = own.reduce((sum, { amount }) => sum + amount, 0);
              return { customer: customerId, currency, lastPurchaseOn, purchases: own.length, spent };
            }),
          )
          .filter(({ purchases, lastPurchaseOn }) => purchases > 0 && within(lastPurchaseOn, window));
        const rows = await reporting.rows('rfm', { ...window, basis: 'customer' });
        expect(rows).toHaveLength(population.length);
        for (const { customer, currency, lastPurchaseOn, purchases, spent } of population) {
          const rivals = population.filter((other) => other.currency === currency);
          const score = (behind: (other: (typeof rivals)[number]) => boolean) =>
            1 + Math.floor((5 * rivals.filter(behind).length) / rivals.length);
          expect(rows.find((row) => row['customer'] === customer && row['currency'] === currency)).toMatchObject({
            lastPurchaseOn,
            purchases,
            amount: {
              amount: spent,
              currency,
            },
            recency: score((other) => other.lastPurchaseOn < lastPurchaseOn),
            frequency: score((other) => other.purchases < purchases),
            monetary: score((other) => other.spent < spent),
          });
        }
      }),
      property(25),
    );
  }, 60_000);
});
