import { describe, expect, it } from '@jest/globals';
import { tiers } from '../../libs/tiering.js';
import { churnPolicy } from '../../reports/retention.js';
import { shiftDay } from '../../libs/time.js';
import { Reporting } from './reporting.js';
import { bought, idOf, registered, START } from './shop.js';
import { threeCustomers } from './three-buyers.js';

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
    expect(definition).toBe('customer-value@3 retention@1 retention-report@2 churn-policy@2');
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
