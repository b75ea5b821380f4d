import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gini } from '../../reports/portfolio.js';
import type { Owner } from '../../libs/customers/events.js';
import { property } from '../support/property.js';
import { Reporting } from './reporting.js';
import {
  assigned,
  bought,
  happenings,
  idOf,
  localDay,
  naively,
  registered,
  released,
  retiered,
  sellers,
  spokenTo,
  START,
  windows,
  within,
  zones,
} from './shop.js';

const [first, second] = sellers as [(typeof sellers)[number], (typeof sellers)[number]];

describe('the Gini index', () => {
  it('is 0 when all hold the same, and nears 1 when one holds everything', () => {
    expect(gini([3, 3, 3])).toBeCloseTo(0);
    expect(gini([0, 0, 0, 8])).toBeCloseTo(0.75);
    expect(gini([5])).toBeCloseTo(0);
  });

  it('says nothing when there is nothing to spread', () => {
    expect(gini([])).toBeNull();
    expect(gini([0, 0])).toBeNull();
  });

  it('is half the mean difference over the mean', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 30 }), (values) => {
        const sum = values.reduce((all, value) => all + value, 0);
        const differences = values
          .flatMap((a) => values.map((b) => Math.abs(a - b)))
          .reduce((all, each) => all + each, 0);
        if (sum === 0) expect(gini(values)).toBeNull();
        else expect(gini(values)).toBeCloseTo(differences / (2 * values.length * sum), 9);
      }),
      property(200),
    );
  });
});

async function twoSellers(): Promise<Reporting> {
  const reporting = new Reporting();
  await reporting.record(
    registered(idOf(0), START),
    registered(idOf(1), START),
    registered(idOf(2), START),
    registered(idOf(3), START),
    assigned(idOf(0), '2024-01-10T00:00:00.000Z', first),
    assigned(idOf(1), '2024-01-10T00:00:00.000Z', first),
    assigned(idOf(2), '2024-01-10T00:00:00.000Z', first),
    assigned(idOf(0), '2024-02-10T00:00:00.000Z', second, first),
    spokenTo(idOf(0), '2024-01-20T00:00:00.000Z'),
    spokenTo(idOf(1), '2024-01-20T00:00:00.000Z'),
    bought(idOf(1), '2024-01-20T00:00:00.000Z', 500),
    bought(idOf(1), '2024-01-21T00:00:00.000Z', 700, 'USD'),
    bought(idOf(0), '2024-01-22T00:00:00.000Z', 100),
  );
  return reporting;
}

describe('what is held', () => {
  it('is counted for whoever holds it', async () => {
    expect(await (await twoSellers()).rows('portfolio')).toEqual([
      {
        owner: first.employeeId,
        ownerName: null,
        customers: 2,
        share: 0.5,
        buyers: 1,
        untouched: 1,
        untouchedShare: 0.5,
        purchases: 2,
        received: 3,
        claimed: 0,
        byRule: 0,
        handedOn: 1,
        returned: 0,
        amounts: [
          {
            amount: 500,
            currency: 'EUR',
          },
          {
            amount: 700,
            currency: 'USD',
          },
        ],
      },
      {
        owner: second.employeeId,
        ownerName: null,
        customers: 1,
        share: 0.25,
        buyers: 1,
        untouched: 1,
        untouchedShare: 1,
        purchases: 1,
        amounts: [
          {
            amount: 100,
            currency: 'EUR',
          },
        ],
        received: 1,
        claimed: 0,
        byRule: 0,
        handedOn: 0,
        returned: 0,
      },
      {
        owner: null,
        ownerName: null,
        customers: 1,
        share: 0.25,
        buyers: 0,
        untouched: 0,
        untouchedShare: 0,
        purchases: 0,
        amounts: [],
        received: 0,
        claimed: 0,
        byRule: 0,
        handedOn: 0,
        returned: 0,
      },
    ]);
  });

  it("says who claimed, was given by rule and returned; a customer in a pool is nobody's", async () => {
    const reporting = new Reporting();
    await reporting.record(
      registered(idOf(0), START),
      registered(idOf(1), START),
      assigned(idOf(0), '2024-01-10T00:00:00.000Z', first, null, 'rule'),
      released(idOf(0), '2024-01-20T00:00:00.000Z', first),
      assigned(idOf(0), '2024-02-10T00:00:00.000Z', second, null, 'claim'),
      assigned(idOf(1), '2024-02-10T00:00:00.000Z', first, null, 'claim'),
      released(idOf(1), '2024-02-20T00:00:00.000Z', first),
    );
    expect(await reporting.rows('portfolio')).toMatchObject([
      { owner: second.employeeId, customers: 1, received: 1, claimed: 1, byRule: 0, handedOn: 0, returned: 0 },
      { owner: null, customers: 1, untouched: 0, received: 0, returned: 0 },
      { owner: first.employeeId, customers: 0, received: 2, claimed: 1, byRule: 1, handedOn: 0, returned: 2 },
    ]);
    const assignment = await reporting.rows('portfolio', { by: ['assignment'], from: '2024-02-01' });
    expect(assignment).toMatchObject([
      { assignment: 'claim', customers: 1, received: 2 },
      { assignment: null, customers: 1, returned: 1 },
    ]);
  });

  it('does not depend on the window; what was received and handed on does', async () => {
    const rows = await (await twoSellers()).rows('portfolio', { from: '2024-02-01', to: '2024-03-01' });
    expect(rows).toMatchObject([
      { owner: first.employeeId, customers: 2, received: 0, handedOn: 1 },
      { owner: second.employeeId, customers: 1, received: 1, handedOn: 0 },
      { owner: null, customers: 1 },
    ]);
  });

  it('is told apart by tier', async () => {
    const reporting = await twoSellers();
    await reporting.record(retiered(idOf(1), '2024-03-01T00:00:00.000Z', 'ordinary', 'important'));
    expect(await reporting.rows('portfolio', { by: ['tier'] })).toMatchObject([
      { tier: 'ordinary', customers: 3, share: 0.75 },
      { tier: 'important', customers: 1, share: 0.25 },
    ]);
  });
});

