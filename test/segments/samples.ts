import type { SegmentCondition } from '../../libs/segmenting.js';

/** A condition that asks for nothing but what is given. */
export const condition = (
  field: SegmentCondition['field'],
  asked: Partial<Omit<SegmentCondition, 'field'>>,
): SegmentCondition => ({
  field,
  not: false,
  is: [],
  isKnown: null,
  atLeast: null,
  atMost: null,
  withinDays: null,
  currency: null,
  ...asked,
});

export const allOf = (...conditions: readonly SegmentCondition[]) => ({ anyOf: [{ allOf: conditions }] });
