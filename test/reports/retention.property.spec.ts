import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { churnPolicy } from '../../reports/retention.js';
import { monthsBetween, shiftDay, shiftMonth } from '../../libs/time.js';
import { property } from '../support/property.js';
import { Reporting } from './reporting.js';
import { happenings, localDay, naively, windows, within, zones } from './shop.js';
import type { Naive } from './shop.js';

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