describe('fairness', () => {
  it('says how equally customers and amounts are spread', async () => {
    expect(await (await twoSellers()).rows('portfolio', { basis: 'fairness' })).toEqual([
      {
        owners: 2,
        customers: 3,
        unowned: 1,
        untouched: 2,
        untouchedShare: 2 / 3,
        largestShare: 2 / 3,
        gini: gini([1, 2]),
        giniOfAmounts: [
          {
            currency: 'EUR',
            index: gini([500, 100]),
          },
          {
            currency: 'USD',
            index: gini([700, 0]),
          },
        ],
      },
    ]);
  });

  it('of a team compares the people of that team', async () => {
    const reporting = new Reporting();
    const [one, two, three] = sellers as [Owner, Owner, Owner];
    // The first and the third sit in one unit, the second in another.
    const owners = [one, one, one, three, two];
    await reporting.record(
      ...owners.flatMap((owner, index) => [
        registered(idOf(index), START),
        assigned(idOf(index), '2024-01-10T00:00:00.000Z', owner),
      ]),
    );
    const rows = await reporting.rows('portfolio', { basis: 'fairness', by: ['orgUnit'] });
    expect(rows.toSorted((a, b) => Number(b['customers']) - Number(a['customers']))).toMatchObject([
      { orgUnit: one.orgUnitId, owners: 2, customers: 4, gini: gini([1, 3]), largestShare: 0.75 },
      { orgUnit: two.orgUnitId, owners: 1, customers: 1, gini: 0, largestShare: 1 },
    ]);
    expect(await reporting.rows('portfolio', { basis: 'fairness' })).toMatchObject([{ gini: gini([1, 1, 3]) }]);
  });

  it('counts in a tier also those who hold nobody of it', async () => {
    const reporting = await twoSellers();
    await reporting.record(retiered(idOf(1), '2024-03-01T00:00:00.000Z', 'ordinary', 'important'));
    expect(await reporting.rows('portfolio', { basis: 'fairness', by: ['tier'] })).toMatchObject([
      { tier: 'important', owners: 2, customers: 1, gini: 0.5, largestShare: 1 },
      { tier: 'ordinary', owners: 2, customers: 2, gini: 0 },
    ]);
  });

  it('has nothing to share before anybody holds a customer', async () => {
    const reporting = new Reporting();
    await reporting.record();
    expect(await reporting.rows('portfolio', { basis: 'fairness' })).toEqual([]);
    await reporting.record(registered(idOf(0), START));
    expect(await reporting.rows('portfolio', { basis: 'fairness' })).toMatchObject([
      { owners: 0, customers: 0, unowned: 1, untouchedShare: null, largestShare: null, gini: null, giniOfAmounts: [] },
    ]);
  });
});

describe('the portfolio of any history', () => {
  it('is what going through the facts once more gives', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, windows, fc.constantFrom(...zones), async (facts, window, zone) => {
        const reporting = new Reporting(zone);
        await reporting.record(...facts);
        const customers = naively(facts);
        const handovers = customers
          .flatMap((customer) => customer.handovers)
          .filter(({ at }) => within(localDay(zone, at), window));
        const rows = await reporting.rows('portfolio', window);
        for (const employeeId of [null, ...sellers.map((seller) => seller.employeeId)]) {
          const own = customers.filter(({ owner }) => (owner?.employeeId ?? null) === employeeId);
          const sum = (currency: string) =>
            own
              .flatMap(({ purchases }) => purchases)
              .filter((purchase) => purchase.currency === currency)
              .reduce((all, { amount }) => all + amount, 0);
          const came = handovers.filter(({ to }) => to !== null && to.employeeId === employeeId);
          const went = handovers.filter(({ from }) => from !== null && from.employeeId === employeeId);
          const received = came.length;
          const handedOn = went.filter(({ to }) => to !== null).length;
          const returned = went.length - handedOn;
          const row = rows.find(({ owner }) => owner === employeeId);
          if (own.length + received + went.length === 0) {
            expect(row).toBeUndefined();
            continue;
          }
          expect(row).toMatchObject({
            customers: own.length,
            received,
            claimed: came.filter(({ basis }) => basis === 'claim').length,
            byRule: came.filter(({ basis }) => basis === 'rule').length,
            handedOn,
            returned,
            buyers: own.filter(({ purchases }) => purchases.length > 0).length,
            untouched: own.filter(({ owner, spokenAt, ownedSince }) => owner !== null && spokenAt < ownedSince).length,
            amounts: ['EUR', 'USD']
              .map((currency) => ({
                amount: sum(currency),
                currency,
              }))
              .filter(({ amount }) => amount > 0),
          });
        }
      }),
      property(25),
    );
  }, 60_000);
});
