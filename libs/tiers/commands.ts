import { command } from '../commands/command.js';
import { currency, flag, id, list, oneOf, orNull, part, text, whole } from '../commands/fields.js';
import { tierMeasures, tiers } from '../tiering.js';
import type { PointBand, TierInput, TierStep } from '../tiering.js';
import { tierPolicyId } from './events.js';
import type { TierRoute } from './events.js';

const threshold = () => orNull(whole(0, 1_000_000));

export class PublishTierPolicy extends command({
  says: 'Says how customers come to their tiers from now on. Versions that were published do not change.',
  post: 'tier-policies',
  requires: 'tiers.policy',
  about: 'policyId',
  creates: { policyId: () => tierPolicyId },
  fields: {
    currency: currency().describe('Purchases in another one do not count for amounts.'),
    tiers: list<TierStep>(
      part({
        tier: oneOf(tiers),
        servicePlan: text(1_000).describe('What customers of this tier are given.'),
        up: threshold().describe('The score at which it is reached from below; null for the lowest.'),
        down: threshold().describe('It is kept while the score is at least this; null for the lowest.'),
      }),
      { least: 1, most: tiers.length },
    ).describe('All of them, from the lowest to the highest.'),
    inputs: list<TierInput>(
      part({
        name: text(100),
        measure: oneOf(tierMeasures),
        windowDays: orNull(whole(1, 3_660)).describe(
          'So many days count, up to the day of the evaluation; null for all days, and for recency.',
        ),
        bands: list<PointBand>(
          part({
            from: whole(0, 9_000_000_000_000_000).describe('In minor units, where amounts are measured.'),
            points: whole(0, 10_000),
          }),
          { least: 1, most: 20 },
        ).describe('Each holds from its `from` on, up to that of the next; the first begins at 0.'),
      }),
      { least: 1, most: 20 },
    ).describe('The score is the sum of their points.'),
    graceDays: whole(0, 366).describe('So long a score must stay too low before the tier is lower.'),
    reviewDays: whole(1, 366).describe('Days between two looks at a customer whose tier time alone could lower.'),
    routing: list<TierRoute>(
      part({
        tier: oneOf(tiers),
        orgUnitId: orNull(id('orgUnit')),
        positionId: orNull(id('position')),
        oneToOne: flag().default(false).describe('Whether each customer has a person of its own there.'),
      }),
      { most: tiers.length },
    )
      .default([])
      .describe('Which unit, or which position, serves the customers of a tier.'),
  },
}) {}
