import { DefineSegment } from '../../../libs/segments/commands.js';
import type { SegmentCondition } from '../../../libs/segmenting.js';
import { HOUR } from './calendar.js';
import type { Chronicle } from './chronicle.js';
import type { Company } from './company.js';

const condition = (of: Pick<SegmentCondition, 'field'> & Partial<SegmentCondition>): SegmentCondition => ({
  not: false,
  is: [],
  isKnown: null,
  atLeast: null,
  atMost: null,
  withinDays: null,
  currency: null,
  ...of,
});

/** Whom the company looks after in a way of its own; defined before there is a customer. */
export function tellSegments(chronicle: Chronicle, company: Company): void {
  const at = chronicle.calendar.day(1) + 13 * HOUR;
  const segments = {
    'Buyers who fell silent': [
      condition({ field: 'purchases', atLeast: 1, withinDays: 365 }),
      condition({ field: 'days-since-interaction', atLeast: 90 }),
    ],
    'Large accounts': [condition({ field: 'amount', atLeast: 5_000_000, withinDays: 365, currency: 'EUR' })],
  };
  for (const [name, allOf] of Object.entries(segments)) {
    const command = new DefineSegment(company.id('segment', name), { name, anyOf: [{ allOf }] });
    chronicle.tell(at, company.person('marketing-head'), [], command);
  }
}
