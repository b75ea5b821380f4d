import { expect, it } from '@jest/globals';
import type { Fact } from '../reports/reporting.js';
import { Reporting } from '../reports/reporting.js';
import { assigned, idOf, moved, registered, retiered, sellers, START } from '../reports/shop.js';
import type { Tier } from '../../libs/tiering.js';

const byPolicy = (
  customerId: string,
  type: 'CustomerTierUpgraded' | 'CustomerTierDowngraded',
  at: string,
  [from, to, policyVersion]: readonly [Tier, Tier, number],
): Fact => ({
  stream: `customer-${customerId}`,
  type,
  data: { customerId, from, to, policyVersion, score: 0, inputs: [], reviewAt: null, retroactive: null },
  at,
});

it('tier changes are counted by what they were from and to, by policy, region, owner and month', async () => {
  const reporting = new Reporting();
  const [one, two] = [idOf(0), idOf(1)];
  await reporting.record(
    registered(one, START),
    registered(two, START),
    assigned(one, START, sellers[0]!),
    byPolicy(one, 'CustomerTierUpgraded', '2023-02-03T08:00:00.000Z', ['ordinary', 'important', 1]),
    byPolicy(two, 'CustomerTierUpgraded', '2023-02-04T08:00:00.000Z', ['ordinary', 'important', 2]),
    moved(one, '2023-03-01T08:00:00.000Z', 'north', 'south'),
    byPolicy(one, 'CustomerTierDowngraded', '2023-03-05T08:00:00.000Z', ['important', 'potential', 2]),
    retiered(two, '2023-03-06T08:00:00.000Z', 'important', 'important'),
    retiered(two, '2023-03-07T08:00:00.000Z', 'important', 'ordinary'),
    {
      stream: `customer-${two}`,
      type: 'CustomerTierOverrideExpired',
      data: { customerId: two, from: 'ordinary', to: 'important', until: '2023-04-01T00:00:00.000Z' },
      at: '2023-04-01T00:00:00.000Z',
    },
  );
  const counts = (upgrades: number, downgrades: number, byHand = 0, expired = 0) => ({
    upgrades,
    downgrades,
    byHand,
    expired,
  });
  const rows = async (by: string[]) => (await reporting.report('tier-changes', { by })).rows;
  expect(await rows(['formerTier', 'tier'])).toEqual([
    { formerTier: 'important', tier: 'ordinary', ...counts(0, 1, 1) },
    { formerTier: 'important', tier: 'potential', ...counts(0, 1) },
    { formerTier: 'ordinary', tier: 'important', ...counts(3, 0, 0, 1) },
  ]);
  expect(await rows(['month'])).toEqual([
    { month: '2023-02', ...counts(2, 0) },
    { month: '2023-03', ...counts(0, 2, 1) },
    { month: '2023-04', ...counts(1, 0, 0, 1) },
  ]);
  expect(await rows(['tierPolicy'])).toEqual(
    expect.arrayContaining([
      { tierPolicy: '1', ...counts(1, 0) },
      { tierPolicy: '2', ...counts(1, 1) },
      { tierPolicy: null, ...counts(1, 1, 1, 1) },
    ]),
  );
  // Where it lived when it changed, not where it lives now.
  const { rows: north } = await reporting.report('tier-changes', {
    by: [],
    where: { region: ['north'], owner: [sellers[0]!.employeeId] },
  });
  expect(north).toEqual([counts(1, 0)]);
});
