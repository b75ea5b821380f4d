import { command } from '../commands/command.js';
import { flag, list, oneOf, orNull, part, whole } from '../commands/fields.js';
import { customerKinds } from '../customers/events.js';
import { fieldLevels, keyFields } from '../key-fields.js';
import type { KeyFieldRule, WeighedField } from '../key-fields.js';
import { tiers } from '../tiering.js';
import { keyFieldPolicyId } from './events.js';

export class PublishKeyFieldPolicy extends command({
  says: 'Says which fields of customers must be known from now on. Versions that were published do not change.',
  post: 'key-field-policies',
  requires: 'data-quality.policy',
  about: 'policyId',
  creates: { policyId: () => keyFieldPolicyId },
  fields: {
    rules: list<KeyFieldRule>(
      part({
        kind: orNull(oneOf(customerKinds)).describe('Null for persons and organisations.'),
        tiers: list(oneOf(tiers), { most: tiers.length, unique: true }).default([]).describe('None for all.'),
        fields: list<WeighedField>(
          part({
            field: oneOf(keyFields),
            level: oneOf(fieldLevels).default('wanted'),
            weight: whole(1, 1_000).default(1).describe('What it counts for in the completeness of a customer.'),
          }),
          { least: 1, most: keyFields.length },
        ),
      }),
      { least: 1, most: 20 },
    ).describe('The first one that fits a customer is its rule. Nothing is asked of customers that none fits.'),
    refuseWithoutRequired: flag()
      .default(false)
      .describe(
        'Whether registering a customer is refused without the fields that are required. Contacts come later and are not asked for; imports and what the program registers itself are never refused.',
      ),
  },
}) {}
