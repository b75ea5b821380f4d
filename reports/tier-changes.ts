import { rollup } from '../libs/read-models/rollup.js';
import * as column from '../libs/reports/columns.js';
import { byKey, grouped, total } from '../libs/reports/figures.js';
import { report } from '../libs/reports/report.js';
import { isHigher } from '../libs/tiering.js';
import { dayIn } from '../libs/time.js';
import { customerTiers } from '../projections/customer-tiers.js';

export const tierChangeCount = rollup({
  name: 'tier-change-count',
  version: 1,
  of: customerTiers,
  dimensions: ['formerTier', 'tier', 'tierPolicy', 'region', 'owner'],
  measures: ['upgrades', 'downgrades', 'byHand', 'expired'],
  cells: ({ changes }, zone) =>
    changes.map(({ at, from, to, basis, policyVersion, region, ownerId }) => {
      const isUp = isHigher(to, from);
      return {
        day: dayIn(zone, at),
        key: {
          formerTier: from,
          tier: to,
          tierPolicy: policyVersion === null ? null : String(policyVersion),
          region,
          owner: ownerId,
        },
        measures: {
          upgrades: isUp ? 1 : 0,
          downgrades: isUp ? 0 : 1,
          byHand: basis === 'hand' ? 1 : 0,
          expired: basis === 'expiry' ? 1 : 0,
        },
      };
    }),
});

export const tierChanges = report({
  name: 'tier-changes',
  version: 1,
  says: 'How many customers came to a higher or a lower tier: by a policy, by hand, or because what was set by hand had an end.',
  rollup: tierChangeCount,
  bases: {
    changes: {
      says: 'Changes of tier. A customer counts as often as its tier changed.',
      window: 'Changes by the day from which on they held.',
      by: ['formerTier', 'tier'],
      policies: [],
      columns: {
        upgrades: column.count('Changes to a higher tier.'),
        downgrades: column.count('Changes to a lower tier.'),
        byHand: column.count('Those of both that were made by hand.'),
        expired: column.count('Those of both that ended a tier which was set by hand.'),
      },
    },
  },
  dimensions: {
    formerTier: 'Tier before the change.',
    tier: 'Tier after it.',
    tierPolicy: 'Version of the policy that it follows from; not known for changes that follow from none.',
    region: 'Region of the customer then.',
    owner: 'Employee who answered for the customer then.',
  },
  periods: 'Day from which on the tier held.',
  asks: ({ from, to, by, where }) => [{ from, to, by, where }],
  rows: ([sums = []], { by }, known) =>
    grouped(sums, by)
      .sort(byKey(by, known))
      .map(({ key, sums: same }) => ({
        ...key,
        upgrades: total(same, 'upgrades'),
        downgrades: total(same, 'downgrades'),
        byHand: total(same, 'byHand'),
        expired: total(same, 'expired'),
      })),
});
