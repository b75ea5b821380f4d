import { command } from '../commands/command.js';
import { currency, flag, list, oneOf, orNull, part, text, whole } from '../commands/fields.js';
import { segmentFields } from '../segmenting.js';
import type { SegmentCondition, SegmentRules } from '../segmenting.js';
import { segmentsId } from './events.js';

const segment = { stream: segmentsId, about: 'segmentId', requires: 'segments.manage' } as const;
const bound = () => orNull(whole(0, 9_000_000_000_000_000));

/** Conditions of a segment. */
export const anyOf = () =>
  list<SegmentRules['anyOf'][number]>(
    part({
      allOf: list<SegmentCondition>(
        part({
          field: oneOf(segmentFields),
          not: flag().default(false).describe('Turns the answer round.'),
          is: list(text(200), { most: 15 }).default([]).describe('One of these words, in any spelling.'),
          isKnown: orNull(flag()).describe('Whether there is a value at all.'),
          atLeast: bound().describe('Included; amounts in minor units.'),
          atMost: bound().describe('Included.'),
          withinDays: orNull(whole(1, 3_660)).describe(
            'Of what is bought and spoken: so many days count, today included; null for all.',
          ),
          currency: orNull(currency()).describe('Of amounts: purchases in another one do not count.'),
        }),
        { least: 1, most: 8 },
      ),
    }),
    { least: 1, most: 5 },
  ).describe('A customer belongs to the segment where all conditions of one group hold.');

export class DefineSegment extends command({
  ...segment,
  says: 'Says which customers belong together.',
  post: 'segments',
  creates: { segmentId: 'segment' },
  fields: { name: text(200), anyOf: anyOf() },
}) {}

export class RedefineSegment extends command({
  ...segment,
  says: 'Says anew which customers belong to the segment: another version, which holds from now on.',
  post: 'segments/:segmentId/definition',
  fields: { name: text(200), anyOf: anyOf() },
}) {}

export class RetireSegment extends command({
  ...segment,
  says: 'Gives up the segment: nobody belongs to it any more.',
  post: 'segments/:segmentId/retire',
  fields: {},
}) {}
