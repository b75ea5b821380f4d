import { describe, it } from '@jest/globals';
import { DefineSegment, RedefineSegment, RetireSegment } from '../../libs/segments/commands.js';
import { defineSegment, redefineSegment, retireSegment } from '../../libs/segments/segment.rules.js';
import { segments } from '../../libs/segments/segments.decider.js';
import type { Segments } from '../../libs/segments/segments.decider.js';
import type { SegmentRules } from '../../libs/segmenting.js';
import { given } from '../support/given.js';
import { allOf, condition } from './samples.js';

const now = '2026-06-01T09:00:00.000Z';
const segmentId = '01970000-0000-7000-8000-0000000000a1';
const otherId = '01970000-0000-7000-8000-0000000000a2';
const vips = allOf(condition('tag', { is: ['vip'] }));
const quiet = allOf(condition('days-since-interaction', { atLeast: 90 }));
const there = { unknown: [] };

const defining =
  (rules: SegmentRules = vips, name = 'VIPs', id = segmentId, facts: Parameters<typeof defineSegment>[3] = there) =>
  (state: Segments) =>
    defineSegment(state, new DefineSegment(id, { name, ...rules }), now, facts);
const redefining =
  (rules: SegmentRules, name = 'VIPs') =>
  (state: Segments) =>
    redefineSegment(state, new RedefineSegment(segmentId, { name, ...rules }), now, there);
const retiring = (state: Segments) => retireSegment(state, new RetireSegment(segmentId, {}));
const defined = { type: 'SegmentDefined', data: { segmentId, version: 1, name: 'VIPs', ...vips } } as const;
const retired = { type: 'SegmentRetired', data: { segmentId } } as const;

describe('a segment', () => {
  it('is defined in versions; the same again changes nothing', () => {
    given(segments).when(defining()).thenRecords(defined);
    given(segments, defined).when(defining()).thenRecords();
    given(segments, defined).when(redefining(vips)).thenRecords();
    given(segments, defined)
      .when(redefining(quiet, 'Quiet'))
      .thenRecords({ type: 'SegmentDefined', data: { segmentId, version: 2, name: 'Quiet', ...quiet } });
  });

  it('has a name of its own, in any spelling, until it is given up', () => {
    given(segments, defined)
      .when(defining(vips, ' vips ', otherId))
      .thenRefuses('segment-name-taken', { segmentId });
    given(segments, defined, retired)
      .when(defining(vips, 'VIPs', otherId))
      .thenRecords({ type: 'SegmentDefined', data: { ...defined.data, segmentId: otherId } });
    given(segments, defined).when(defining(quiet)).thenRefuses('segment-exists');
  });

  it('is given up once, and is not defined anew then', () => {
    given(segments, defined).when(retiring).thenRecords(retired);
    given(segments, defined, retired).when(retiring).thenRecords();
    given(segments, defined, retired).when(redefining(quiet)).thenRefuses('segment-retired');
    given(segments).when(retiring).thenRefuses('segment-unknown', { id: segmentId });
    given(segments).when(redefining(quiet)).thenRefuses('segment-unknown');
  });

  it('is refused with all that is wrong with its conditions, and where', () => {
    const wrong = {
      anyOf: [
        {
          allOf: [
            condition('tag', { atLeast: 1 }),
            condition('amount', { atLeast: 5, atMost: 4 }),
            condition('purchases', { is: ['many'] }),
          ],
        },
        {
          allOf: [
            condition('rhythm', { is: ['weekly'] }),
            condition('status', { is: ['archived'] }),
            condition('kind', { isKnown: true, is: ['org'] }),
            condition('employees', { atLeast: 1, withinDays: 3, currency: 'EUR' }),
          ],
        },
      ],
    };
    given(segments)
      .when(defining(wrong))
      .thenRefuses('segment-invalid', {
        unmet: [
          { code: 'not-a-number', field: 'anyOf.0.allOf.0.atLeast' },
          { code: 'never-within', field: 'anyOf.0.allOf.1.atMost' },
          { code: 'currency-missing', field: 'anyOf.0.allOf.1.currency' },
          { code: 'not-a-word', field: 'anyOf.0.allOf.2.is' },
          { code: 'word-unknown', field: 'anyOf.1.allOf.0.is' },
          { code: 'word-unknown', field: 'anyOf.1.allOf.1.is' },
          { code: 'one-comparison', field: 'anyOf.1.allOf.2' },
          { code: 'window-unused', field: 'anyOf.1.allOf.3.withinDays' },
          { code: 'currency-unused', field: 'anyOf.1.allOf.3.currency' },
        ],
      });
  });

  it('names owners and pools that there are', () => {
    const unknown = [{ field: 'anyOf.0.allOf.0.is', id: otherId }];
    given(segments)
      .when(defining(allOf(condition('owner', { is: [otherId] })), 'Theirs', segmentId, { unknown }))
      .thenRefuses('reference-unknown', { unknown });
  });
});
